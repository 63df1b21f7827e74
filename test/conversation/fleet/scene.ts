/** One conversation that an intent must stand: what is said, and what the systems' own data say about the answer. */
export type Scene = {
  intent: string;
  /** complete enough to be served at once */
  says: string;
  /** the speaker's upn without its domain; without it somebody without any role asks */
  by?: string;
  /**
   * A query over the sample systems (schemas crm, erp, itsm, hris), as this speaker would phrase it: whatever text its rows
   * hold must be readable on the card. It has to give at least one row. Amounts are written as the card writes them:
   * `to_char(amount, 'FM999,999,990.00')`.
   */
  truth: string;
  /** what must not be readable on the card: others' data, or rows that the question leaves out */
  not?: string;
};
