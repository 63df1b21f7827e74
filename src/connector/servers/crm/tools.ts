import { activityTools } from "./activity-tools.ts";
import { campaignTools } from "./campaign-tools.ts";
import { closeDateTools } from "./close-date-tools.ts";
import { customerTools } from "./customer-tools.ts";
import { dealReadTools } from "./deal-read-tools.ts";
import { leadTools } from "./lead-tools.ts";
import { opportunityTools } from "./opportunity-tools.ts";
import { outcomeTools } from "./outcome-tools.ts";
import { partnerTools } from "./partner-tools.ts";
import { productTools } from "./product-tools.ts";
import { quotaTools } from "./quota-tools.ts";
import { quoteReadTools } from "./quote-read-tools.ts";
import { quoteWriteTools } from "./quote-write-tools.ts";
import { salespersonTools } from "./salesperson-tools.ts";
import { stageTools } from "./stage-tools.ts";
import { subscriptionTools } from "./subscription-tools.ts";

export const crmTools = [
  ...[...customerTools, ...opportunityTools, ...activityTools, ...salespersonTools],
  ...[...productTools, ...quoteReadTools, ...quoteWriteTools, ...subscriptionTools],
  ...[...leadTools, ...campaignTools, ...partnerTools],
  ...[...dealReadTools, ...stageTools, ...closeDateTools, ...quotaTools, ...outcomeTools],
];
