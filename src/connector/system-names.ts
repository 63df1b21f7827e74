/** The line-of-business systems of the sample company. */
export const systemNames = ["crm", "erp", "itsm", "hris", "docs"] as const;
export type SystemName = (typeof systemNames)[number];

/** Where a system listens, and the bearer token that opens it; without one it is spoken to as nobody. */
export type Endpoint = { url: string; token?: string };

/** What the parent tells the process of the systems when it starts: over IPC, never in argv. */
export type HostOrder = { logLevel: string; systems: Record<SystemName, { databaseUrl: string; token: string }> };
/** What that process answers when all systems listen. */
export type HostReady = { port: number };
