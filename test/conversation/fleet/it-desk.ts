import { day } from "./it-day.ts";
import type { Scene } from "./scene.ts";

/** Tickets, devices, patches and advisories. */
export const itDesk: readonly Scene[] = [
  {
    intent: "my-tickets",
    says: "Which of my helpdesk tickets are still open, please?",
    truth: `select ticket_id || ' ' || title, priority, ${day("due_on")}
            from itsm.ticket_state where requester like 'noah.fischer@%' and is_open`,
    not: "select ticket_id from itsm.ticket_state where requester not like 'noah.fischer@%' or not is_open",
  },
  {
    intent: "ticket-status",
    says: "How far are you with TCK-3007?",
    truth: `select title, description, status, priority, requester_name, ${day("opened_on")}, ${day("due_on")}
            from itsm.ticket_state where ticket_id = 'TCK-3007'
            union all select note, null, null, null, null, null, null from itsm.ticket_note where ticket_id = 'TCK-3007'`,
  },
  {
    intent: "open-ticket",
    says: "Please open a ticket: the keyboard of DEV-4012 has lost three keys",
    truth: `select device_id, p.name from itsm.device d join itsm.person p on p.upn = d.owner where device_id = 'DEV-4012'`,
  },
  {
    intent: "raise-ticket-priority",
    says: "Set the priority of TCK-3007 to critical, nobody can ship anything",
    truth: "select ticket_id || ': ' || title from itsm.ticket_state where ticket_id = 'TCK-3007'",
  },
  {
    intent: "missing-patches",
    says: "What patches are still missing on DEV-4002?",
    truth: `select device_id, patch_id || ' ' || title, severity, state
            from itsm.patch_state join itsm.patch using (patch_id) where device_id = 'DEV-4002' and state <> 'installed'`,
    not: `select title from itsm.patch where patch_id not in (
            select patch_id from itsm.patch_state where device_id = 'DEV-4002' and state <> 'installed')`,
  },
  {
    intent: "device-lookup",
    says: "Tell me everything about device DEV-4012",
    truth: `select d.model, p.name, d.os, ${day("d.warranty_until")}, ${day("d.last_seen")}
            from itsm.device d join itsm.person p on p.upn = d.owner where device_id = 'DEV-4012'`,
  },
  {
    intent: "devices-of-person",
    says: "Which devices does Oskar Lindholm use?",
    truth: "select device_id, model from itsm.device where owner like 'oskar.lindholm@%'",
    not: "select device_id from itsm.device where owner not like 'oskar.lindholm@%'",
  },
  {
    intent: "patch-compliance",
    says: "How compliant are we with patching, by department?",
    truth: `with state as (
              select d.device_id, p.department, exists (
                select 1 from itsm.patch_state s where s.device_id = d.device_id and s.state <> 'installed') as behind
              from itsm.device d join itsm.person p on p.upn = d.owner)
            select to_char(100.0 * count(*) filter (where not behind) / count(*), 'FM990.0') || ' %' from state
            union all select department from state where behind group by department`,
  },
  {
    intent: "advisories",
    says: "Tell me more about the advisory CVE-2026-10877",
    truth: "select title, severity from itsm.advisory where cve = 'CVE-2026-10877'",
    not: "select title from itsm.advisory where cve <> 'CVE-2026-10877'",
  },
  {
    intent: "exposure",
    says: "Which of our devices are exposed to CVE-2026-12480?",
    truth: `select a.title, a.remedy, d.device_id, p.name, s.state
            from itsm.advisory a join itsm.patch t on t.cve = a.cve join itsm.patch_state s on s.patch_id = t.patch_id
              join itsm.device d using (device_id) join itsm.person p on p.upn = d.owner
            where a.cve = 'CVE-2026-12480' and s.state <> 'installed'`,
  },
  {
    intent: "stolen-device",
    says: "Somebody stole my laptop DEV-4012 on the train",
    truth: "select device_id from itsm.device where owner like 'noah.fischer@%' and kind = 'laptop'",
    not: "select device_id from itsm.device where owner like 'noah.fischer@%' and kind <> 'laptop'",
  },
];
