import { day } from "./it-day.ts";
import type { Scene } from "./scene.ts";

const OUTAGES = "itsm.outage o join itsm.service s using (service_id)";
const DEVICES = "itsm.device d join itsm.person p on p.upn = d.owner";
const MONEY = "'FM999,999,990.00'";

/** Services, changes, licences, devices, backups and the network. */
export const itOperations: readonly Scene[] = [
  {
    intent: "service-status",
    says: "Does the Web Shop run all right?",
    truth: `select s.name, s.state, ${day("s.since")}, s.note, p.name from itsm.service s join itsm.person p on p.upn = s.owner
            where s.name = 'Web Shop'`,
    not: "select name from itsm.service where name <> 'Web Shop'",
  },
  {
    intent: "current-outages",
    says: "Which services have an outage or a disturbance right now?",
    truth: `select name, state, ${day("since")}, note from itsm.service where state <> 'operational'
            union all select count(*) filter (where state <> 'operational') || ' of ' || count(*) || ' services', null, null, null
            from itsm.service`,
    not: "select name from itsm.service where state = 'operational'",
  },
  {
    intent: "outage-history",
    says: "What outages did Label Printing have in the past?",
    truth: `select o.cause, o.minutes, ${day("o.on_day")} from ${OUTAGES} where s.name = 'Label Printing'
            union all select null, sum(o.minutes), null from ${OUTAGES} where s.name = 'Label Printing'`,
    not: `select o.cause from ${OUTAGES} where s.name <> 'Label Printing'`,
  },
  {
    intent: "service-uptime",
    says: "How many percent was the Partner Portal available?",
    truth: `select s.name, sum(o.minutes), to_char(100 - 100.0 * sum(o.minutes) / (90 * 24 * 60), 'FM990.0') || ' %'
            from ${OUTAGES} where s.name = 'Partner Portal' and o.impact = 'outage' group by s.name`,
    not: "select name from itsm.service where name <> 'Partner Portal'",
  },
  {
    intent: "planned-changes",
    says: "What changes to the ERP are coming?",
    truth: `select c.change_id || ' ' || c.title, ${day("c.starts_on")}, c.hours, c.risk, c.status
            from itsm.change_request c join itsm.service s using (service_id)
            where s.name = 'ERP' and c.status in ('planned', 'approved')`,
    not: `select c.title from itsm.change_request c join itsm.service s using (service_id) where s.name <> 'ERP'`,
  },
  {
    intent: "planned-changes",
    says: "Which maintenance is planned this week?",
    truth: `select change_id || ' ' || title from itsm.change_request
            where status in ('planned', 'approved') and starts_on between current_date and current_date + 6`,
    not: "select title from itsm.change_request where starts_on >= current_date + 7 or starts_on < current_date",
  },
  {
    intent: "change-details",
    says: "What is the change CHG-604 about, and what is its way back?",
    truth: `select c.title, s.name, c.hours, c.risk, c.status, c.effect, c.way_back, p.name, ${day("c.starts_on")}
            from itsm.change_request c join itsm.service s using (service_id) join itsm.person p on p.upn = c.owner
            where c.change_id = 'CHG-604'`,
  },
  {
    intent: "change-freezes",
    says: "When are changes frozen?",
    truth: `select freeze_id || ' ' || title, ${day("starts_on")}, ${day("ends_on")}, scope, exceptions
            from itsm.change_freeze where ends_on >= current_date`,
    not: "select title from itsm.change_freeze where ends_on < current_date",
  },
  {
    intent: "change-freezes",
    says: "Is there a change freeze today?",
    truth: "select title, scope from itsm.change_freeze where current_date between starts_on and ends_on",
    not: "select title from itsm.change_freeze where current_date not between starts_on and ends_on",
  },
  {
    intent: "licence-seats",
    says: "How many seats of the Route Planner licence are free?",
    truth: `select l.product, to_char((l.seats - count(s.upn)) * l.seat_price, ${MONEY}), 100 * count(s.upn) / l.seats || '.0 %'
            from itsm.licence l join itsm.licence_seat s using (licence_id) where l.product = 'Route Planner' group by l.licence_id`,
    not: "select product from itsm.licence where product <> 'Route Planner'",
  },
  {
    intent: "licence-holders",
    says: "Which people hold a Statistica Desk licence?",
    truth: `select p.name, p.department, ${day("s.assigned_on")}, ${day("s.last_used_on")}
            from itsm.licence_seat s join itsm.licence l using (licence_id) join itsm.person p on p.upn = s.upn
            where l.product = 'Statistica Desk'
            union all select to_char(seat_price, ${MONEY}), null, null, null from itsm.licence where product = 'Statistica Desk'`,
  },
  {
    intent: "licences-expiring",
    says: "Which software licences end in the next 40 days?",
    truth: `select product, maker, ${day("expires_on")}, expires_on - current_date, to_char(seats * seat_price, ${MONEY})
            from itsm.licence where expires_on <= current_date + 40
            union all select to_char(sum(seats * seat_price), ${MONEY}), null, null, null, null
            from itsm.licence where expires_on <= current_date + 40`,
    not: "select product from itsm.licence where expires_on > current_date + 40",
  },
  {
    intent: "warranties-ending",
    says: "Which laptops lose their warranty in the next 100 days?",
    truth: `select d.device_id, p.name, ${day("d.warranty_until")}, d.warranty_until - current_date from ${DEVICES}
            where d.kind = 'laptop' and d.status = 'in-use'
              and d.warranty_until between current_date and current_date + 100`,
    not: `select device_id from itsm.device where kind <> 'laptop' or status <> 'in-use'
            or warranty_until not between current_date and current_date + 100`,
  },
  {
    intent: "replacements-due",
    says: "Which tablets are due for replacement, and what does it cost?",
    truth: `with due as (
              select d.device_id || ' ' || d.model as device, p.name, d.purchased_on, r.price
              from ${DEVICES} join itsm.replacement_rule r on r.kind = d.kind
              where d.kind = 'tablet' and d.purchased_on + r.months * interval '1 month' <= current_date)
            select device, name, ${day("purchased_on")} from due
            union all select to_char(sum(price), ${MONEY}), null, null from due`,
    not: "select device_id from itsm.device where kind <> 'tablet'",
  },
  {
    intent: "spare-stock",
    says: "How many spare phones have we got in stock?",
    truth: "select item, place, on_hand, minimum from itsm.spare_stock where kind = 'phone'",
    not: "select item from itsm.spare_stock where kind <> 'phone'",
  },
  {
    intent: "last-backups",
    says: "When did the last backup of the File Server run?",
    truth: `select ${day("max(on_day)")}, ${day("max(on_day) filter (where outcome = 'ok')")}
            from itsm.backup_run join itsm.backup_job using (job_id) where name = 'File Server'`,
    not: "select name from itsm.backup_job where name <> 'File Server'",
  },
  {
    intent: "failed-backups",
    says: "Which of the backup runs have failed?",
    truth: `select run_id, name, ${day("on_day")}, outcome, message
            from itsm.backup_run join itsm.backup_job using (job_id) where outcome <> 'ok'`,
    not: "select run_id from itsm.backup_run where outcome = 'ok'",
  },
  {
    intent: "restore-tests",
    says: "Was restoring the Payroll backup tested, and with what result?",
    truth: `select ${day("t.on_day")}, t.outcome, t.minutes, p.name, t.note, ${day("t.next_due")}
            from itsm.restore_test t join itsm.backup_job j using (job_id) join itsm.person p on p.upn = t.by_upn
            where j.name = 'Payroll'`,
    not: "select name from itsm.backup_job where name <> 'Payroll'",
  },
  {
    intent: "site-network",
    says: "How are the network lines in Utrecht?",
    truth: `select kind || ', ' || provider, state, load_percent || ' %', note
            from itsm.network_link join itsm.site using (site_id) where name = 'Utrecht'`,
    not: "select name from itsm.site where name <> 'Utrecht'",
  },
  {
    intent: "vpn-capacity",
    says: "How full are the VPN gateways at the moment?",
    truth: `select name, state, to_char(100.0 * connected / capacity, 'FM990.0') || ' %' from itsm.vpn_gateway
            union all select sum(connected) || ' of ' || sum(capacity) || ' places', null, null from itsm.vpn_gateway`,
  },
  {
    intent: "wifi-status",
    says: "Does the Wi-Fi in Rotterdam work?",
    truth: `select name || ', ' || zone, state, points_down || ' of ' || access_points, note
            from itsm.wifi_zone join itsm.site using (site_id) where name = 'Rotterdam'
            union all select sum(clients)::text, null, null, null
            from itsm.wifi_zone join itsm.site using (site_id) where name = 'Rotterdam'`,
    not: "select name || ', ' || zone from itsm.wifi_zone join itsm.site using (site_id) where name <> 'Rotterdam'",
  },
];
