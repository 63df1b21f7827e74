import { z } from "zod";
import { SignalboxError } from "./errors.ts";

const blankIsAbsent = (value: unknown) => (value === "" ? undefined : value);
const optional = <T extends z.ZodType>(schema: T) => z.preprocess(blankIsAbsent, schema.optional());
const withDefault = <T extends z.ZodType>(schema: T, value: z.output<T>) =>
  z.preprocess((given) => (given === "" || given === undefined ? value : given), schema);

/** Every variable that Signalbox reads. env/.env.example repeats them for people; a test keeps the two in step. */
export const Environment = z.object({
  /** Port of the one HTTP server. */
  PORT: withDefault(z.coerce.number().int().min(1).max(65_535), 3978),
  /** Address to listen on. Without an app id only loopback is accepted. */
  HOST: optional(z.string().min(1)),
  /** A PostgreSQL to share between processes. Absent: an embedded one in SIGNALBOX_DATA. */
  DATABASE_URL: optional(z.string().regex(/^postgres(ql)?:\/\//, "must start with postgres:// or postgresql://")),
  /** Folder of the embedded database. */
  SIGNALBOX_DATA: withDefault(z.string().min(1), ".signalbox"),
  /** The bot's Entra app registration. Absent: local mode (loopback only, no authentication, local desk). */
  MICROSOFT_APP_ID: optional(z.uuid()),
  /** Its secret; must be empty for a managed identity. */
  MICROSOFT_APP_PASSWORD: optional(z.string().min(1)),
  /** The tenant whose people may use the bot. */
  MICROSOFT_APP_TENANT_ID: optional(z.uuid()),
  MICROSOFT_APP_TYPE: withDefault(z.enum(["SingleTenant", "UserAssignedMSI"]), "SingleTenant"),
  /** The people directory: who is who, and which roles they hold. */
  PEOPLE_FILE: withDefault(z.string().min(1), "env/local/people.json"),
  /** How long an approval may wait, in hours. */
  APPROVAL_HOURS: withDefault(z.coerce.number().positive().max(720), 24),
  /** After how many seconds of silence the work of a process that shares the database is taken over. */
  TAKE_OVER_SECONDS: withDefault(z.coerce.number().int().min(2).max(600), 20),
  LOG_LEVEL: withDefault(z.enum(["fatal", "error", "warn", "info", "debug", "trace", "silent"]), "info"),
});

/** The app registration with which the bot speaks to Teams. */
export type TeamsIdentity = {
  appId: string;
  tenantId: string;
  type: "SingleTenant" | "UserAssignedMSI";
  password: string | undefined;
};

export type Config = Readonly<{
  port: number;
  host: string;
  databaseUrl: string | undefined;
  dataFolder: string;
  /** undefined in local mode */
  teams: TeamsIdentity | undefined;
  tenantId: string;
  peopleFile: string;
  approvalHours: number;
  takeOverSeconds: number;
  logLevel: z.infer<typeof Environment>["LOG_LEVEL"];
}>;

/** Tenant of the sample company, which local mode serves. */
export const LOCAL_TENANT = "c0a80000-0000-4000-8000-00000000c070";
const LOOPBACK = ["127.0.0.1", "::1", "localhost"];

/** @throws SignalboxError "config-invalid": all that is wrong at once, each with its variable and the cure */
export function readConfig(environment: Record<string, string | undefined>): Config {
  const parsed = Environment.safeParse(environment);
  if (!parsed.success) throw invalid(parsed.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`));
  const env = parsed.data;
  const teams = teamsIdentity(env);
  const host = env.HOST ?? (teams === undefined ? "127.0.0.1" : "0.0.0.0");
  if (teams === undefined && !LOOPBACK.includes(host))
    throw invalid([
      `HOST: "${host}" is not a loopback address. Without MICROSOFT_APP_ID nobody is authenticated, so the server listens on loopback only: remove HOST, or configure the app registration`,
    ]);
  return Object.freeze({
    port: env.PORT,
    host,
    databaseUrl: env.DATABASE_URL,
    dataFolder: env.SIGNALBOX_DATA,
    teams,
    tenantId: teams?.tenantId ?? LOCAL_TENANT,
    peopleFile: env.PEOPLE_FILE,
    approvalHours: env.APPROVAL_HOURS,
    takeOverSeconds: env.TAKE_OVER_SECONDS,
    logLevel: env.LOG_LEVEL,
  });
}

function teamsIdentity(env: z.infer<typeof Environment>): TeamsIdentity | undefined {
  const { MICROSOFT_APP_ID: appId, MICROSOFT_APP_TENANT_ID: tenantId, MICROSOFT_APP_PASSWORD: password } = env;
  const type = env.MICROSOFT_APP_TYPE;
  if (appId === undefined) {
    // A half-filled registration is a mistake, not a wish for an open door.
    if (password !== undefined || tenantId !== undefined)
      throw invalid([
        "MICROSOFT_APP_ID: missing, but other MICROSOFT_APP_* values are set: add it, or remove them all",
      ]);
    return undefined;
  }
  const wrong: string[] = [];
  if (tenantId === undefined) wrong.push("MICROSOFT_APP_TENANT_ID: required with MICROSOFT_APP_ID");
  if (type === "SingleTenant" && password === undefined)
    wrong.push("MICROSOFT_APP_PASSWORD: required for MICROSOFT_APP_TYPE=SingleTenant");
  if (type === "UserAssignedMSI" && password !== undefined)
    wrong.push("MICROSOFT_APP_PASSWORD: must be empty for MICROSOFT_APP_TYPE=UserAssignedMSI");
  if (tenantId === undefined || wrong.length > 0) throw invalid(wrong);
  return { appId, tenantId, type, password };
}

function invalid(lines: string[]): SignalboxError {
  const list = lines.map((line) => `  ${line}`).join("\n");
  return new SignalboxError("config-invalid", `The configuration has errors (see env/.env.example):\n${list}`);
}
