import { advisoryTools } from "./advisory-tools.ts";
import { deviceTools } from "./device-tools.ts";
import { ticketReadTools } from "./ticket-read-tools.ts";
import { ticketWriteTools } from "./ticket-write-tools.ts";

export const itsmTools = [...ticketReadTools, ...ticketWriteTools, ...deviceTools, ...advisoryTools];
