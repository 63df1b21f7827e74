import { z } from "zod";
import { filterId, listRows, oneRow } from "../lookup.ts";
import { Count, Day, Id, MAX_ROWS, Nullable, Text, Wanted } from "../shapes.ts";
import { readTool } from "../tool.ts";
import { DEPARTMENTS, PEOPLE, Priority } from "./ticket.ts";

const device = {
  device_id: Text,
  kind: z.enum(["laptop", "desktop", "phone", "server", "tablet"]),
  model: Text,
  os: Text,
  os_version: Text,
  owner: Text,
  owner_name: Text,
  department: Text,
  status: z.enum(["in-use", "spare", "repair", "lost"]),
  last_seen: Day,
  missing_patches: Count,
};
const Device = z.strictObject(device);
const deviceColumns = `device_id, kind, model, os, os_version, owner, p.name as owner_name, p.department, d.status, last_seen,
  (select count(*) from patch_state s where s.device_id = d.device_id and s.state <> 'installed')::int as missing_patches`;

const listDevices = readTool({
  name: "list_devices",
  description: "Devices of a person or of a department.",
  input: { owner: Wanted.optional(), department: Wanted.optional() },
  output: { devices: z.array(Device), total_count: Count },
  async run(db, args) {
    const owner = await filterId(db, "person", args.owner, PEOPLE);
    const department = await filterId(db, "department", args.department, DEPARTMENTS);
    const { rows, totals } = await listRows<z.infer<typeof Device>, { total_count: number }>(
      db,
      `select ${deviceColumns}, count(*) over () as total_count
       from device d join person p on p.upn = d.owner
       where ($1::text is null or owner = $1) and ($2::text is null or p.department = $2)
       order by device_id limit ${MAX_ROWS}`,
      [owner, department],
      { total_count: 0 },
    );
    return { devices: rows, ...totals };
  },
});

const details = { serial: Text, purchased_on: Day, warranty_until: Day, encrypted: z.boolean() };
const Detailed = z.strictObject({ ...device, ...details });
const OpenTicket = z.strictObject({ ticket_id: Text, title: Text, priority: Priority });

const getDevice = readTool({
  name: "get_device",
  description: "One device with its warranty, encryption and open tickets.",
  input: { device_id: Id },
  output: { ...device, ...details, open_tickets: z.array(OpenTicket) },
  async run(db, { device_id }) {
    const row = await oneRow<z.infer<typeof Detailed>>(
      db,
      "device",
      device_id,
      `select ${deviceColumns}, serial, purchased_on, warranty_until, encrypted
       from device d join person p on p.upn = d.owner where device_id = $1`,
    );
    const tickets = await db.query<z.infer<typeof OpenTicket>>(
      `select ticket_id, title, priority from ticket_state where device_id = $1 and is_open order by due_on limit ${MAX_ROWS}`,
      [device_id],
    );
    return { ...row, open_tickets: tickets.rows };
  },
});

const PatchSeverity = z.enum(["critical", "important", "moderate", "low"]);
const PatchState = z.strictObject({
  device_id: Text,
  owner: Text,
  owner_name: Text,
  department: Text,
  patch_id: Text,
  title: Text,
  product: Text,
  severity: PatchSeverity,
  cve: Nullable,
  state: z.enum(["installed", "missing", "failed"]),
  released_on: Day,
  installed_on: Day.nullable(),
});
const none = { total_count: 0, device_count: 0, missing_count: 0, critical_missing_count: 0 };

const listPatchStates = readTool({
  name: "list_patch_states",
  description: "Which patches are installed, missing or failed on which devices, the most severe first, with counts.",
  input: {
    department: Wanted.optional(),
    device_id: Id.optional(),
    severity: PatchSeverity.optional(),
    missing_only: z.boolean().optional(),
  },
  output: {
    patch_states: z.array(PatchState),
    total_count: Count,
    /** devices among all matches; the other two count what is missing or failed among them */
    device_count: Count,
    missing_count: Count,
    critical_missing_count: Count,
  },
  async run(db, args) {
    const department = await filterId(db, "department", args.department, DEPARTMENTS);
    if (args.device_id !== undefined)
      await oneRow(db, "device", args.device_id, "select 1 from device where device_id = $1");
    const { rows, totals } = await listRows<z.infer<typeof PatchState>, typeof none>(
      db,
      `with matched as (
         select s.device_id, d.owner, p.name as owner_name, p.department, s.patch_id, t.title, t.product, t.severity, t.cve,
           s.state, t.released_on, s.installed_on
         from patch_state s join device d using (device_id) join person p on p.upn = d.owner join patch t using (patch_id)
         where ($1::text is null or p.department = $1) and ($2::text is null or s.device_id = $2)
           and ($3::text is null or t.severity = $3) and ($4::boolean is not true or s.state <> 'installed'))
       select *, count(*) over () as total_count, (select count(distinct device_id) from matched) as device_count,
         count(*) filter (where state <> 'installed') over () as missing_count,
         count(*) filter (where state <> 'installed' and severity = 'critical') over () as critical_missing_count
       from matched
       order by array_position(array['critical', 'important', 'moderate', 'low'], severity), released_on, device_id
       limit ${MAX_ROWS}`,
      [department, args.device_id ?? null, args.severity ?? null, args.missing_only ?? null],
      none,
    );
    return { patch_states: rows, ...totals };
  },
});

export const deviceTools = [listDevices, getDevice, listPatchStates];
