import { day } from "./it-day.ts";
import type { Scene } from "./scene.ts";

const GRANTS = `itsm.access_grant g join itsm.application a using (app_id) join itsm.person p on p.upn = g.upn`;
const ACCOUNTS = "itsm.sign_in_account s join itsm.person p on p.upn = s.upn";

/** Access to applications, and the accounts that people sign in with. */
export const itAccess: readonly Scene[] = [
  {
    intent: "grant-access",
    says: "Give Theo Andersen write access to the Finance Share because he helps with the month-end",
    truth: `select a.name, a.classification, o.name, t.name from itsm.application a join itsm.person o on o.upn = a.owner,
              itsm.person t where a.name = 'Finance Share' and t.upn like 'theo.andersen@%'`,
  },
  {
    intent: "revoke-access",
    says: "Please take Samuel Osei's access to the ERP away",
    by: "jonas.weber",
    truth: `select g.grant_id, p.name, g.level, ${day("g.granted_on")} from ${GRANTS}
            where a.name = 'ERP' and g.upn like 'samuel.osei@%' and g.revoked_on is null`,
  },
  {
    intent: "who-has-access",
    says: "Who has got access to Domain Admins at present?",
    truth: `select p.name, p.department, g.level, ${day("g.granted_on")}, g.reason from ${GRANTS}
            where a.name = 'Domain Admins' and g.revoked_on is null`,
    not: `select reason from itsm.access_grant where revoked_on is not null
          union select p.name from ${GRANTS} where a.name <> 'Domain Admins' and g.upn not in (
            select upn from itsm.access_grant where app_id = 'APP-111' and revoked_on is null)`,
  },
  {
    intent: "access-of-person",
    says: "Which applications and shares may I use?",
    truth: `select a.name, g.level, ${day("g.granted_on")}, g.reason from ${GRANTS}
            where g.upn like 'noah.fischer@%' and g.revoked_on is null`,
    not: `select a.name from itsm.application a where app_id not in (
            select app_id from itsm.access_grant where upn like 'noah.fischer@%')`,
  },
  {
    intent: "access-of-person",
    says: "What access does Samuel Osei have?",
    by: "priya.nair",
    truth: `select a.name, g.reason from ${GRANTS} where g.upn like 'samuel.osei@%' and g.revoked_on is null`,
  },
  {
    intent: "lock-account",
    says: "Lock Chloé Dubois's account, somebody signs in as her from Lagos",
    by: "olivia.marsh",
    truth: `select s.upn, p.name, ${day("s.last_sign_in")} from ${ACCOUNTS} where p.name = 'Chloé Dubois'`,
  },
  {
    intent: "unlock-account",
    says: "Please unlock the account of Bruno Costa, he has a new password",
    by: "yusuf.demir",
    truth: `select p.name, s.lock_reason, ${day("s.locked_on")} from ${ACCOUNTS} where p.name = 'Bruno Costa'`,
  },
  {
    intent: "end-sessions",
    says: "Sign Erik Johansson out on all his devices",
    by: "lucia.moreno",
    truth: `select p.name, s.upn, 'signed in ' || count(o.session_id) || ' times' from ${ACCOUNTS}
            join itsm.sign_in_session o on o.upn = s.upn and o.ended_on is null
            where p.name = 'Erik Johansson' group by p.name, s.upn`,
  },
  {
    intent: "sign-in-failures",
    says: "Has anybody failed to sign in with my account?",
    truth: `select ${day("on_day")}, place, client, cause from itsm.sign_in_failure where upn like 'noah.fischer@%'`,
    not: `select place from itsm.sign_in_failure where place not in (
            select place from itsm.sign_in_failure where upn like 'noah.fischer@%')`,
  },
  {
    intent: "accounts-without-mfa",
    says: "Who in Operations has no second factor yet?",
    truth: `select p.name, ${day("s.password_changed_on")} from ${ACCOUNTS}
            where s.second_factor = 'none' and p.department = 'Operations'
            union all select to_char(100.0 * count(*) filter (where s.second_factor = 'none') / count(*), 'FM990.0') || ' %', null
            from ${ACCOUNTS} where p.department = 'Operations'`,
    not: `select p.name from ${ACCOUNTS} where s.second_factor <> 'none' or p.department <> 'Operations'`,
  },
  {
    intent: "locked-accounts",
    says: "Whose accounts are locked, and since when?",
    truth: `select p.name, p.department, ${day("s.locked_on")}, s.lock_reason from ${ACCOUNTS} where s.status = 'locked'`,
    not: `select p.name from ${ACCOUNTS} where s.status <> 'locked'`,
  },
];
