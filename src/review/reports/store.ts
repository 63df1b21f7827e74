import type { Queryable, Tx } from "../../store/pool.ts";
import type { Period } from "./period.ts";
import { Report } from "./report.ts";

type Kept = { reportId: string; report: Report };

/** @returns false where the report of that period was made before */
export async function keepReport(
  tx: Tx,
  tenantId: string,
  { reportId, report, now }: Kept & { now: Date },
): Promise<boolean> {
  const { rowCount } = await tx.query(
    `insert into report (tenant_id, report_id, kind, period, content, made_at) values ($1, $2, $3, $4, $5, $6)
     on conflict (tenant_id, kind, period) do nothing`,
    [tenantId, reportId, report.kind, report.period, JSON.stringify(report), now],
  );
  return rowCount === 1;
}

export async function loadReport(db: Queryable, tenantId: string, reportId: string): Promise<Report | undefined> {
  const { rows } = await db.query<{ content: unknown }>(
    "select content from report where tenant_id = $1 and report_id = $2",
    [tenantId, reportId],
  );
  return rows[0] && Report.parse(rows[0].content);
}

export async function reportOf(
  db: Queryable,
  tenantId: string,
  { kind, name }: Pick<Period, "kind" | "name">,
): Promise<Report | undefined> {
  const { rows } = await db.query<{ content: unknown }>(
    "select content from report where tenant_id = $1 and kind = $2 and period = $3",
    [tenantId, kind, name],
  );
  return rows[0] && Report.parse(rows[0].content);
}

/** Did anything happen before a moment? Before a fleet ran there is nothing to report. */
export async function hasEvidenceBefore(db: Queryable, tenantId: string, at: Date): Promise<boolean> {
  const { rowCount } = await db.query("select 1 from audit_log where tenant_id = $1 and at < $2 limit 1", [
    tenantId,
    at,
  ]);
  return rowCount === 1;
}
