import { actionsOfRun } from "../action/store.ts";
import { approvalsOfRun, loadApproval } from "../approval/store.ts";
import type { ApprovalView, RunView } from "../card/run-view.ts";
import { loadRun } from "../run/store.ts";
import type { Queryable } from "../store/pool.ts";
import { nameOf, type PresentPorts } from "./present-ports.ts";

type ViewPorts = Pick<PresentPorts, "tenantId" | "directory" | "agentName">;

/** All that the cards about a run show; undefined when the run is unknown. */
export async function viewOfRun(db: Queryable, ports: ViewPorts, runId: string): Promise<RunView | undefined> {
  const { tenantId } = ports;
  const [run, actions, approvals] = await Promise.all([
    loadRun(db, tenantId, runId),
    actionsOfRun(db, tenantId, runId),
    approvalsOfRun(db, tenantId, runId),
  ]);
  if (run === undefined) return undefined;
  // A step that was asked about again has several: the latest counts.
  const latest = [...new Map(actions.map((action) => [action.stepId, action])).values()];
  const decided = actions.filter((action) => !latest.includes(action));
  return {
    run,
    actions: [...latest, ...decided],
    approvals,
    nameOf: (personId) => nameOf(ports, personId),
    agentName: ports.agentName,
    colleagues: colleaguesFor(ports, run.clusterId),
  };
}

export async function viewOfApproval(
  db: Queryable,
  ports: ViewPorts,
  approvalId: string,
): Promise<ApprovalView | undefined> {
  const known = await loadApproval(db, ports.tenantId, approvalId);
  const view = known === undefined ? undefined : await viewOfRun(db, ports, known.runId);
  const approval = view?.approvals.find((one) => one.approvalId === approvalId);
  return view === undefined || approval === undefined ? undefined : { ...view, approval };
}

const colleagues = new WeakMap<object, Map<string, { id: string; name: string }[]>>();

/** Those to whom a question or an agent of this cluster can be passed on: its own people first. Worked out once for each state of the directory. */
export function colleaguesFor(
  { directory }: Pick<ViewPorts, "directory">,
  clusterId: string,
): { id: string; name: string }[] {
  const everybody = directory.people;
  const known = colleagues.get(everybody) ?? new Map<string, { id: string; name: string }[]>();
  colleagues.set(everybody, known);
  const before = known.get(clusterId);
  if (before !== undefined) return before;
  const isNear = (roles: readonly string[]): boolean => roles.some((role) => role.includes(clusterId));
  const people = everybody
    .filter(({ kind, enabled }) => kind === "person" && enabled)
    .sort(
      (a, b) =>
        Number(isNear(b.roles)) - Number(isNear(a.roles)) || Number(b.roles.length > 0) - Number(a.roles.length > 0),
    )
    .map(({ aadObjectId, name }) => ({ id: aadObjectId, name }));
  known.set(clusterId, people);
  return people;
}
