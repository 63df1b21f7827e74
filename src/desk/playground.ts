import { spawn } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { LOCAL_TENANT, readConfig } from "../config.ts";
import { loadDirectory, type Person } from "../identity/directory.ts";
import { loadChannels } from "./channels.ts";

// `npm run playground [-- first.last]`: Microsoft's own test client against a bot that runs in local mode, acting as one
// person of the sample company. It comes from npm when it is asked for, under its pre-release licence (see README).
const PLAYGROUND = "@microsoft/m365agentsplayground@0.2.28";
const PORT = 56150;
/** It refuses a file with more. */
const MOST_USERS = 5;

const config = readConfig(process.env);
const directory = loadDirectory(config.peopleFile);
const wanted = process.argv[2] ?? "maya.lindqvist";
const acting = directory.people.find(({ upn }) => upn === wanted || upn.startsWith(`${wanted}@`));
if (acting === undefined) {
  process.stderr.write(`Nobody in ${config.peopleFile} is called ${wanted}. Try: npm run playground -- jonas.weber\n`);
  process.exit(1);
}

const [finance] = loadChannels(join(import.meta.dirname, "../../env/local/channels.json")).filter(
  ({ clusterId }) => clusterId === "finance",
);
const others = directory.people.filter(({ kind, enabled, upn }) => kind === "person" && enabled && upn !== acting.upn);
const settings = {
  version: "0.1.1",
  tenantId: LOCAL_TENANT,
  bot: { id: "28:signalbox", name: "Signalbox" },
  currentUser: asUser(acting),
  users: others.slice(0, MOST_USERS).map(asUser),
  personalChat: { id: `a:playground-${acting.aadObjectId}` },
  groupChat: { id: "19:playground-group@thread.v2", name: "Group chat" },
  team: {
    id: finance?.team.id,
    name: finance?.team.name,
    aadGroupId: "00000000-0000-4000-8000-00000000c071",
    channels: [{ id: "19:playground-finance@thread.tacv2", name: finance?.name }],
  },
};
// It reads its settings from, and writes its logs to, the folder that it is started in. JSON is YAML too.
const folder = join(config.dataFolder, "playground");
mkdirSync(folder, { recursive: true });
writeFileSync(join(folder, ".m365agentsplayground.yml"), `${JSON.stringify(settings, null, 2)}\n`);

const endpoint = `http://127.0.0.1:${config.port}/api/messages`;
const args = ["-y", PLAYGROUND, "start", "-e", endpoint, "-c", "msteams", "-p", String(PORT), "--disable-telemetry"];
process.stdout.write(
  `You are ${acting.name}. The playground opens at http://localhost:${PORT}/ and talks to ${endpoint}.\n`,
);
spawn("npx", args, {
  cwd: folder,
  stdio: "inherit",
  shell: process.platform === "win32",
  env: { ...process.env, APPLICATION_INSIGHTS_NO_STATSBEAT: "1" },
}).on("exit", (code) => {
  process.exitCode = code ?? 1;
});

/** In the playground's own words and spelling. */
function asUser({ teamsId, name, upn, aadObjectId, givenName, surname }: Person): Record<string, string> {
  return { id: teamsId, name, userPrincipleName: upn, aadObjectId, givenName, surname, email: upn };
}
