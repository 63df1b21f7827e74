import { z } from "zod";
import { messageOf, SignalboxError } from "../errors.ts";
import type { Known } from "../registry/reuse.ts";
import { git, objectsOf } from "./git.ts";

/** Of a record of any age, whatever else it held then. */
const Identity = z.object({ agent_id: z.string(), display_name: z.string(), service_principal_id: z.string() });

/** A record file before and after a commit that deleted it or changed an id of it. */
type Change = { commit: string; before: string; after: string | undefined };

/**
 * Ids that records of this folder had once and have no longer, from the history of git: those of deleted files, and those
 * that were replaced within a file.
 * @returns the note says why they are not, or not all, known
 */
export function formerIdentities(folder: string): { known: Known[]; note: string | undefined } {
  try {
    const isShallow = git(folder, ["rev-parse", "--is-shallow-repository"]).toString().trim() === "true";
    const note = isShallow ? "The git history is cut off (a shallow clone): older ids were not compared." : undefined;
    return { known: identitiesIn(folder, changesOf(folder)), note };
  } catch (error) {
    if (!(error instanceof SignalboxError && error.code === "git-failed")) throw error;
    return { known: [], note: `The ids of deleted files were not compared: ${messageOf(error)}.` };
  }
}

function changesOf(folder: string): Change[] {
  const ids = '"(agent_id|service_principal_id)"';
  // A file that was only moved is no change: -M follows it.
  const how = ["-M", "-z", "--name-status", "--diff-filter=DMR", "--format=commit %H", "-G", ids];
  const tokens = git(folder, ["log", ...how, "--", "."])
    .toString()
    .split("\0");
  const changes: Change[] = [];
  let commit = "";
  for (let i = 0; i < tokens.length; i += 1) {
    const token = tokens[i]?.trim() ?? "";
    if (token.startsWith("commit ")) commit = token.slice("commit ".length);
    else if (/^[DMR]\d*$/.test(token)) {
      const before = tokens[++i] ?? "";
      const after = token === "D" ? undefined : token === "M" ? before : tokens[++i];
      if (before.endsWith(".json")) changes.push({ commit, before, after });
    }
  }
  return changes;
}

function identitiesIn(folder: string, changes: readonly Change[]): Known[] {
  const texts = objectsOf(
    folder,
    changes.flatMap(({ commit, before, after }) => [`${commit}^:${before}`, `${commit}:${after ?? before}`]),
  );
  return changes.flatMap(({ commit, before, after }, i) => {
    const old = identityIn(texts[2 * i]);
    if (old === undefined) return [];
    const at = `in ${commit.slice(0, 7)}`;
    return [
      {
        ...{ agentId: old.agent_id, displayName: old.display_name, principalId: old.service_principal_id },
        isGone: identityIn(texts[2 * i + 1])?.agent_id !== old.agent_id,
        where: after === undefined ? `its file ${before} was deleted ${at}` : `its file ${before} was changed ${at}`,
      },
    ];
  });
}

function identityIn(text: string | undefined): z.infer<typeof Identity> | undefined {
  try {
    return Identity.safeParse(JSON.parse(text ?? "")).data;
  } catch {
    // What was no JSON then was no record.
    return undefined;
  }
}
