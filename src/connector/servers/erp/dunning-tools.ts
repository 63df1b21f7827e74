import { Refusal } from "../refusal.ts";
import { Id, Money, Note, Text } from "../shapes.ts";
import { writeTool } from "../tool.ts";
import { lockInvoice } from "./invoice.ts";

/**
 * The print shop behind it knows no keys, as many outside services do: told twice, it posts two letters. And what is in the
 * post cannot be taken back.
 */
const sendDunningLetter = writeTool({
  name: "send_dunning_letter",
  description: "Has a dunning letter for an overdue invoice printed and posted. It cannot be taken back.",
  input: { invoice_id: Id, note: Note },
  output: { letter_id: Text, invoice_id: Text, client_name: Text, open_amount: Money },
  reversal: "non-reversible",
  isIdempotent: false,
  async run(tx, { invoice_id, note }) {
    const { status, client_name, open_amount } = await lockInvoice(tx, invoice_id);
    if (status !== "overdue") throw new Refusal(`Invoice ${invoice_id} is ${status}, not overdue: no letter was sent.`);
    const { rows } = await tx.query<{ letter_id: string }>(
      `insert into dunning_letter (letter_id, invoice_id, note)
       values ('DL-' || nextval('dunning_letter_number'), $1, $2) returning letter_id`,
      [invoice_id, note],
    );
    return { letter_id: rows[0]?.letter_id ?? "", invoice_id, client_name, open_amount };
  },
});

export const dunningTools = [sendDunningLetter];
