import type { Filed, Finding } from "./finding.ts";

/** What an agent is or was known by. `where` says where that is written, as "its file a.json was deleted in 1a2b3c4". */
export type Known = {
  agentId: string;
  displayName: string;
  principalId: string;
  /** it does not exist any more, or never comes back */
  isGone: boolean;
  where: string;
};

/**
 * Ids name one agent for ever: logs and audits of years ago refer to them. What is gone may come back as what it was, for
 * instance when a deletion is taken back, but nobody else gets its id, and no other agent its service principal. Pure.
 */
export function reusedIn(filed: readonly Filed[], known: readonly Known[]): Finding[] {
  const gone = Map.groupBy(
    known.filter(({ isGone }) => isGone),
    ({ agentId }) => agentId,
  );
  const principals = Map.groupBy(known, ({ principalId }) => principalId);
  return filed.flatMap(({ file, record }): Finding[] => {
    const { agent_id: agentId, service_principal_id: principalId, display_name: name } = record;
    const formers = gone.get(agentId) ?? [];
    const isItself = formers.some(({ displayName }) => displayName.toLowerCase() === name.toLowerCase());
    const former = isItself ? undefined : formers[0];
    const other = principals.get(principalId)?.find((one) => one.agentId !== agentId);
    return [
      ...(former === undefined
        ? []
        : [
            {
              ...{ file, field: "agent_id", wrong: `${agentId} is the id of ${told(former)}` },
              cure: "an id is never used again, also when its agent is gone: make a new one",
            },
          ]),
      ...(other === undefined
        ? []
        : [
            {
              ...{ file, field: "service_principal_id", wrong: `${principalId} is the identity of ${told(other)}` },
              cure: "give each agent an identity of its own, which no other agent has ever had",
            },
          ]),
    ];
  });
}

function told({ displayName, where }: Known): string {
  return `"${displayName}" (${where})`;
}
