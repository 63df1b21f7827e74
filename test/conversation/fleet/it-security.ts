import type { Scene } from "./scene.ts";

export const itSecurity: readonly Scene[] = [
  { intent: "my-tickets", says: "What are my open tickets?", truth: "TODO" },
  { intent: "ticket-status", says: "What is the status of TCK-3007?", truth: "TODO" },
  { intent: "open-ticket", says: "Open a ticket: my laptop does not start", truth: "TODO" },
  {
    intent: "raise-ticket-priority",
    says: "Raise the priority of TCK-3007 to critical because the line stands still",
    truth: "TODO",
  },
  { intent: "missing-patches", says: "Which devices are missing patches?", truth: "TODO" },
  { intent: "device-lookup", says: "Show device DEV-4001", truth: "TODO" },
  { intent: "devices-of-person", says: "Which laptop does Noah Fischer have?", truth: "TODO" },
  { intent: "patch-compliance", says: "What is our patch compliance?", truth: "TODO" },
  { intent: "advisories", says: "What new security advisories are there?", truth: "TODO" },
  { intent: "exposure", says: "Which devices are exposed to CVE-2026-10431?", truth: "TODO" },
  { intent: "stolen-device", says: "My laptop DEV-4001 was stolen", truth: "TODO" },
];
