import { activityTools } from "./activity-tools.ts";
import { customerTools } from "./customer-tools.ts";
import { opportunityTools } from "./opportunity-tools.ts";

export const crmTools = [...customerTools, ...opportunityTools, ...activityTools];
