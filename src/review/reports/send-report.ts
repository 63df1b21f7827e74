import { randomUUID } from "node:crypto";
import { mkdir, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { appendAudit } from "../../audit/store.ts";
import { transaction } from "../../store/pool.ts";
import type { ReviewPorts } from "../ports.ts";
import { composeReport } from "./compose.ts";
import { asMarkdown } from "./markdown.ts";
import { type Kind, lastWhole } from "./period.ts";
import type { Report } from "./report.ts";
import { hasEvidenceBefore, keepReport, reportOf } from "./store.ts";

/** @property reportsFolder where reports are written as Markdown files */
export type ReportPorts = ReviewPorts & { reportsFolder: string };

const FLOW = "reports";

/**
 * Makes the report of the last period that was over when it was due (R9.4), sends it to those who read it, and writes its file. However many
 * processes do it at once, one report is kept and sent; the file has the same content whoever writes it.
 */
export async function sendReport(
  ports: ReportPorts,
  kind: Kind,
  { now, due }: { now: Date; due: Date },
): Promise<void> {
  const { pool, tenantId } = ports;
  const period = lastWhole(kind, due);
  if (!(await hasEvidenceBefore(pool, tenantId, period.to))) return;
  if ((await reportOf(pool, tenantId, period)) === undefined) {
    const report = await composeReport(ports, period, now);
    await transaction(pool, async (tx) => {
      const reportId = randomUUID();
      if (!(await keepReport(tx, tenantId, { reportId, report, now }))) return;
      await appendAudit(tx, {
        ...{ tenantId, kind: "report.made", actor: FLOW },
        data: { reportId, report: kind, period: period.name },
      });
      await ports.announce(tx, { kind: "report", id: reportId });
    });
  }
  // Also where it was made before: whoever made it may have died before its file was written.
  const kept = await reportOf(pool, tenantId, period);
  if (kept !== undefined) await fileReport(ports.reportsFolder, kept);
}

/** Written aside and then put in place: whoever reads the folder never finds half a file. @returns its path */
export async function fileReport(folder: string, report: Report): Promise<string> {
  await mkdir(folder, { recursive: true });
  const file = join(folder, `${report.kind}-${report.period}.md`);
  const aside = `${file}.${randomUUID()}`;
  await writeFile(aside, asMarkdown(report));
  await rename(aside, file);
  return file;
}
