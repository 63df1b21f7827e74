import { join } from "node:path";
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
  /** The same database as whoever makes its tables. Absent: DATABASE_URL does, and could then change the audit log. */
  DATABASE_OWNER_URL: optional(z.string().regex(/^postgres(ql)?:\/\//, "must start with postgres:// or postgresql://")),
  /** The same database with the account by which agents read memory. Absent: the bot sets that account's password itself. */
  SIGNALBOX_MEMORY_DATABASE_URL: optional(
    z.string().regex(/^postgres(ql)?:\/\//, "must start with postgres:// or postgresql://"),
  ),
  /** Folder of the embedded database. */
  SIGNALBOX_DATA: withDefault(z.string().min(1), ".signalbox"),
  /** Folder of the reports, as Markdown files. Absent: "reports" in SIGNALBOX_DATA. */
  SIGNALBOX_REPORTS: optional(z.string().min(1)),
  /** The bot's Entra app registration. Absent: local mode (loopback only, no authentication, local desk). */
  MICROSOFT_APP_ID: optional(z.uuid()),
  /** Its secret; must be empty for a managed identity. */
  MICROSOFT_APP_PASSWORD: optional(z.string().min(1)),
  /** The tenant whose people may use the bot. */
  MICROSOFT_APP_TENANT_ID: optional(z.uuid()),
  MICROSOFT_APP_TYPE: withDefault(z.enum(["SingleTenant", "UserAssignedMSI"]), "SingleTenant"),
  /** The people directory: who is who, and which roles they hold. */
  PEOPLE_FILE: withDefault(z.string().min(1), "env/local/people.json"),
  /** The folder of the policies, looked at again and again. Absent: those of the release, manifest/policies. */
  SIGNALBOX_POLICIES: optional(z.string().min(1)),
  /** How long an approval may wait, in hours. */
  APPROVAL_HOURS: withDefault(z.coerce.number().positive().max(720), 24),
  /** After how many seconds of silence the work of a process that shares the database is taken over. */
  TAKE_OVER_SECONDS: withDefault(z.coerce.number().int().min(2).max(600), 20),
  /** A second opinion on what a text means: an endpoint that understands POST …/embeddings. Absent: none is asked for. */
  SIGNALBOX_EMBEDDING_URL: optional(z.url()),
  /** Its key. Absent: at an Azure address the bot signs in with Entra, elsewhere nothing is sent. */
  SIGNALBOX_EMBEDDING_KEY: optional(z.string().min(1)),
  /** The embedding model, or the name of its deployment. */
  SIGNALBOX_EMBEDDING_MODEL: optional(z.string().min(1)),
  /** A language model for plans that leave something to one: an endpoint that understands POST …/chat/completions. Absent: such plans are refused. */
  SIGNALBOX_MODEL_URL: optional(z.url()),
  /** Its key. Absent: nothing is sent, which only an endpoint of your own accepts. */
  SIGNALBOX_MODEL_KEY: optional(z.string().min(1)),
  /** The model, or the name of its deployment. */
  SIGNALBOX_MODEL_NAME: optional(z.string().min(1)),
  /** Another second opinion: an Azure AI Search service. Absent: none is asked for. */
  SIGNALBOX_SEARCH_ENDPOINT: optional(z.url()),
  /** Its admin key. Absent: the bot signs in with Entra. */
  SIGNALBOX_SEARCH_KEY: optional(z.string().min(1)),
  /** The index, which belongs to this fleet alone: what the registry does not know is deleted from it. */
  SIGNALBOX_SEARCH_INDEX: withDefault(
    z
      .string()
      .regex(
        /^[a-z0-9](?:[a-z0-9]|-(?!-)){0,126}[a-z0-9]$/,
        "must be 2 to 128 lower-case letters, digits and single dashes",
      ),
    "intent-utterances",
  ),
  /** Whether the service ranks by meaning (semantic ranker) or by words alone. */
  SIGNALBOX_SEARCH_SEMANTIC: withDefault(z.enum(["on", "off"]), "on"),
  /** How long a turn waits for second opinions, in milliseconds. */
  SIGNALBOX_ROUTING_DEADLINE_MS: withDefault(z.coerce.number().int().min(1).max(10_000), 250),
  /** The share of what people write that is none of the fleet's business: the more of it, the surer an agent must be. */
  SIGNALBOX_ROUTING_OUTSIDE_SHARE: withDefault(z.coerce.number().min(0.01).max(0.9), 0.18),
  /** A folder in which models of the router are kept besides the database. */
  SIGNALBOX_MODELS: optional(z.string().min(1)),
  /** What whoever sends alerts signs them with. Absent: no alerts are taken. */
  SIGNALBOX_ALERT_SECRET: optional(z.string().min(32, "must have at least 32 characters: openssl rand -hex 32")),
  /** Or tokens: the issuer of those that programs of the tenant get from Entra. Absent: no tokens are taken. */
  SIGNALBOX_ALERT_ISSUER: optional(z.url()),
  /** For whom these tokens are: the id or the URI of the app registration that stands for alerts. */
  SIGNALBOX_ALERT_AUDIENCE: optional(z.string().min(1)),
  /** The app role that whoever sends alerts must have been given. */
  SIGNALBOX_ALERT_ROLE: withDefault(z.string().min(1), "ActionGroupsSecureWebhook"),
  /** For how many days alerts are kept as they came; the audit log keeps what followed. */
  SIGNALBOX_ALERT_DAYS: withDefault(z.coerce.number().int().min(100).max(3_650), 400),
  /** After so many minutes without another alert, an agent that was degraded comes back once its owner has acknowledged. */
  SIGNALBOX_RECOVERY_MINUTES: withDefault(z.coerce.number().int().min(1).max(10_080), 60),
  /** Folder of the audit log's anchors, on a disk that the database's account cannot write. Default: audit-anchors in SIGNALBOX_DATA. */
  SIGNALBOX_AUDIT_ANCHORS: optional(z.string().min(1)),
  /** After how many seconds the head of the audit log is anchored again, if it has moved. */
  SIGNALBOX_AUDIT_ANCHOR_SECONDS: withDefault(z.coerce.number().int().min(1).max(3_600), 60),
  /** What anchors are signed with. Absent: they are only chained. */
  SIGNALBOX_AUDIT_KEY: optional(z.string().min(32, "must have at least 32 characters: openssl rand -hex 32")),
  /** For how many years the data of audit links is kept, by class; their hashes are kept for ever. */
  SIGNALBOX_AUDIT_RETENTION: withDefault(
    z
      .string()
      .regex(
        /^action:\d{1,2},decision:\d{1,2},conversation:\d{1,2}$/,
        "must be years of each class, such as action:7,decision:3,conversation:1",
      ),
    "action:7,decision:3,conversation:1",
  ),
  /** The OAuth connection of the bot's registration by which people sign in, so that systems can be asked on their behalf. */
  SIGNALBOX_SIGN_IN_CONNECTION: optional(z.string().min(1)),
  /** The Entra applications of the agents and of the systems that they call. Absent: an authority of our own issues tokens. */
  SIGNALBOX_ENTRA_FILE: optional(z.string().min(1)),
  /** How many messages and clicks of one person a process takes in a minute. Absent: 120; without an app id, any number. */
  SIGNALBOX_MESSAGES_PER_MINUTE: optional(z.coerce.number().int().min(1).max(1_000_000)),
  /** How many signed alerts a process takes in a minute. */
  SIGNALBOX_ALERTS_PER_MINUTE: withDefault(z.coerce.number().int().min(1).max(1_000_000), 600),
  /** How many requests of one address are turned away in a minute with evidence; the others hear 429 and leave none. */
  SIGNALBOX_REFUSALS_PER_MINUTE: withDefault(z.coerce.number().int().min(1).max(1_000_000), 60),
  LOG_LEVEL: withDefault(z.enum(["fatal", "error", "warn", "info", "debug", "trace", "silent"]), "info"),
});

/** The app registration with which the bot speaks to Teams. */
export type TeamsIdentity = {
  appId: string;
  tenantId: string;
  type: "SingleTenant" | "UserAssignedMSI";
  password: string | undefined;
};

/** An endpoint for embeddings. */
export type EmbeddingService = {
  /** without "/" at its end; "/embeddings" follows */
  url: string;
  model: string;
  key: string | undefined;
  /** the header of the key, a token of Entra, or nothing at all */
  signIn: "api-key" | "bearer" | "entra" | "none";
};

/** A language model behind an endpoint. */
export type ModelService = Omit<EmbeddingService, "signIn"> & { signIn: Exclude<EmbeddingService["signIn"], "entra"> };

/** An Azure AI Search service. `key` undefined: the bot signs in with Entra. */
export type SearchService = { endpoint: string; key: string | undefined; index: string; semantic: boolean };

export type Config = Readonly<{
  port: number;
  host: string;
  databaseUrl: string | undefined;
  databaseOwnerUrl: string | undefined;
  dataFolder: string;
  /** where weekly, monthly and quarterly reports are written */
  reportsFolder: string;
  /** the account by which agents read memory; undefined: its password follows from that of the database */
  memoryDatabaseUrl: string | undefined;
  /** undefined in local mode */
  teams: TeamsIdentity | undefined;
  /** the OAuth connection by which people sign in to the bot; undefined: nobody can */
  signInConnection: string | undefined;
  tenantId: string;
  peopleFile: string;
  /** undefined: those of the release */
  policiesFolder: string | undefined;
  approvalHours: number;
  takeOverSeconds: number;
  /** who else is asked what a text means, and for how long (ms); how much is expected to be nobody's business */
  routing: {
    embedding: EmbeddingService | undefined;
    search: SearchService | undefined;
    deadlineMs: number;
    outside: number;
    /** a folder in which models are kept besides the database */
    models: string | undefined;
  };
  /** who may send alerts about agents: whoever knows the secret, or has a token (neither: nobody); how long they are kept */
  alerts: {
    secret: string | undefined;
    tokens: { issuer: string; audience: string; role: string } | undefined;
    /** of quiet, after which what was degraded comes back */
    recoveryMinutes: number;
    keepDays: number;
  };
  /** where the audit log is anchored, how often, signed with what; years that its data is kept */
  audit: {
    anchors: { folder: string; key: string | undefined };
    anchorSeconds: number;
    retention: { action: number; decision: number; conversation: number };
  };
  /** names the Entra applications of agents and systems; undefined: an authority of our own issues tokens */
  entraFile: string | undefined;
  /** per minute and process; `messages` of one person, undefined: any number */
  limits: { messages: number | undefined; alerts: number; refusals: number };
  /** the language model; undefined: there is none */
  model: ModelService | undefined;
  logLevel: z.infer<typeof Environment>["LOG_LEVEL"];
}>;

/** Tenant of the sample company, which local mode serves. */
export const LOCAL_TENANT = "c0a80000-0000-4000-8000-00000000c070";
/** More than anybody types and clicks. Where nobody is authenticated, the caller would be whoever they say they are. */
const MESSAGES_PER_MINUTE = 120;
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
  if (env.SIGNALBOX_SIGN_IN_CONNECTION !== undefined && teams === undefined)
    throw invalid(["SIGNALBOX_SIGN_IN_CONNECTION: needs MICROSOFT_APP_ID, whose OAuth connection it names"]);
  if (env.SIGNALBOX_ENTRA_FILE !== undefined && teams === undefined)
    throw invalid(["SIGNALBOX_ENTRA_FILE: needs MICROSOFT_APP_ID and its tenant, whose applications it names"]);
  return Object.freeze({
    port: env.PORT,
    host,
    databaseUrl: env.DATABASE_URL,
    databaseOwnerUrl: env.DATABASE_OWNER_URL,
    dataFolder: env.SIGNALBOX_DATA,
    reportsFolder: env.SIGNALBOX_REPORTS ?? join(env.SIGNALBOX_DATA, "reports"),
    memoryDatabaseUrl: env.SIGNALBOX_MEMORY_DATABASE_URL,
    teams,
    signInConnection: env.SIGNALBOX_SIGN_IN_CONNECTION,
    tenantId: teams?.tenantId ?? LOCAL_TENANT,
    peopleFile: env.PEOPLE_FILE,
    policiesFolder: env.SIGNALBOX_POLICIES,
    approvalHours: env.APPROVAL_HOURS,
    takeOverSeconds: env.TAKE_OVER_SECONDS,
    routing: {
      embedding: embeddingService(env),
      search: searchService(env),
      deadlineMs: env.SIGNALBOX_ROUTING_DEADLINE_MS,
      outside: env.SIGNALBOX_ROUTING_OUTSIDE_SHARE,
      models: env.SIGNALBOX_MODELS,
    },
    alerts: {
      ...{ secret: env.SIGNALBOX_ALERT_SECRET, tokens: alertTokens(env) },
      ...{ recoveryMinutes: env.SIGNALBOX_RECOVERY_MINUTES, keepDays: env.SIGNALBOX_ALERT_DAYS },
    },
    audit: {
      anchors: {
        folder: env.SIGNALBOX_AUDIT_ANCHORS ?? join(env.SIGNALBOX_DATA, "audit-anchors"),
        key: env.SIGNALBOX_AUDIT_KEY,
      },
      anchorSeconds: env.SIGNALBOX_AUDIT_ANCHOR_SECONDS,
      retention: retentionOf(env.SIGNALBOX_AUDIT_RETENTION),
    },
    entraFile: env.SIGNALBOX_ENTRA_FILE,
    limits: {
      messages: env.SIGNALBOX_MESSAGES_PER_MINUTE ?? (teams === undefined ? undefined : MESSAGES_PER_MINUTE),
      alerts: env.SIGNALBOX_ALERTS_PER_MINUTE,
      refusals: env.SIGNALBOX_REFUSALS_PER_MINUTE,
    },
    model: modelService(env),
    logLevel: env.LOG_LEVEL,
  });
}

