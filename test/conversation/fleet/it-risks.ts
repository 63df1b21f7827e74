import { day } from "./it-day.ts";
import type { Scene } from "./scene.ts";

const FINDINGS = "itsm.finding f join itsm.service s using (service_id) join itsm.person p on p.upn = f.owner";
const MONEY = "'FM999,999,990.00'";
/** Last month and the one before it, for each subscription. */
const SPENT = `(select c.*, l.amount as last, b.amount as before, n.amount as now
  from itsm.cloud_subscription c join itsm.cloud_month l on l.subscription_id = c.subscription_id and l.months_ago = 1
    join itsm.cloud_month b on b.subscription_id = c.subscription_id and b.months_ago = 2
    join itsm.cloud_month n on n.subscription_id = c.subscription_id and n.months_ago = 0) spent`;

/** Findings, phishing and cloud costs. */
export const itRisks: readonly Scene[] = [
  {
    intent: "open-findings",
    says: "Which critical security findings are still open?",
    truth: `select f.finding_id || ' ' || f.title, s.name, current_date - f.found_on, ${day("f.due_on")}
            from ${FINDINGS} where f.severity = 'critical' and f.status = 'open'`,
    not: "select title from itsm.finding where severity <> 'critical' or status <> 'open'",
  },
  {
    intent: "overdue-findings",
    says: "Whose security findings are past their remediation date?",
    truth: `select f.finding_id || ' ' || f.title, s.name, ${day("f.due_on")}, current_date - f.due_on, p.name
            from ${FINDINGS} where f.status = 'open' and f.due_on < current_date`,
    not: "select title from itsm.finding where status <> 'open' or due_on >= current_date",
  },
  {
    intent: "findings-of-service",
    says: "Which findings do we have for the File Server?",
    truth: `select f.finding_id || ' ' || f.title, f.severity, f.status, f.source, current_date - f.found_on
            from ${FINDINGS} where s.name = 'File Server'`,
    not: `select f.title from ${FINDINGS} where s.name <> 'File Server'`,
  },
  {
    intent: "finding-details",
    says: "Show me finding VUL-711 and how it is remedied",
    truth: `select f.title, s.name, f.severity, f.source, p.name, f.remedy, ${day("f.found_on")}, f.due_on - current_date
            from ${FINDINGS} where f.finding_id = 'VUL-711'`,
  },
  {
    intent: "reported-mails",
    says: "Which of the reported suspicious mails turned out malicious?",
    truth: `select mail_id, subject, sender, action, ${day("on_day")} from itsm.reported_mail where verdict = 'malicious'`,
    not: `select subject from itsm.reported_mail where verdict <> 'malicious'
          union select p.name from itsm.reported_mail m join itsm.person p on p.upn = m.reported_by`,
  },
  {
    intent: "phishing-simulation",
    says: "What was the click rate of Sales in the phishing simulation?",
    truth: `select title, ${day("on_day")}, department, to_char(100.0 * clicked / sent, 'FM990.0') || ' %',
              to_char(100.0 * reported / sent, 'FM990.0') || ' %'
            from itsm.phishing_simulation where department = 'Sales'
              and on_day = (select max(on_day) from itsm.phishing_simulation)`,
    not: "select department from itsm.phishing_simulation where department not in ('Sales', 'IT')",
  },
  {
    intent: "security-training-due",
    says: "Which security courses are still due for me?",
    truth: `select p.name, course, ${day("assigned_on")}, ${day("due_on")}, due_on - current_date
            from itsm.awareness_training join itsm.person p using (upn) where upn like 'noah.fischer@%' and completed_on is null`,
    not: "select course from itsm.awareness_training where upn like 'noah.fischer@%' and completed_on is not null",
  },
  {
    intent: "security-training-due",
    says: "What security training does Jakub Svoboda still have to do?",
    by: "oskar.lindholm",
    truth: `select p.name, course, ${day("due_on")} from itsm.awareness_training join itsm.person p using (upn)
            where upn like 'jakub.svoboda@%' and completed_on is null`,
  },
  {
    intent: "cloud-spend",
    says: "What did the cloud subscriptions of Platform cost?",
    truth: `select name, to_char(last, ${MONEY}), to_char(now, ${MONEY}), to_char(100 * last / monthly_limit, 'FM990.0') || ' %'
            from ${SPENT} where team = 'Platform'
            union all select to_char(sum(last), ${MONEY}), to_char(sum(now), ${MONEY}), null, null from ${SPENT} where team = 'Platform'`,
    not: "select name from itsm.cloud_subscription where team <> 'Platform'",
  },
  {
    intent: "cloud-month-change",
    says: "How much did our cloud costs change against the month before?",
    truth: `select name, to_char(last - before, ${MONEY}), to_char(100 * (last - before) / before, 'FM990.0') || ' %' from ${SPENT}
            union all select to_char(sum(last) - sum(before), ${MONEY}), to_char(sum(last), ${MONEY}),
              to_char(100 * (sum(last) - sum(before)) / sum(before), 'FM990.0') || ' %' from ${SPENT}`,
  },
  {
    intent: "cloud-anomalies",
    says: "Which anomalies were there in the cloud costs of the Backup Vault?",
    truth: `select anomaly_id || ' ' || resource, ${day("on_day")}, to_char(expected, ${MONEY}), to_char(actual, ${MONEY}),
              to_char(actual - expected, ${MONEY}), status
            from itsm.cloud_anomaly join itsm.cloud_subscription using (subscription_id) where name = 'Backup Vault'`,
    not: "select resource from itsm.cloud_anomaly join itsm.cloud_subscription using (subscription_id) where name <> 'Backup Vault'",
  },
];
