import { renderReport } from "../card/report.ts";
import { mayReadReport } from "../policy/may-read-report.ts";
import { composeReport } from "../review/reports/compose.ts";
import { type Kind, lastWhole, type Period, periodAt, periodNamed } from "../review/reports/period.ts";
import { reportOf } from "../review/reports/store.ts";
import { type CardResult, refused } from "./card-result.ts";
import type { BotPorts, Incoming } from "./incoming.ts";

/** "weekly report", "monthly report so far": that of the last period that is over, or of the one that is going on. */
export async function reportAsTyped(
  ports: BotPorts,
  incoming: Incoming,
  { of, isSoFar }: { of: Kind; isSoFar: boolean },
): Promise<CardResult> {
  const now = await ports.clock.now(ports.pool);
  return showReport(ports, incoming, isSoFar ? periodAt(of, now) : lastWhole(of, now), 0);
}

/** Leafing through a report. @param name of its period, as the card gives it */
export async function reportPage(
  ports: BotPorts,
  incoming: Incoming,
  { of, period: name, page }: { of: Kind; period: string; page: number },
): Promise<CardResult> {
  const period = periodNamed(of, name);
  if (period === undefined) return refused(404, "NotFound", "There is no such report", `Type “${of} report”.`);
  return showReport(ports, incoming, period, page);
}

/** As it was kept; one that was never made, or is not over, is worked out from what is known now. */
async function showReport(ports: BotPorts, { person }: Incoming, period: Period, page: number): Promise<CardResult> {
  const may = mayReadReport(ports, person, period.kind);
  if (!may.permitted) return refused(403, "NotYours", "You cannot read this report", may.reason);
  const now = await ports.clock.now(ports.pool);
  if (period.from > now)
    return refused(404, "NotFound", "That is still to come", `Type “${period.kind} report so far”.`);
  const report = (await reportOf(ports.pool, ports.tenantId, period)) ?? (await composeReport(ports, period, now));
  return { kind: "card", card: renderReport(report, page), isNews: true };
}
