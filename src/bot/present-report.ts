import { renderReport } from "../card/report.ts";
import { readersOf } from "../policy/may-read-report.ts";
import { loadReport } from "../review/reports/store.ts";
import type { Tx } from "../store/pool.ts";
import { post } from "./outbox.ts";
import { chatWith, type PresentPorts } from "./present-ports.ts";

/** Sends a report to everybody who may read it. */
export async function presentReport(tx: Tx, ports: PresentPorts, reportId: string): Promise<void> {
  const { tenantId, directory } = ports;
  const report = await loadReport(tx, tenantId, reportId);
  if (report === undefined) return;
  const card = renderReport(report, 0);
  for (const { aadObjectId } of readersOf(ports, directory, report.kind)) {
    const target = await chatWith(tx, tenantId, aadObjectId);
    await post(tx, tenantId, target, { card }, `report:${reportId}:${aadObjectId}`, aadObjectId);
  }
}
