import { accessReadTools } from "./access-read-tools.ts";
import { accessWriteTools } from "./access-write-tools.ts";
import { advisoryTools } from "./advisory-tools.ts";
import { assetTools } from "./asset-tools.ts";
import { backupTools } from "./backup-tools.ts";
import { changeTools } from "./change-tools.ts";
import { cloudTools } from "./cloud-tools.ts";
import { deviceTools } from "./device-tools.ts";
import { findingTools } from "./finding-tools.ts";
import { licenceTools } from "./licence-tools.ts";
import { networkTools } from "./network-tools.ts";
import { phishingTools } from "./phishing-tools.ts";
import { serviceTools } from "./service-tools.ts";
import { signInReadTools } from "./sign-in-read-tools.ts";
import { signInWriteTools } from "./sign-in-write-tools.ts";
import { ticketReadTools } from "./ticket-read-tools.ts";
import { ticketWriteTools } from "./ticket-write-tools.ts";

export const itsmTools = [
  ...ticketReadTools,
  ...ticketWriteTools,
  ...deviceTools,
  ...advisoryTools,
  ...accessReadTools,
  ...accessWriteTools,
  ...signInReadTools,
  ...signInWriteTools,
  ...serviceTools,
  ...changeTools,
  ...licenceTools,
  ...assetTools,
  ...backupTools,
  ...networkTools,
  ...findingTools,
  ...phishingTools,
  ...cloudTools,
];
