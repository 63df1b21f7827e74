import { readFileSync } from "node:fs";
import { z } from "zod";
import { SignalboxError } from "../errors.ts";
import { classifications } from "./classification.ts";

/** One entry of the people directory. `aadObjectId` is who somebody is; names and addresses are only how they are shown. */
export const Person = z.object({
  aadObjectId: z.uuid(),
  upn: z.email().toLowerCase(),
  name: z.string().min(1),
  givenName: z.string(),
  surname: z.string(),
  title: z.string(),
  department: z.string(),
  roles: z.array(z.string().min(1)),
  /** the closest held data that they may see of others; what is their own they may always see */
  clearance: z.enum(classifications).default("confidential"),
  /** upn of the manager; null at the top of the tree */
  manager: z.string().nullable(),
  /** id in the channel: "29:…" */
  teamsId: z.string().min(1),
  kind: z.enum(["person", "shared-mailbox", "group"]),
  enabled: z.boolean(),
});
export type Person = z.infer<typeof Person>;

/** The people of the tenant. Look-ups never throw: a stranger is `undefined`, and a stranger may ask but never decide. */
export type Directory = {
  people: readonly Person[];
  byId(aadObjectId: string | undefined): Person | undefined;
  byUpn(upn: string): Person | undefined;
  /** enabled people whose name or address contains the text; best match first */
  named(text: string): Person[];
};

/** @throws SignalboxError "people-file-invalid" naming the entry, the field and the cure */
export function loadDirectory(file: string): Directory {
  let json: unknown;
  try {
    json = JSON.parse(readFileSync(file, "utf8"));
  } catch (cause) {
    const why = cause instanceof SyntaxError ? "is not valid JSON" : "cannot be read";
    throw new SignalboxError(
      "people-file-invalid",
      `The people directory ${file} ${why}: mend it or set PEOPLE_FILE.`,
      {
        cause,
      },
    );
  }
  const parsed = z.array(Person).safeParse(json);
  if (!parsed.success) {
    const lines = parsed.error.issues.slice(0, 10).map((issue) => `  entry ${issue.path.join(".")}: ${issue.message}`);
    throw new SignalboxError("people-file-invalid", `The people directory ${file} has errors:\n${lines.join("\n")}`);
  }
  return createDirectory(parsed.data);
}

function createDirectory(people: readonly Person[]): Directory {
  const ids = new Map(people.map((person) => [person.aadObjectId.toLowerCase(), person]));
  const upns = new Map(people.map((person) => [person.upn, person]));
  const living = people.filter((person) => person.kind === "person" && person.enabled);
  return {
    people,
    byId(aadObjectId) {
      const person = aadObjectId === undefined ? undefined : ids.get(aadObjectId.toLowerCase());
      return person?.enabled ? person : undefined;
    },
    byUpn: (upn) => upns.get(upn.toLowerCase()),
    named(text) {
      const wanted = text.trim().toLowerCase();
      if (wanted === "") return [];
      const exact = living.filter((person) => person.name.toLowerCase() === wanted || person.upn === wanted);
      return exact.length > 0 ? exact : living.filter((person) => person.name.toLowerCase().includes(wanted));
    },
  };
}
