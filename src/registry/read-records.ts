import { readdirSync, readFileSync, statSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import type { z } from "zod";
import { AgentRecord } from "./agent-record.ts";
import type { Filed, Finding } from "./finding.ts";
import { nearNames } from "./near-names.ts";

/** A record is text that people write and review: whatever is larger is no record, and is not even parsed. */
const MOST_BYTES = 256 * 1024;

/** A file that has the shape of a record, or what is wrong with it. */
type Read = Filed | Finding[];

/** Every record below a folder, in the order of the files' names, and what is wrong with those that are none. */
export function readRecords(folder: string): { filed: Filed[]; findings: Finding[] } {
  const names = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".json"));
  return sorted(
    names.sort().map((name) => {
      const file = join(folder, name);
      const { size } = statSync(file);
      return size > MOST_BYTES ? tooLarge(file, size) : recordIn(file, readFileSync(file, "utf8"));
    }),
  );
}

/** The same of files that are not in a folder, such as those of an earlier revision. */
export function recordsIn(files: readonly { file: string; text: string }[]): { filed: Filed[]; findings: Finding[] } {
  return sorted(
    files.map(({ file, text }) => {
      const size = Buffer.byteLength(text);
      return size > MOST_BYTES ? tooLarge(file, size) : recordIn(file, text);
    }),
  );
}

function sorted(read: readonly Read[]): { filed: Filed[]; findings: Finding[] } {
  return {
    filed: read.flatMap((one) => (Array.isArray(one) ? [] : [one])),
    findings: read.flatMap((one) => (Array.isArray(one) ? one : [])),
  };
}

function tooLarge(file: string, bytes: number): Finding[] {
  const wrong = `has ${Math.ceil(bytes / 1024)} KB, and a record may have ${MOST_BYTES / 1024} KB`;
  return [{ file, field: "(whole file)", wrong, cure: "divide the work among several agents, or delete utterances" }];
}

function recordIn(file: string, text: string): Read {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause;
    return [{ file, field: "(whole file)", wrong: `is not valid JSON: ${cause.message}`, cure: "mend the syntax" }];
  }
  const parsed = AgentRecord.safeParse(json);
  if (!parsed.success) return parsed.error.issues.flatMap((issue) => aboutShape(file, issue));
  const cluster = basename(dirname(file));
  if (parsed.data.cluster_id === cluster) return { file, record: parsed.data };
  const cure = `move the file to the folder ${parsed.data.cluster_id}, or correct the field`;
  return [{ file, field: "cluster_id", wrong: `is "${parsed.data.cluster_id}" in the folder ${cluster}`, cure }];
}

const { shape } = AgentRecord;
/** Names of all fields, also of those that stand within another. */
const fieldNames = [shape, shape.intent_patterns.element.shape, shape.data_scopes.element.shape].flatMap(Object.keys);

function aboutShape(file: string, issue: z.core.$ZodIssue): Finding[] {
  const field = issue.path.join(".");
  if (issue.code === "unrecognized_keys")
    return issue.keys.map((key) => {
      const [near] = nearNames(key, fieldNames);
      const cure = near === undefined ? "delete it" : `delete it, or write "${near}" if that is meant`;
      return { file, field: field === "" ? key : `${field}.${key}`, wrong: "is no field of a record", cure };
    });
  if (field === "cluster_id")
    return [{ file, field, wrong: "there is no such cluster", cure: `choose ${shape.cluster_id.options.join(", ")}` }];
  const cure = "manifest/agent.schema.json says what the field must hold";
  return [{ file, field: field || "(whole file)", wrong: issue.message, cure }];
}
