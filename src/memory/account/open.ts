import { messageOf, SignalboxError } from "../../errors.ts";
import { withAdvisoryLock } from "../../store/advisory-lock.ts";
import { openPool, type Pool } from "../../store/pool.ts";
import { derivedPassword, scramVerifier } from "./scram.ts";
import { accountFacts, letBotIn, setPassword } from "./store.ts";

const AGENTS_ACCOUNT = "signalbox_agent";

/** PostgreSQL's "invalid password" and "invalid authorization". */
const REFUSED = ["28P01", "28000"];
const AGENTS_CONNECTIONS = 4;

type Options = {
  /** as whoever owns the tables */
  owner: Pool;
  /** the address with which `owner` was opened */
  databaseUrl: string;
  /** the address of the same database with the agents' account; undefined: its password follows from that of `databaseUrl` */
  configured: string | undefined;
};

/**
 * A pool of the agents' account: by it, and by nothing else, agents read memory. Gives the account its password where it has
 * another one.
 * @throws SignalboxError "memory-account": the account cannot be used, or could do more than it should
 */
export async function openAgentsPool({ owner, databaseUrl, configured }: Options): Promise<Pool> {
  // Rights that two processes give at the same moment fail for one of them.
  await withAdvisoryLock(owner, "rights", letBotIn);
  const url = configured ?? (await agentsUrl(databaseUrl));
  const agents = openPool(url, { name: "signalbox-agents", max: AGENTS_CONNECTIONS });
  try {
    await letIn(agents, owner, url, configured === undefined);
    const { name, isPowerful } = await accountFacts(agents);
    if (isPowerful || name !== AGENTS_ACCOUNT)
      throw refused(
        `it signs in as ${name}${isPowerful ? ", which may do what row-level security does not bind" : ""}. Use ${AGENTS_ACCOUNT}, without SUPERUSER, BYPASSRLS, CREATEROLE, CREATEDB or REPLICATION and a member of no other account`,
      );
    return agents;
  } catch (error) {
    await agents.end();
    throw error;
  }
}

/** Exported for tests, which are agents that go astray. */
export async function agentsUrl(databaseUrl: string): Promise<string> {
  const url = new URL(databaseUrl);
  if (url.password === "")
    throw refused(
      `DATABASE_URL has no password from which its own could follow. Give it one (alter role ${AGENTS_ACCOUNT} password '…') and set SIGNALBOX_MEMORY_DATABASE_URL`,
    );
  url.password = await derivedPassword(decodeURIComponent(url.password), AGENTS_ACCOUNT);
  url.username = AGENTS_ACCOUNT;
  return url.href;
}

async function letIn(agents: Pool, owner: Pool, url: string, mayChange: boolean): Promise<void> {
  const knock = () => agents.query("select 1");
  try {
    await knock();
  } catch (cause) {
    if (!isRefused(cause)) throw cause;
    if (!mayChange) throw refused("SIGNALBOX_MEMORY_DATABASE_URL holds a wrong account or password", cause);
    const changed = setPassword(owner, AGENTS_ACCOUNT, await scramVerifier(new URL(url).password));
    const trouble: unknown = await changed.then(
      () => undefined,
      (error: unknown) => error,
    );
    // Another process may have changed it at this moment, which fails here and lets us in all the same.
    await knock().catch((error: unknown) => {
      const why = `its password cannot be set: ${messageOf(trouble ?? error)}. Have an administrator set one, and SIGNALBOX_MEMORY_DATABASE_URL to the address with it`;
      throw refused(why, trouble ?? error);
    });
  }
}

function isRefused(error: unknown): boolean {
  return error instanceof Error && "code" in error && REFUSED.includes(String(error.code));
}

function refused(why: string, cause?: unknown): SignalboxError {
  return new SignalboxError("memory-account", `The agents' account of the database cannot be used: ${why}.`, { cause });
}
