import { z } from "zod";
import { filterId, listRows } from "../lookup.ts";
import { Count, Day, MAX_ROWS, Nullable, Text, Wanted } from "../shapes.ts";
import { readTool } from "../tool.ts";

const JOBS = "select job_id as id, name from backup_job";
const Outcome = z.enum(["ok", "partial", "failed"]);

const Job = z.strictObject({
  job_id: Text,
  name: Text,
  rhythm: z.enum(["daily", "weekly"]),
  keep_days: Count,
  owner_name: Text,
  last_run_on: Day,
  last_outcome: Outcome,
  size_gb: Text,
  message: Nullable,
  last_good_on: Day.nullable(),
});
const noJobs = { total_count: 0, bad_count: 0 };

const listBackups = readTool({
  name: "list_backups",
  description: "Each backup with its latest run and the last one that was complete, what went wrong first.",
  input: { system: Wanted.optional() },
  output: {
    backups: z.array(Job),
    total_count: Count,
    /** those whose latest run was not complete */
    bad_count: Count,
  },
  async run(db, args) {
    const job = await filterId(db, "backup", args.system, JOBS);
    const { rows, totals } = await listRows<z.infer<typeof Job>, typeof noJobs>(
      db,
      `select job_id, j.name, rhythm, keep_days, p.name as owner_name, r.on_day as last_run_on, r.outcome as last_outcome,
         r.size_gb, r.message,
         (select max(on_day) from backup_run g where g.job_id = j.job_id and g.outcome = 'ok') as last_good_on,
         count(*) over () as total_count, count(*) filter (where r.outcome <> 'ok') over () as bad_count
       from backup_job j join person p on p.upn = j.owner
         join lateral (select * from backup_run where job_id = j.job_id order by on_day desc limit 1) r using (job_id)
       where ($1::text is null or job_id = $1)
       order by array_position(array['failed', 'partial', 'ok'], r.outcome), j.name limit ${MAX_ROWS}`,
      [job],
      noJobs,
    );
    return { backups: rows, ...totals };
  },
});

const BadRun = z.strictObject({
  run_id: Text,
  name: Text,
  on_day: Day,
  outcome: z.enum(["partial", "failed"]),
  message: Text,
  owner_name: Text,
  /** a later run of the same backup was complete */
  mended: z.boolean(),
});
const noRuns = { total_count: 0, unmended_count: 0 };

const listFailedBackups = readTool({
  name: "list_failed_backups",
  description: "Backup runs that failed or were incomplete, the latest first, and whether a later run made up for it.",
  input: { system: Wanted.optional() },
  output: { runs: z.array(BadRun), total_count: Count, unmended_count: Count },
  async run(db, args) {
    const job = await filterId(db, "backup", args.system, JOBS);
    const { rows, totals } = await listRows<z.infer<typeof BadRun>, typeof noRuns>(
      db,
      `with bad as (
         select run_id, j.name, on_day, outcome, message, p.name as owner_name, exists (
             select 1 from backup_run l where l.job_id = r.job_id and l.on_day > r.on_day and l.outcome = 'ok') as mended
         from backup_run r join backup_job j using (job_id) join person p on p.upn = j.owner
         where outcome <> 'ok' and ($1::text is null or job_id = $1))
       select *, count(*) over () as total_count, count(*) filter (where not mended) over () as unmended_count
       from bad order by on_day desc, run_id limit ${MAX_ROWS}`,
      [job],
      noRuns,
    );
    return { runs: rows, ...totals };
  },
});

const Tested = z.strictObject({
  name: Text,
  last_test_on: Day.nullable(),
  outcome: z.enum(["passed", "failed"]).nullable(),
  minutes: Count.nullable(),
  tested_by: Nullable,
  note: Nullable,
  next_due: Day.nullable(),
  overdue: z.boolean(),
});
const noTests = { total_count: 0, overdue_count: 0 };

const listRestoreTests = readTool({
  name: "list_restore_tests",
  description: "For each backup the last test of restoring from it, and when the next one is due; overdue ones first.",
  input: { system: Wanted.optional() },
  output: { tests: z.array(Tested), total_count: Count, overdue_count: Count },
  async run(db, args) {
    const job = await filterId(db, "backup", args.system, JOBS);
    // What was never tested is overdue from the start.
    const { rows, totals } = await listRows<z.infer<typeof Tested>, typeof noTests>(
      db,
      `with latest as (
         select j.name, t.on_day as last_test_on, t.outcome, t.minutes, p.name as tested_by, t.note, t.next_due,
           coalesce(t.next_due < current_date, true) as overdue
         from backup_job j left join lateral (
             select * from restore_test where job_id = j.job_id order by on_day desc limit 1) t on true
           left join person p on p.upn = t.by_upn
         where ($1::text is null or j.job_id = $1))
       select *, count(*) over () as total_count, count(*) filter (where overdue) over () as overdue_count
       from latest order by overdue desc, next_due nulls first, name limit ${MAX_ROWS}`,
      [job],
      noTests,
    );
    return { tests: rows, ...totals };
  },
});

export const backupTools = [listBackups, listFailedBackups, listRestoreTests];
