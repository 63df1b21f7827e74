import type { Scene } from "./scene.ts";

export const sales: readonly Scene[] = [
  { intent: "customer-details", says: "Who is the account manager of Fabrikam?", truth: "TODO" },
  { intent: "list-opportunities", says: "Which opportunities do we have with Fabrikam?", truth: "TODO" },
  { intent: "list-contacts", says: "Who are our contacts at Fabrikam?", truth: "TODO" },
  { intent: "quarter-forecast", says: "What is the sales forecast for this quarter?", truth: "TODO" },
  { intent: "stalled-deals", says: "Which deals are stalled?", truth: "TODO" },
  { intent: "closing-soon", says: "Which deals close this month?", truth: "TODO" },
  { intent: "customer-overview", says: "Give me an overview of Fabrikam", truth: "TODO" },
  { intent: "customer-health", says: "How healthy is the relationship with Fabrikam?", truth: "TODO" },
  { intent: "account-review", says: "Let the agents discuss how we stand with Fabrikam", truth: "TODO" },
];
