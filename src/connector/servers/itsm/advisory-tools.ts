import { z } from "zod";
import { listRows, oneRow } from "../lookup.ts";
import { Count, Day, Id, MAX_ROWS, Nullable, Text, Wanted } from "../shapes.ts";
import { readTool } from "../tool.ts";
import { Priority } from "./ticket.ts";

/** Devices that still lack a patch against a CVE. */
const EXPOSED = "from patch_state s join patch t using (patch_id) where s.state <> 'installed' and t.cve";

const Advisory = z.strictObject({
  cve: Text,
  title: Text,
  product: Text,
  severity: Priority,
  cvss: z.string(),
  published_on: Day,
  summary: Text,
  remedy: Text,
  patch_id: Nullable,
  /** attacks have been seen */
  exploited: z.boolean(),
  exposed_devices: Count,
});

const listAdvisories = readTool({
  name: "list_advisories",
  description: "Security advisories by product, severity or CVE, the latest first, with the number of exposed devices.",
  input: { product: Wanted.optional(), severity: Priority.optional(), cve: Id.optional() },
  output: { advisories: z.array(Advisory), total_count: Count },
  async run(db, { product, severity, cve }) {
    const { rows, totals } = await listRows<z.infer<typeof Advisory>, { total_count: number }>(
      db,
      `select cve, title, product, severity, cvss, published_on, summary, remedy, patch_id, exploited,
         (select count(distinct s.device_id) ${EXPOSED} = a.cve)::int as exposed_devices, count(*) over () as total_count
       from advisory a
       where ($1::text is null or strpos(lower(product || ' ' || title), lower($1)) > 0)
         and ($2::text is null or severity = $2) and ($3::text is null or cve = $3)
       order by published_on desc, cve limit ${MAX_ROWS}`,
      [product ?? null, severity ?? null, cve ?? null],
      { total_count: 0 },
    );
    return { advisories: rows, ...totals };
  },
});

const Exposed = z.strictObject({
  device_id: Text,
  owner: Text,
  owner_name: Text,
  department: Text,
  os: Text,
  state: z.enum(["missing", "failed"]),
  last_seen: Day,
});

const listExposedDevices = readTool({
  name: "list_exposed_devices",
  description: "The devices that still lack the patch against a CVE.",
  input: { cve: Id },
  output: {
    cve: Text,
    title: Text,
    product: Text,
    severity: Priority,
    remedy: Text,
    devices: z.array(Exposed),
    total_count: Count,
  },
  async run(db, { cve }) {
    const sql = "select title, product, severity, remedy from advisory where cve = $1";
    const advisory = await oneRow<{
      title: string;
      product: string;
      severity: z.infer<typeof Priority>;
      remedy: string;
    }>(db, "advisory", cve, sql);
    const { rows, totals } = await listRows<z.infer<typeof Exposed>, { total_count: number }>(
      db,
      `select device_id, d.owner, p.name as owner_name, p.department, d.os, missing.state, d.last_seen,
         count(*) over () as total_count
       from (select s.device_id, max(s.state) as state ${EXPOSED} = $1 group by s.device_id) as missing
         join device d using (device_id) join person p on p.upn = d.owner
       order by p.department, device_id limit ${MAX_ROWS}`,
      [cve],
      { total_count: 0 },
    );
    return { cve, ...advisory, devices: rows, ...totals };
  },
});

export const advisoryTools = [listAdvisories, listExposedDevices];
