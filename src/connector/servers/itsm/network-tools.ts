import { z } from "zod";
import { filterId, listRows } from "../lookup.ts";
import { Count, MAX_ROWS, Nullable, Text, Wanted } from "../shapes.ts";
import { readTool } from "../tool.ts";

const SITES = "select site_id as id, name from site";
const State = z.enum(["up", "degraded", "down"]);
const WORST_FIRST = "array_position(array['down', 'degraded', 'up'], state)";
const none = { total_count: 0, disturbed_count: 0 };
const COUNTS = "count(*) over () as total_count, count(*) filter (where state <> 'up') over () as disturbed_count";

const Site = z.strictObject({ site_id: Text, name: Text, purpose: Text });

const listSites = readTool({
  name: "list_sites",
  description: "The sites of the company that have a network.",
  input: {},
  output: { sites: z.array(Site), total_count: Count },
  async run(db) {
    const sql = `select site_id, name, purpose, count(*) over () as total_count from site order by name limit ${MAX_ROWS}`;
    const { rows, totals } = await listRows<z.infer<typeof Site>, { total_count: number }>(db, sql, [], {
      total_count: 0,
    });
    return { sites: rows, ...totals };
  },
});

const Link = z.strictObject({
  link_id: Text,
  site_name: Text,
  kind: z.enum(["internet", "backbone", "mobile backup"]),
  provider: Text,
  state: State,
  mbps: Count,
  load_percent: Text,
  note: Nullable,
});

const listNetworkLinks = readTool({
  name: "list_network_links",
  description: "The lines that connect the sites, with their state and load, what is disturbed first.",
  input: { site: Wanted.optional() },
  output: { links: z.array(Link), total_count: Count, disturbed_count: Count },
  async run(db, args) {
    const site = await filterId(db, "site", args.site, SITES);
    const { rows, totals } = await listRows<z.infer<typeof Link>, typeof none>(
      db,
      `select link_id, s.name as site_name, kind, provider, state, mbps, load_percent, note, ${COUNTS}
       from network_link join site s using (site_id) where ($1::text is null or site_id = $1)
       order by ${WORST_FIRST}, s.name, link_id limit ${MAX_ROWS}`,
      [site],
      none,
    );
    return { links: rows, ...totals };
  },
});

const Gateway = z.strictObject({
  gateway_id: Text,
  name: Text,
  state: State,
  connected: Count,
  capacity: Count,
  peak_today: Count,
});
const noGateways = { ...none, connected_count: 0, capacity_count: 0 };

const listVpnGateways = readTool({
  name: "list_vpn_gateways",
  description: "The VPN gateways, how many people are connected through each and how many could be.",
  input: {},
  output: {
    ...{ gateways: z.array(Gateway), total_count: Count, disturbed_count: Count },
    ...{ connected_count: Count, capacity_count: Count },
  },
  async run(db) {
    const { rows, totals } = await listRows<z.infer<typeof Gateway>, typeof noGateways>(
      db,
      `select gateway_id, name, state, connected, capacity, peak_today, ${COUNTS},
         sum(connected) over () as connected_count, sum(capacity) over () as capacity_count
       from vpn_gateway order by name limit ${MAX_ROWS}`,
      [],
      noGateways,
    );
    return { gateways: rows, ...totals };
  },
});

const Zone = z.strictObject({
  zone_id: Text,
  site_name: Text,
  zone: Text,
  state: State,
  access_points: Count,
  points_down: Count,
  clients: Count,
  note: Nullable,
});
const noZones = { ...none, client_count: 0 };

const listWifiZones = readTool({
  name: "list_wifi_zones",
  description:
    "The Wi-Fi of the sites by zone, with dead access points and connected devices, what is disturbed first.",
  input: { site: Wanted.optional() },
  output: { zones: z.array(Zone), total_count: Count, disturbed_count: Count, client_count: Count },
  async run(db, args) {
    const site = await filterId(db, "site", args.site, SITES);
    const { rows, totals } = await listRows<z.infer<typeof Zone>, typeof noZones>(
      db,
      `select zone_id, s.name as site_name, zone, state, access_points, points_down, clients, note, ${COUNTS},
         sum(clients) over () as client_count
       from wifi_zone join site s using (site_id) where ($1::text is null or site_id = $1)
       order by ${WORST_FIRST}, s.name, zone limit ${MAX_ROWS}`,
      [site],
      noZones,
    );
    return { zones: rows, ...totals };
  },
});

export const networkTools = [listSites, listNetworkLinks, listVpnGateways, listWifiZones];
