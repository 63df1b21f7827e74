import { z } from "zod";
import type { AgentRecord } from "../registry/agent-record.ts";
import { dayOf } from "../review/day.ts";
import { DAYS_TO_NAME, type Vacancy } from "../review/vacancies/vacancy.ts";
import { clusterFact, dutyHead, dutyShape, type Stand } from "./duty.ts";
import { type Card, cardTemplate, fitting } from "./template.ts";
import { brief, cut, plain, visible } from "./text.ts";

const VacancyCard = z.strictObject({
  ...dutyShape,
  problem: z.string(),
  open: z.boolean(),
  people: z.array(z.strictObject({ title: z.string().min(1), value: z.string() })),
  vacancyId: z.uuid(),
});
const expand = cardTemplate("vacancy", VacancyCard);

/** All that the card about an agent without an owner shows. `people`: those who could answer for it, the nearest first. */
export type VacancyView = {
  vacancy: Vacancy;
  record: AgentRecord;
  people: readonly { id: string; name: string }[];
  nameOf(personId: string): string;
  /** of a upn */
  ownerName(upn: string): string;
};

/** Nobody answers for an agent: whoever leads its cluster names somebody. */
export function renderVacancy(view: VacancyView, problem = ""): Card {
  return fitting(
    () => render(view, problem, 100),
    () => render(view, problem, 30),
  );
}

function render(view: VacancyView, problem: string, most: number): Card {
  const { vacancy, record, people, ownerName } = view;
  return expand({
    ...dutyHead(stateOf(view), record.display_name),
    facts: [
      clusterFact(record.cluster_id),
      { label: "Owner until now", value: brief(ownerName(vacancy.formerOwner)) },
      { label: "Since", value: dayOf(vacancy.openedAt) },
    ],
    problem: plain(cut(problem, 700)),
    open: vacancy.state === "open",
    people: people.slice(0, most).map(({ id, name }) => ({ title: visible(cut(name, 60)), value: id })),
    vacancyId: vacancy.vacancyId,
  });
}

function stateOf(view: VacancyView): Stand {
  const { vacancy, nameOf, ownerName } = view;
  const former = ownerName(vacancy.formerOwner);
  switch (vacancy.state) {
    case "open": {
      const why =
        vacancy.reason === "left" ? `${former} has left.` : `${former} does not answer, after three reminders.`;
      return vacancy.suspendedAt === null
        ? {
            style: "warning",
            banner: "Nobody answers for this agent",
            text: `${why} Name somebody who does, at the best one of the cluster's people. It is degraded; without an owner it is suspended after ${DAYS_TO_NAME} days.`,
          }
        : {
            style: "attention",
            banner: "Nobody answers for this agent: it is suspended",
            text: `${why} Nobody was named for ${DAYS_TO_NAME} days. It serves again as soon as somebody answers for it.`,
          };
    }
    case "filled":
      return {
        style: "good",
        banner: `${ownerName(vacancy.ownerUpn)} answers for it`,
        text: `Named by ${nameOf(vacancy.namedBy)}. Its record in the files is to be changed as well; until then this counts.`,
      };
    case "ended":
      return { style: "good", banner: "Nobody needs to be named any more", text: "It is answered for, or deprecated." };
  }
}
