import { creditNoteTools } from "./credit-note-tools.ts";
import { dueDateTools } from "./due-date-tools.ts";
import { dunningTools } from "./dunning-tools.ts";
import { invoiceTools } from "./invoice-tools.ts";
import { ledgerTools } from "./ledger-tools.ts";

export const erpTools = [...invoiceTools, ...creditNoteTools, ...dueDateTools, ...dunningTools, ...ledgerTools];
