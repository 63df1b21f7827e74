import type { Trust } from "../identity/tokens/verify.ts";

/** The line-of-business systems of the sample company. */
export const systemNames = ["crm", "erp", "itsm", "hris", "docs"] as const;
export type SystemName = (typeof systemNames)[number];

/** Where a system listens. */
export type Endpoint = { url: string };

/** What the parent tells the process of the systems when it starts: over IPC, never in argv. */
export type HostOrder = {
  logLevel: string;
  /** whose tokens count */
  trust: Trust;
  /** `names`: what tokens of Entra call the system, where its bearers come from there */
  systems: Record<SystemName, { databaseUrl: string; names?: readonly string[] }>;
};
/** What it tells it later: the keys have changed. It is answered with the same number. */
export type HostNews = { news: number; trust: Trust };
export type HostHeard = { heard: number };
/** What that process answers when all systems listen. */
export type HostReady = { port: number };
