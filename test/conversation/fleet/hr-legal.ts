import type { Scene } from "./scene.ts";

export const hrLegal: readonly Scene[] = [
  { intent: "policy-question", says: "What is the policy on remote work?", truth: "TODO" },
  { intent: "policy-read", says: "Show me POL-03", truth: "TODO" },
  { intent: "onboarding-checklist", says: "Onboarding checklist for Petra Malik", by: "amara.diallo", truth: "TODO" },
  { intent: "onboarding-progress", says: "How far is everybody with onboarding?", by: "amara.diallo", truth: "TODO" },
  { intent: "leave-left", says: "How many days of leave do I have left?", truth: "TODO" },
  { intent: "who-is-away", says: "Who is away this week?", truth: "TODO" },
  {
    intent: "prepare-workplace",
    says: "Have IT prepare a workplace for Petra Malik",
    by: "amara.diallo",
    truth: "TODO",
  },
  { intent: "leave-rules", says: "What are the rules for parental leave?", truth: "TODO" },
];
