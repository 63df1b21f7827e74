import type { Scene } from "./scene.ts";

export const finance: readonly Scene[] = [
  { intent: "overdue-invoices", says: "Which invoices are overdue?", truth: "TODO" },
  { intent: "invoice-status", says: "What is the status of INV-1042?", truth: "TODO" },
  { intent: "credit-note", says: "Raise a credit note for INV-1042 of 10, scratched", truth: "TODO" },
  {
    intent: "extend-due-date",
    says: "Extend the due date of INV-1042 to 31 December because they asked",
    truth: "TODO",
  },
  { intent: "budget-variance", says: "How do actuals compare with the budget?", truth: "TODO" },
  { intent: "budget-remaining", says: "How much budget is left for Finance?", truth: "TODO" },
  { intent: "overspent-cost-centers", says: "Which cost centers are over budget?", truth: "TODO" },
  { intent: "bills-due", says: "What do we owe our suppliers?", truth: "TODO" },
  { intent: "receivables-ageing", says: "Show the ageing of receivables", truth: "TODO" },
  { intent: "credit-notes-list", says: "Which credit notes did we issue?", truth: "TODO" },
  { intent: "dunning-letter", says: "Send a dunning letter for INV-1042", truth: "TODO" },
  {
    intent: "settle-complaint",
    says: "Settle the complaint on INV-1042: credit 10, scratched, new due date 31 December 2027",
    truth: "TODO",
  },
];
