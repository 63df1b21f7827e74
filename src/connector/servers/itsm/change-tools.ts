import { z } from "zod";
import { filterId, listRows, oneRow } from "../lookup.ts";
import { Count, Day, Id, MAX_ROWS, Text, Wanted } from "../shapes.ts";
import { readTool } from "../tool.ts";
import { SERVICES } from "./service.ts";

const change = {
  change_id: Text,
  title: Text,
  service_name: Text,
  kind: z.enum(["standard", "normal", "emergency"]),
  risk: z.enum(["low", "medium", "high"]),
  status: z.enum(["planned", "approved", "done", "cancelled"]),
  starts_on: Day,
  hours: Text,
  owner_name: Text,
};
const Change = z.strictObject(change);
const changeColumns =
  "change_id, title, s.name as service_name, kind, risk, status, starts_on, hours, p.name as owner_name";
const CHANGES = "from change_request c join service s using (service_id) join person p on p.upn = c.owner";

const listChanges = readTool({
  name: "list_changes",
  description: "Changes to services that are planned or approved from today on, the next first.",
  input: { service: Wanted.optional(), within: z.enum(["day", "week", "month"]).optional() },
  output: { changes: z.array(Change), total_count: Count, high_risk_count: Count },
  async run(db, args) {
    const service = await filterId(db, "service", args.service, SERVICES);
    const { rows, totals } = await listRows<z.infer<typeof Change>, { total_count: number; high_risk_count: number }>(
      db,
      `select ${changeColumns}, count(*) over () as total_count,
         count(*) filter (where risk = 'high') over () as high_risk_count
       ${CHANGES}
       where status in ('planned', 'approved') and starts_on >= current_date and ($1::text is null or service_id = $1)
         and ($2::text is null or starts_on < current_date + case $2 when 'day' then 1 when 'week' then 7 else 30 end)
       order by starts_on, change_id limit ${MAX_ROWS}`,
      [service, args.within ?? null],
      { total_count: 0, high_risk_count: 0 },
    );
    return { changes: rows, ...totals };
  },
});

const Described = z.strictObject({ ...change, effect: Text, way_back: Text });

const getChange = readTool({
  name: "get_change",
  description: "One change: when it happens, what people notice of it, and how it is taken back if it fails.",
  input: { change_id: Id },
  output: { ...change, effect: Text, way_back: Text },
  run: (db, { change_id }) =>
    oneRow<z.infer<typeof Described>>(
      db,
      "change",
      change_id,
      `select ${changeColumns}, effect, way_back ${CHANGES} where change_id = $1`,
    ),
});

const Freeze = z.strictObject({
  freeze_id: Text,
  title: Text,
  starts_on: Day,
  ends_on: Day,
  scope: Text,
  reason: Text,
  exceptions: Text,
  is_on: z.boolean(),
});

const listChangeFreezes = readTool({
  name: "list_change_freezes",
  description: "Periods in which services must not be changed: those of a day, or those that go on or are to come.",
  input: { on: Day.optional() },
  output: {
    freezes: z.array(Freeze),
    total_count: Count,
    /** those that hold today */
    now_count: Count,
  },
  async run(db, { on }) {
    const { rows, totals } = await listRows<z.infer<typeof Freeze>, { total_count: number; now_count: number }>(
      db,
      `select freeze_id, title, starts_on, ends_on, scope, reason, exceptions,
         current_date between starts_on and ends_on as is_on, count(*) over () as total_count,
         count(*) filter (where current_date between starts_on and ends_on) over () as now_count
       from change_freeze
       where case when $1::date is null then ends_on >= current_date else $1::date between starts_on and ends_on end
       order by starts_on, freeze_id limit ${MAX_ROWS}`,
      [on ?? null],
      { total_count: 0, now_count: 0 },
    );
    return { freezes: rows, ...totals };
  },
});

export const changeTools = [listChanges, getChange, listChangeFreezes];
