import { loadPlans } from "../agent/plan-template.ts";
import { readAnchors } from "../audit/anchors/anchor-files.ts";
import { verifyChain } from "../audit/verify.ts";
import { loadDirectory } from "../identity/directory.ts";
import { forTheFiles } from "../registry/lessons/lesson.ts";
import { lessonsOf } from "../registry/lessons/store.ts";
import { loadRegistry } from "../registry/registry.ts";
import { latestAlerts } from "../review/alerts/store.ts";
import { databaseClock } from "../review/clock.ts";
import { composeReport } from "../review/reports/compose.ts";
import { asMarkdown } from "../review/reports/markdown.ts";
import { lastWhole, periodAt, kinds as reportKinds } from "../review/reports/period.ts";
import { fileReport } from "../review/reports/send-report.ts";
import { reportOf } from "../review/reports/store.ts";
import { outcomesOf } from "../routing/reliability/outcome.ts";
import { recognitionOf } from "../routing/reliability/recognition.ts";
import { reliabilityOf } from "../routing/reliability/report.ts";
import { loadDecisions } from "../routing/reliability/store.ts";
import { reliabilityTable } from "../routing/reliability/table.ts";
import { type Desk, fail, say } from "./desk.ts";

const DAY_MS = 86_400_000;

export async function verify({ pool, config }: Desk): Promise<number> {
  const { links, head, broken } = await verifyChain(pool, config.tenantId, await readAnchors(config.audit.anchors));
  if (broken !== undefined) return fail(`The chain is broken at link ${broken.seq}: ${broken.why}.`);
  return say(`The chain holds: ${links} links, head ${head}.`);
}

export async function showReliability({ pool, config, json, days: given }: Desk): Promise<number> {
  const days = Number(given);
  if (!Number.isInteger(days) || days < 1) return fail("--days must be a whole number of days, 1 or more.");
  const now = new Date();
  const decisions = await loadDecisions(pool, config.tenantId, new Date(now.getTime() - days * DAY_MS));
  const recognition = recognitionOf(decisions);
  const groups = reliabilityOf(outcomesOf(decisions), now);
  return say(
    json ? JSON.stringify({ days, recognition, groups }, null, 2) : reliabilityTable(groups, recognition, days),
  );
}

/** As it was kept; one that was never made, or is not over, is worked out now. */
export async function report({ pool, config, json, isSoFar, to }: Desk, named: string): Promise<number> {
  const kind = reportKinds.find((one) => one === named);
  if (kind === undefined) return fail(`Say which report: ${reportKinds.join(", ")}.`);
  const now = await databaseClock().now(pool);
  const period = isSoFar ? periodAt(kind, now) : lastWhole(kind, now);
  const ports = { pool, tenantId: config.tenantId, directory: loadDirectory(config.peopleFile) };
  const made = (await reportOf(pool, config.tenantId, period)) ?? (await composeReport(ports, period, now));
  if (to !== undefined) return say(`Written to ${await fileReport(to, made)}.`);
  return say(json ? JSON.stringify(made, null, 2) : asMarkdown(made));
}

export async function showAlerts({ pool, config }: Desk): Promise<number> {
  for (const { receivedAt, state, condition, kind, agentNamed, metricValue } of await latestAlerts(
    pool,
    config.tenantId,
    50,
  ))
    say(
      [receivedAt.toISOString(), state, condition, kind ?? "?", JSON.stringify(agentNamed), metricValue ?? ""].join(
        "\t",
      ),
    );
  return 0;
}

export async function lessons({ pool, config }: Desk): Promise<number> {
  const directory = loadDirectory(config.peopleFile);
  const plans = loadPlans("manifest/plans");
  const { agents } = loadRegistry({ folder: "manifest/agents", directory, plans });
  for (const lesson of await lessonsOf(pool, config.tenantId))
    say(JSON.stringify(forTheFiles(agents, lesson, directory.byId(lesson.approvedBy)?.upn ?? lesson.approvedBy)));
  return 0;
}
