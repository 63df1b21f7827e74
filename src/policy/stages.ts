/** Who has to agree in one stage of a review, and how many of them. */
export type Stage = { who: "reviewer" | "lead"; quorum: number };

const PART = /^\s*(reviewer|lead)\s+([1-9])\s*$/;

/** "reviewer 2, lead 1": first two reviewers, then a lead. Undefined where the text says something else. */
export function readStages(text: string): Stage[] | undefined {
  const parts = text.split(",").map((part) => PART.exec(part));
  if (parts.some((part) => part === null)) return undefined;
  return parts.map((part) => ({ who: part?.[1] as Stage["who"], quorum: Number(part?.[2]) }));
}

/** What several rules ask for together: of each kind the most, reviewers before leads; one reviewer where none says more. */
export function strictest(texts: readonly string[]): Stage[] {
  const all = texts.flatMap((text) => readStages(text) ?? []);
  const stages = (["reviewer", "lead"] as const)
    .map((who) => ({
      who,
      quorum: Math.max(0, ...all.filter((stage) => stage.who === who).map(({ quorum }) => quorum)),
    }))
    .filter(({ quorum }) => quorum > 0);
  return stages.length > 0 ? stages : [{ who: "reviewer", quorum: 1 }];
}
