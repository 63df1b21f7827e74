import { readFileSync } from "node:fs";
import type { Queryable } from "../../store/pool.ts";
import type { SystemName } from "../system-names.ts";

/** The tables of each system in the order in which they can be filled; each is a file in env/local/data/<system>. */
export const tables: Record<SystemName, readonly string[]> = {
  crm: [
    ...["person", "customer", "contact", "opportunity", "activity"],
    ...["product", "price_change", "quote", "quote_line", "campaign", "lead", "next_step", "stage_change"],
    ...["subscription", "quota", "partner", "partner_deal", "deal_outcome"],
  ],
  erp: [
    ...["client", "invoice", "credit_note", "vendor", "bill", "ledger_account", "budget_line"],
    ...["person", "expense_category", "expense_claim", "purchase_order", "purchase_order_line"],
    ...["bank_account", "payment_run", "planned_cash", "fixed_asset", "tax_rate", "tax_filing", "vat_entry"],
    ...["close_task", "revenue_contract", "payment_card", "card_transaction", "account_guide", "account_balance"],
  ],
  itsm: [
    ...["person", "account", "device", "patch", "patch_state", "advisory", "ticket", "ticket_note"],
    ...["application", "access_grant", "sign_in_account", "sign_in_failure", "sign_in_session"],
    ...["service", "outage", "change_request", "change_freeze", "licence", "licence_seat"],
    ...["replacement_rule", "spare_stock", "backup_job", "backup_run", "restore_test"],
    ...["site", "network_link", "vpn_gateway", "wifi_zone", "finding"],
    ...["reported_mail", "phishing_simulation", "awareness_training"],
    ...["cloud_subscription", "cloud_month", "cloud_anomaly"],
  ],
  hris: [
    ...["employee", "sign_in", "leave_balance", "leave", "onboarding", "onboarding_task", "policy", "policy_section"],
    ...["course", "enrolment", "training_duty", "job_opening", "candidate", "interview", "benefit", "benefit_choice"],
    ...["review_cycle", "review_milestone", "review", "contract", "contract_clause"],
    ...["processing_activity", "data_request", "assessment", "matter", "matter_deadline"],
  ],
  docs: ["document", "statement"],
};

const DAY_MS = 86_400_000;

/** Fills the tables of one system, one statement a table. The search path must name its schema. */
export async function seedSystem(db: Queryable, system: SystemName): Promise<void> {
  const today = await db.query<{ today: string }>("select current_date as today");
  const midnight = Date.parse(`${today.rows[0]?.today}T00:00:00Z`);
  for (const table of tables[system]) {
    const rows = readRows(system, table, midnight);
    const columns = Object.keys(rows[0] ?? {}).join(", ");
    await db.query(
      `insert into ${table} (${columns}) select ${columns} from jsonb_populate_recordset(null::${table}, $1::jsonb)`,
      [JSON.stringify(rows)],
    );
  }
}

/** Days are written relative to the day of seeding ("day-12"), so that what is overdue is overdue on every machine. */
function readRows(system: SystemName, table: string, midnight: number): Record<string, unknown>[] {
  const file = new URL(`../../../env/local/data/${system}/${table}.json`, import.meta.url);
  return JSON.parse(readFileSync(file, "utf8"), (_, value: unknown) => {
    const offset = typeof value === "string" ? /^day([+-]\d+)$/.exec(value)?.[1] : undefined;
    return offset === undefined ? value : new Date(midnight + Number(offset) * DAY_MS).toISOString().slice(0, 10);
  }) as Record<string, unknown>[];
}
