import { parseArgs } from "node:util";
import { filedOf, registerFiles } from "../registry/register-files.ts";
import { type Command, say } from "./command.ts";
import { atTheDesk, type Desk } from "./desk.ts";
import { loadFiles } from "./filed-fleet.ts";

export const register: Command = {
  summary: "register new and changed agent files with a running bot",
  usage: `register --as UPN [--json] [--manifest FOLDER]

Checks all records, and registers those that are new or changed; every process of the bot routes by them at once. A start does
the same. Whatever is wrong in one record is told, and none is registered then. An id or a service principal that the registry
has known for another agent is refused, also where that agent is retired.

  --as UPN           who you are
  --json             what was registered, as one JSON object
  --manifest FOLDER  where the agents and their plans are (manifest)`,
  async run(args) {
    const { values } = parseArgs({
      args,
      options: {
        ...{ as: { type: "string" }, json: { type: "boolean", default: false } },
        manifest: { type: "string", default: "manifest" },
      },
    });
    const work = async ({ pool, config }: Desk): Promise<number> => {
      const { registry, plans } = loadFiles(values.manifest, new Date().toISOString().slice(0, 10));
      const changed = await registerFiles(pool, config.tenantId, filedOf(registry.agents, plans));
      const registered = changed.map((agentId) => ({ agentId, name: registry.byId.get(agentId)?.display_name }));
      if (values.json) {
        say(JSON.stringify({ agents: registry.agents.length, registered }, null, 2));
        return 0;
      }
      for (const { agentId, name } of registered) say(`registered  ${name ?? agentId}`);
      say(`${registry.agents.length} agents; ${changed.length} new or changed.`);
      return 0;
    };
    return atTheDesk(values.as, work, { operatorsOnly: true });
  },
};
