import { SignalboxError } from "../errors.ts";
import { actorOf } from "../policy/actor.ts";
import { judgeAloud, type Trail } from "../policy/judge.ts";
import { type Risk, risks, type Verdict } from "../policy/step.ts";
import { nearNames } from "../registry/near-names.ts";
import { isAmount } from "../run/check-arguments.ts";
import { centsOf } from "../run/step-for-policy.ts";
import type { Manifest } from "./read-manifest.ts";
import { stepAt } from "./task.ts";

/** A call that somebody might have an agent make. */
export type Wish = {
  /** upn; undefined for a stranger */
  person: string | undefined;
  agent: string;
  tool: string;
  args: Record<string, unknown>;
  /** EUR */
  amount: string;
  risk: string;
  confirm: boolean;
  /** upn of whose data it is */
  subject: string | undefined;
  untrusted: readonly string[];
};

/** What the policies of the files would say. @throws SignalboxError "what-if-unknown" naming what there is */
export function whatIf(manifest: Manifest, wish: Wish): { verdict: Verdict; trail: Trail } {
  const { registry, directory, policies } = manifest;
  const agents = registry.agents;
  const agent = agents.find((one) => [one.display_name, one.agent_id].includes(wish.agent));
  if (agent === undefined)
    throw unknown(
      "agent",
      wish.agent,
      agents.map((one) => one.display_name),
    );
  const personOf = (upn: string) => {
    const found = directory.byUpn(upn);
    if (found === undefined)
      throw unknown(
        "person",
        upn,
        directory.people.map((one) => one.upn),
      );
    return found;
  };
  const risk = risks.find((one) => one === wish.risk);
  if (risk === undefined) throw unknown("risk", wish.risk, risks);
  if (!isAmount(wish.amount)) throw unknown("amount", wish.amount, ["450.00"]);
  const subject = wish.subject === undefined ? undefined : personOf(wish.subject);
  const principal = wish.person === undefined ? undefined : personOf(wish.person);
  const step = stepAt(
    manifest,
    { tool: wish.tool, risk: risk satisfies Risk, confirm: wish.confirm },
    {
      ...{ amountCents: centsOf(wish.amount), args: wish.args, untrustedArguments: wish.untrusted },
      ...{ subject: subject?.upn ?? "", subjectManager: subject?.manager ?? "" },
    },
  );
  return judgeAloud(policies, principal?.enabled === false ? undefined : principal, actorOf(agent), step);
}

function unknown(what: string, given: string, known: readonly string[]): SignalboxError {
  const near = nearNames(given, known);
  return new SignalboxError(
    "what-if-unknown",
    `There is no ${what} "${given.slice(0, 60)}". Near it: ${near.join(", ") || known.slice(0, 5).join(", ")}.`,
  );
}
