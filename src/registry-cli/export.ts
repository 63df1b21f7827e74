import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { messageOf, SignalboxError } from "../errors.ts";
import { allEvents } from "../registry/events/store.ts";
import { allVersions, pointers } from "../registry/versions/store.ts";
import { type Pool, type Tx, transaction } from "../store/pool.ts";
import { type Command, count, say } from "./command.ts";
import { inTheRegistry } from "./desk.ts";

export const exportAll: Command = {
  summary: "the whole registry as one JSON document, for an audit",
  usage: `export [--out FILE]

Every agent that was ever registered, also those that are gone: all versions with their records and plans, which of them serves,
its status, and every change of it with who, why and when. The same registry always gives the same bytes, so that two exports
can be compared.

  --out FILE   where to write it; without it, it is printed`,
  async run(args) {
    const { values } = parseArgs({ args, options: { out: { type: "string" } } });
    return inTheRegistry(async ({ pool, config }) => {
      const document = await readAll(pool, config.tenantId);
      const text = `${JSON.stringify(document, null, 2)}\n`;
      if (values.out === undefined) process.stdout.write(text);
      else {
        save(values.out, text);
        const versions = document.agents.reduce((sum, agent) => sum + agent.versions.length, 0);
        say(`${values.out}: ${count(document.agents.length, "agent")}, ${count(versions, "version")}.`);
      }
      return 0;
    });
  },
};

/** All of it as it was at one moment, whatever is registered meanwhile. */
function readAll(pool: Pool, tenantId: string) {
  return transaction(pool, async (tx: Tx) => {
    await tx.query("set transaction isolation level repeatable read, read only");
    const versions = Map.groupBy(await allVersions(tx, tenantId), ({ agentId }) => agentId);
    const events = Map.groupBy(await allEvents(tx, tenantId), ({ agentId }) => agentId);
    const serving = new Map((await pointers(tx, tenantId)).map((one) => [one.agentId, one]));
    const agents = [...versions].map(([agentId, own]) => {
      const pointer = serving.get(agentId);
      const record = own.find(({ number }) => number === pointer?.active)?.record;
      return {
        ...{ agentId, name: record?.display_name ?? null, status: pointer?.status ?? record?.status ?? null },
        ...{ active: pointer?.active ?? null, canary: pointer?.canary ?? null, canaryShare: pointer?.canaryShare ?? 0 },
        versions: own.map(({ agentId: _, ...version }) => version),
        events: (events.get(agentId) ?? []).map(({ agentId: _, ...event }) => event),
      };
    });
    return { format: "signalbox-registry", formatVersion: 1, tenantId, agents };
  });
}

/** @throws SignalboxError "export-unwritable" */
function save(file: string, text: string): void {
  try {
    writeFileSync(file, text);
  } catch (cause) {
    const cure = "Name a file in a folder that exists and may be written: --out.";
    throw new SignalboxError("export-unwritable", `${messageOf(cause)}. ${cure}`, { cause });
  }
}