/** @param text its form is checked: "action:7,decision:3,conversation:1" */
function retentionOf(text: string): Config["audit"]["retention"] {
  const [action = 0, decision = 0, conversation = 0] = text.split(",").map((one) => Number(one.split(":")[1]));
  return { action, decision, conversation };
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

/** Where Azure's services are, in its public and its sovereign clouds. */
const AZURE = /\.azure\.(com|us|cn)$/;

function embeddingService(env: z.infer<typeof Environment>): EmbeddingService | undefined {
  const { SIGNALBOX_EMBEDDING_URL: address, SIGNALBOX_EMBEDDING_KEY: key, SIGNALBOX_EMBEDDING_MODEL: model } = env;
  if (address === undefined) {
    if (key !== undefined || model !== undefined)
      throw invalid([
        "SIGNALBOX_EMBEDDING_URL: missing, but other SIGNALBOX_EMBEDDING_* values are set: add it, or remove them all",
      ]);
    return undefined;
  }
  if (model === undefined)
    throw invalid([
      "SIGNALBOX_EMBEDDING_MODEL: required with SIGNALBOX_EMBEDDING_URL, for example text-embedding-3-small",
    ]);
  const isAzure = AZURE.test(new URL(address).hostname);
  const url = serviceUrl("SIGNALBOX_EMBEDDING_URL", address, key !== undefined || isAzure);
  if (url.pathname.endsWith("/embeddings"))
    throw invalid(["SIGNALBOX_EMBEDDING_URL: give it without /embeddings at its end, for example https://…/openai/v1"]);
  const signIn = key === undefined ? (isAzure ? "entra" : "none") : isAzure ? "api-key" : "bearer";
  return { url: url.href.replace(/\/+$/, ""), model, key, signIn };
}

function modelService(env: z.infer<typeof Environment>): ModelService | undefined {
  const { SIGNALBOX_MODEL_URL: address, SIGNALBOX_MODEL_KEY: key, SIGNALBOX_MODEL_NAME: model } = env;
  if (address === undefined) {
    if (key === undefined && model === undefined) return undefined;
    throw invalid(["SIGNALBOX_MODEL_URL: missing, but other SIGNALBOX_MODEL_* values are set: add it, or remove them"]);
  }
  if (model === undefined) throw invalid(["SIGNALBOX_MODEL_NAME: required with SIGNALBOX_MODEL_URL"]);
  const url = serviceUrl("SIGNALBOX_MODEL_URL", address, key !== undefined);
  if (url.pathname.endsWith("/completions"))
    throw invalid([
      "SIGNALBOX_MODEL_URL: give it without /chat/completions at its end, for example https://…/openai/v1",
    ]);
  const signIn = key === undefined ? "none" : AZURE.test(url.hostname) ? "api-key" : "bearer";
  return { url: url.href.replace(/\/+$/, ""), model, key, signIn };
}

function searchService(env: z.infer<typeof Environment>): SearchService | undefined {
  const { SIGNALBOX_SEARCH_ENDPOINT: address, SIGNALBOX_SEARCH_KEY: key } = env;
  if (address === undefined) {
    if (key !== undefined)
      throw invalid(["SIGNALBOX_SEARCH_ENDPOINT: missing, but SIGNALBOX_SEARCH_KEY is set: add it, or remove both"]);
    return undefined;
  }
  const { origin } = serviceUrl("SIGNALBOX_SEARCH_ENDPOINT", address, true);
  return {
    endpoint: origin,
    key,
    index: env.SIGNALBOX_SEARCH_INDEX,
    semantic: env.SIGNALBOX_SEARCH_SEMANTIC === "on",
  };
}

function alertTokens(env: z.infer<typeof Environment>): Config["alerts"]["tokens"] {
  const { SIGNALBOX_ALERT_ISSUER: issuer, SIGNALBOX_ALERT_AUDIENCE: audience, SIGNALBOX_ALERT_ROLE: role } = env;
  if (issuer === undefined && audience === undefined) return undefined;
  if (issuer === undefined || audience === undefined)
    throw invalid([
      "SIGNALBOX_ALERT_ISSUER and SIGNALBOX_ALERT_AUDIENCE: one of them is missing: set both, or neither",
    ]);
  // Whoever could change its keys on the way could sign alerts.
  serviceUrl("SIGNALBOX_ALERT_ISSUER", issuer, true);
  return { issuer, audience, role };
}

/** A key is not sent where others can read it. */
function serviceUrl(variable: string, address: string, isSecret: boolean): URL {
  const url = new URL(address);
  if (url.protocol !== "https:" && url.protocol !== "http:")
    throw invalid([`${variable}: must start with https:// (or http://)`]);
  if (url.username !== "" || url.password !== "" || url.search !== "")
    throw invalid([`${variable}: must hold no user, password or "?": the key has a variable of its own`]);
  const isLocal = LOOPBACK.includes(url.hostname.replace(/^\[|\]$/g, ""));
  if (url.protocol === "http:" && isSecret && !isLocal)
    throw invalid([`${variable}: must start with https://, since a key is sent there (http:// only on loopback)`]);
  return url;
}

function invalid(lines: string[]): SignalboxError {
  const list = lines.map((line) => `  ${line}`).join("\n");
  return new SignalboxError("config-invalid", `The configuration has errors (see env/.env.example):\n${list}`);
}
