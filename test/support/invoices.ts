import type { Pool } from "../../src/store/pool.ts";

/** Open invoices of a middling amount that nobody has credited yet, the overdue ones first: each test takes one of its own. */
export async function untouchedInvoices(pool: Pool): Promise<string[]> {
  const { rows } = await pool.query<{ invoice_id: string }>(
    `select invoice_id from erp.invoice_state
      where status <> 'paid' and open_amount between 500 and 9000
        and invoice_id not in (select invoice_id from erp.credit_note)
      order by status = 'overdue' desc, invoice_id`,
  );
  return rows.map(({ invoice_id }) => invoice_id);
}
