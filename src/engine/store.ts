import { hostname } from "node:os";
import type { Queryable } from "../store/pool.ts";

/** Says that this process is alive, by the database's clock. */
export async function refreshWorker(db: Queryable, workerId: string): Promise<void> {
  await db.query(
    `insert into worker (worker_id, host, pid) values ($1, $2, $3)
     on conflict (worker_id) do update set seen_at = now()`,
    [workerId, hostname(), process.pid],
  );
}

export async function removeWorker(db: Queryable, workerId: string): Promise<void> {
  await db.query("delete from worker where worker_id = $1", [workerId]);
}

/** @param silentSeconds 0: all others, however fresh */
export async function removeDeadWorkers(db: Queryable, self: string, silentSeconds: number): Promise<void> {
  await db.query(
    "delete from worker where worker_id <> $1 and ($2 = 0 or seen_at < now() - make_interval(secs => $2))",
    [self, silentSeconds],
  );
}

/** Executors that hold work under way and are no living process. */
export async function findOrphanedExecutors(db: Queryable): Promise<string[]> {
  const { rows } = await db.query<{ executor_id: string }>(
    `select distinct executor_id from dbos.workflow_status w
     where status = 'PENDING' and executor_id is not null
       and not exists (select 1 from worker where worker_id = w.executor_id)`,
  );
  return rows.map((row) => row.executor_id);
}
