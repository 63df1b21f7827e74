import { renderReliability } from "../card/reliability.ts";
import { clusterNames } from "../card/shared.ts";
import { mayTeachAll } from "../policy/may-teach.ts";
import { outcomesOf } from "../routing/reliability/outcome.ts";
import { recognitionOf } from "../routing/reliability/recognition.ts";
import { reliabilityOf } from "../routing/reliability/report.ts";
import { loadDecisions } from "../routing/reliability/store.ts";
import { type CardResult, refused } from "./card-result.ts";
import type { BotPorts, Incoming } from "./incoming.ts";

const DAYS = 90;
const DAY_MS = 86_400_000;

/** "reliability": how far scores can be relied on, for whoever says what a whole cluster, or the fleet, learns. */
export async function reliabilityFor(ports: BotPorts, { person }: Incoming): Promise<CardResult> {
  const { pool, tenantId, policies } = ports;
  const clusters = Object.keys(clusterNames).filter((clusterId) => mayTeachAll(policies, person, clusterId));
  const seen = [...(mayTeachAll(policies, person, "") ? ["all"] : []), ...clusters];
  if (seen.length === 0)
    return refused(
      403,
      "NotYours",
      "This is for those who answer for a cluster",
      "The platform team and the leads of clusters see how far scores can be relied on.",
    );
  const now = new Date();
  const decisions = await loadDecisions(pool, tenantId, new Date(now.getTime() - DAYS * DAY_MS));
  const groups = reliabilityOf(outcomesOf(decisions), now).filter(({ group }) => seen.includes(group));
  const card = renderReliability({ days: DAYS, groups, recognition: recognitionOf(decisions) });
  return { kind: "card", card, isNews: true };
}
