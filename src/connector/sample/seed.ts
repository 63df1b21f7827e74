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
  erp: ["client", "invoice", "credit_note", "vendor", "bill", "ledger_account", "budget_line"],
  itsm: ["person", "account", "device", "patch", "patch_state", "advisory", "ticket", "ticket_note"],
  hris: ["employee", "leave_balance", "leave", "onboarding", "onboarding_task", "policy", "policy_section"],
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
