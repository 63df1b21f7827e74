import { z } from "zod";
import { filterId, listRows } from "../lookup.ts";
import { Count, Day, MAX_ROWS, Nullable, Text, Wanted } from "../shapes.ts";
import { readTool } from "../tool.ts";
import { SERVICES } from "./service.ts";

const State = z.enum(["operational", "degraded", "outage", "maintenance"]);
const Service = z.strictObject({
  service_id: Text,
  name: Text,
  owner_name: Text,
  state: State,
  since: Day,
  note: Nullable,
});
const noServices = { total_count: 0, disturbed_count: 0 };

const listServices = readTool({
  name: "list_services",
  description: "The services that IT runs with their present state, what is disturbed first.",
  input: { service: Wanted.optional(), disturbed_only: z.boolean().optional() },
  output: {
    services: z.array(Service),
    total_count: Count,
    /** those that are not operational */
    disturbed_count: Count,
  },
  async run(db, args) {
    const service = await filterId(db, "service", args.service, SERVICES);
    const { rows, totals } = await listRows<z.infer<typeof Service>, typeof noServices>(
      db,
      `select service_id, s.name, p.name as owner_name, state, since, note, count(*) over () as total_count,
         count(*) filter (where state <> 'operational') over () as disturbed_count
       from service s join person p on p.upn = s.owner
       where ($1::text is null or service_id = $1) and ($2::boolean is not true or state <> 'operational')
       order by array_position(array['outage', 'degraded', 'maintenance', 'operational'], state), s.name limit ${MAX_ROWS}`,
      [service, args.disturbed_only ?? null],
      noServices,
    );
    return { services: rows, ...totals };
  },
});

const Outage = z.strictObject({
  outage_id: Text,
  service_name: Text,
  on_day: Day,
  minutes: Count,
  impact: z.enum(["outage", "degraded"]),
  cause: Text,
});
const noOutages = { total_count: 0, minutes_total: 0 };

const listOutages = readTool({
  name: "list_outages",
  description: "What went wrong with services in the last ninety days, the latest first, with the minutes lost.",
  input: { service: Wanted.optional() },
  output: { outages: z.array(Outage), total_count: Count, minutes_total: Count },
  async run(db, args) {
    const service = await filterId(db, "service", args.service, SERVICES);
    const { rows, totals } = await listRows<z.infer<typeof Outage>, typeof noOutages>(
      db,
      `select outage_id, s.name as service_name, on_day, minutes, impact, cause, count(*) over () as total_count,
         sum(minutes) over () as minutes_total
       from outage join service s using (service_id)
       where on_day > current_date - 90 and ($1::text is null or service_id = $1)
       order by on_day desc, outage_id limit ${MAX_ROWS}`,
      [service],
      noOutages,
    );
    return { outages: rows, ...totals };
  },
});

const Availability = z.strictObject({
  service_name: Text,
  outage_count: Count,
  outage_minutes: Count,
  degraded_minutes: Count,
  /** of the whole period */
  period_minutes: Count,
});

const listAvailability = readTool({
  name: "list_availability",
  description: "For each service how many minutes of the last ninety days it was away or degraded, the worst first.",
  input: { service: Wanted.optional() },
  output: { services: z.array(Availability), total_count: Count },
  async run(db, args) {
    const service = await filterId(db, "service", args.service, SERVICES);
    const { rows, totals } = await listRows<z.infer<typeof Availability>, { total_count: number }>(
      db,
      `select s.name as service_name, count(outage_id) filter (where impact = 'outage') as outage_count,
         coalesce(sum(minutes) filter (where impact = 'outage'), 0) as outage_minutes,
         coalesce(sum(minutes) filter (where impact = 'degraded'), 0) as degraded_minutes,
         90 * 24 * 60 as period_minutes, count(*) over () as total_count
       from service s left join outage o on o.service_id = s.service_id and on_day > current_date - 90
       where ($1::text is null or s.service_id = $1)
       group by s.name order by outage_minutes desc, degraded_minutes desc, s.name limit ${MAX_ROWS}`,
      [service],
      { total_count: 0 },
    );
    return { services: rows, ...totals };
  },
});

export const serviceTools = [listServices, listOutages, listAvailability];
