import type { Policies } from "../policy/cedar.ts";
import { type Matter, mayDecide } from "../policy/may-decide.ts";
import type { Filed, Finding } from "../registry/finding.ts";

/** Somebody who has this role and nothing else that policy could know them by. */
const holderOf = (role: string) => ({
  ...{ aadObjectId: "00000000-0000-4000-8000-000000000000", upn: "somebody@signalbox.invalid", roles: [role] },
});

/** A record may only name approvers to whom policy gives a say in its cluster: it would promise what is not so. Pure. */
export function withoutSay(filed: readonly Filed[], policies: Policies): Finding[] {
  return filed.flatMap(({ file, record }) =>
    record.intent_patterns.flatMap(({ approver_role: role, risk }, i) => {
      if (role === undefined) return [];
      const { cluster_id: clusterId } = record;
      const matter: Omit<Matter, "stage"> = {
        ...{ approvalId: record.agent_id, kind: "review", risk, clusterId, amountCents: 0 },
        ...{ requester: "requester@signalbox.invalid", approverRoles: [], escalatedTo: [] },
      };
      const has = (stage: Matter["stage"]): boolean =>
        mayDecide(policies, holderOf(role), { ...matter, stage }).permitted;
      if (has("reviewer") || has("lead")) return [];
      return [
        {
          ...{ file, field: `intent_patterns.${i}.approver_role` },
          wrong: `policy lets nobody with the role "${role}" decide in ${clusterId}`,
          cure: "name the role that does (manifest/policies/20-decisions.cedar), or have policy changed first",
        },
      ];
    }),
  );
}
