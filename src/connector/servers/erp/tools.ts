import { accountTools } from "./account-tools.ts";
import { assetTools } from "./asset-tools.ts";
import { cardTools } from "./card-tools.ts";
import { closeTools } from "./close-tools.ts";
import { creditNoteTools } from "./credit-note-tools.ts";
import { dueDateTools } from "./due-date-tools.ts";
import { dunningTools } from "./dunning-tools.ts";
import { expenseReadTools } from "./expense-read-tools.ts";
import { expenseWriteTools } from "./expense-write-tools.ts";
import { invoiceTools } from "./invoice-tools.ts";
import { ledgerTools } from "./ledger-tools.ts";
import { purchaseOrderTools } from "./purchase-order-tools.ts";
import { revenueTools } from "./revenue-tools.ts";
import { taxTools } from "./tax-tools.ts";
import { treasuryTools } from "./treasury-tools.ts";

export const erpTools = [
  ...invoiceTools,
  ...creditNoteTools,
  ...dueDateTools,
  ...dunningTools,
  ...ledgerTools,
  ...expenseReadTools,
  ...expenseWriteTools,
  ...purchaseOrderTools,
  ...treasuryTools,
  ...assetTools,
  ...taxTools,
  ...closeTools,
  ...revenueTools,
  ...cardTools,
  ...accountTools,
];
