import type { SystemName } from "../system-names.ts";
import { crmTools } from "./crm/tools.ts";
import { docsTools } from "./docs/tools.ts";
import { getEffect } from "./effect.ts";
import { erpTools } from "./erp/tools.ts";
import { hrisTools } from "./hris/tools.ts";
import { itsmTools } from "./itsm/tools.ts";
import type { Tool } from "./tool.ts";

/** All that the systems of the sample company offer. */
export const sampleTools: Record<SystemName, readonly Tool[]> = {
  crm: [...crmTools, getEffect],
  erp: [...erpTools, getEffect],
  itsm: [...itsmTools, getEffect],
  hris: [...hrisTools, getEffect],
  docs: [...docsTools, getEffect],
};
