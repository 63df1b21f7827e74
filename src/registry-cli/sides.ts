import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { PlanTemplate } from "../agent/plan-template.ts";
import { SignalboxError } from "../errors.ts";
import type { Side } from "../registry/diff/pair.ts";
import type { Finding } from "../registry/finding.ts";
import { withLessons } from "../registry/lessons/lesson.ts";
import { lessonsOf } from "../registry/lessons/store.ts";
import { recordsIn } from "../registry/read-records.ts";
import { activeVersions, pointers } from "../registry/versions/store.ts";
import type { ReadingRoom } from "./desk.ts";
import { git, objectsOf } from "./git.ts";

/**
 * A state of the registry that is compared with another; what could not be read is missing in it. `hidden`: ids of agents that
 * are left out of either side, since a file that could not be read holds them, or since they are retired and files change
 * nothing about that.
 */
export type State = { sides: Side[]; unreadable: Finding[]; hidden: Set<string> };

type Text = { file: string; text: string };

/** As the files are. @throws an error of node with the code ENOENT */
export function filedState(manifest: string): State {
  return stateOf(textsIn(join(manifest, "agents")), textsIn(join(manifest, "plans")));
}

/** As the files were at a revision of git. @throws SignalboxError "git-failed", "revision-unknown" */
export function stateAt(manifest: string, revision: string): State {
  const named = `${revision}^{commit}`;
  let commit: string;
  try {
    commit = git(manifest, ["rev-parse", "--verify", "--quiet", "--end-of-options", named]).toString().trim();
  } catch (cause) {
    const cure = "Name a branch, a tag or a commit of this repository; a shallow clone may not have it.";
    throw new SignalboxError("revision-unknown", `git does not know the revision "${revision}". ${cure}`, { cause });
  }
  const entries = git(manifest, ["ls-tree", "-r", "-z", commit, "--", "agents", "plans"]).toString().split("\0");
  const blobs = entries.flatMap((entry) => {
    const [, id = "", file = ""] = /^\d+ blob (\w+)\t(.+\.json)$/s.exec(entry) ?? [];
    return file === "" ? [] : [{ id, file }];
  });
  const texts = objectsOf(
    manifest,
    blobs.map(({ id }) => id),
  );
  const all = blobs.map(({ file }, i) => ({ file, text: texts[i] ?? "" }));
  const below = (folder: string): Text[] =>
    all.flatMap(({ file, text }) => (file.startsWith(folder) ? { file: file.slice(folder.length), text } : []));
  return stateOf(below("agents/"), below("plans/"));
}

/** As agents serve. */
export async function runningState({ pool, config: { tenantId } }: ReadingRoom): Promise<State> {
  const retired = (await pointers(pool, tenantId)).filter(({ status }) => status === "deprecated");
  return {
    sides: (await activeVersions(pool, tenantId)).map(({ record, plans }) => ({ record, plans })),
    ...{ unreadable: [], hidden: new Set(retired.map(({ agentId }) => agentId)) },
  };
}

/** As the files would be registered: together with what agents have learnt since, which is no change of theirs. */
export async function withWhatWasLearnt({ pool, config }: ReadingRoom, { sides, ...rest }: State): Promise<State> {
  const records = withLessons(
    sides.map(({ record }) => record),
    await lessonsOf(pool, config.tenantId),
  );
  const plans = new Map(sides.map((side) => [side.record.agent_id, side.plans]));
  return { sides: records.map((record) => ({ record, plans: plans.get(record.agent_id) ?? {} })), ...rest };
}

function textsIn(folder: string): Text[] {
  const names = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".json"));
  return names
    .sort()
    .map((name) => ({ file: name.replaceAll("\\", "/"), text: readFileSync(join(folder, name), "utf8") }));
}

function stateOf(agents: readonly Text[], plans: readonly Text[]): State {
  const { filed, findings } = recordsIn(agents);
  const contents = new Map(plans.map(({ file, text }) => [file.replace(/\.json$/, ""), planIn(text)]));
  const sides = filed.map(({ record }) => {
    const names = [...new Set(record.intent_patterns.map(({ plan }) => plan))];
    return { record, plans: Object.fromEntries(names.map((name) => [name, contents.get(name) ?? null])) };
  });
  const broken = new Set(findings.map(({ file }) => file));
  const ids = agents.flatMap(({ file, text }) =>
    broken.has(file) ? (AGENT_ID.exec(text)?.[1]?.toLowerCase() ?? []) : [],
  );
  return { sides, unreadable: findings, hidden: new Set(ids) };
}

/** Also in what is no JSON. */
const AGENT_ID = /"agent_id"\s*:\s*"([0-9a-f-]{36})"/i;

/** As it would be kept; what was a plan once and is none by today's rules is compared as it stands. */
function planIn(text: string): unknown {
  try {
    const json: unknown = JSON.parse(text);
    return JSON.parse(JSON.stringify(PlanTemplate.safeParse(json).data ?? json));
  } catch {
    return text;
  }
}
