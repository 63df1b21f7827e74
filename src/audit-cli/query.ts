import { parseArgs } from "node:util";
import { z } from "zod";
import { lineOfLink } from "../audit/export/line.ts";
import type { Link } from "../audit/link.ts";
import { findLinks } from "../audit/query/store.ts";
import { SignalboxError } from "../errors.ts";
import { type Directory, loadDirectory } from "../identity/directory.ts";
import { type Command, say } from "../registry-cli/command.ts";
import { table } from "../registry-cli/table.ts";
import { readTheLog } from "./room.ts";

const Moment = z.union([z.iso.date(), z.iso.datetime({ offset: true })]);
const Options = z.object({
  ...{ run: z.string().optional(), turn: z.string().optional(), agent: z.string().optional() },
  ...{ actor: z.string().optional(), kind: z.string().optional() },
  ...{ since: Moment.optional(), until: Moment.optional() },
  limit: z.coerce.number().int().min(1).max(100_000),
  json: z.boolean(),
});

export const query: Command = {
  summary: "who did what, when: links of a run, a turn, a person, an agent, a kind or a time",
  usage: `query [--run CODE] [--turn CODE] [--actor UPN] [--agent ID] [--kind KIND] [--since T] [--until T] [--limit N] [--json]

All that is given must hold; the latest N links (100) are shown, oldest first.

  --run, --turn     code ("7Q2K") or id, with what came of it
  --actor           address of the people directory, or an id
  --agent           agent_id: what it did, and what was done about it
  --kind            "action.done", or "action.*" for all of them
  --since, --until  2026-11-22 or 2026-11-22T10:00:00Z
  --json            whole links as JSON lines, as an export writes them`,
  async run(args) {
    const { values } = parseArgs({
      args,
      options: {
        ...{ run: { type: "string" }, turn: { type: "string" }, actor: { type: "string" }, agent: { type: "string" } },
        ...{ kind: { type: "string" }, since: { type: "string" }, until: { type: "string" } },
        ...{ limit: { type: "string", default: "100" }, json: { type: "boolean", default: false } },
      },
    });
    const parsed = Options.safeParse(values);
    if (!parsed.success) {
      const [issue] = parsed.error.issues;
      throw new SignalboxError("query-invalid", `--${issue?.path.join(".")}: ${issue?.message}. See: query --help`);
    }
    const { json, ...question } = parsed.data;
    return readTheLog(async ({ pool, config }) => {
      const directory = loadDirectory(config.peopleFile);
      const actor = question.actor && (directory.byUpn(question.actor)?.aadObjectId ?? question.actor);
      const links = await findLinks(pool, config.tenantId, { ...question, actor });
      if (json) for (const link of links) say(lineOfLink(link));
      else say(links.length === 0 ? "No link answers that." : tableOf(links, directory));
      return 0;
    });
  },
};

const WIDEST = 100;

function tableOf(links: readonly Link[], directory: Directory): string {
  return table(
    ["LINK", "AT", "KIND", "ACTOR", "DATA"],
    links.map(({ seq, at, kind, actor, pruned, data }) => [
      String(seq),
      `${at.slice(0, 19)}Z`,
      kind,
      directory.byId(actor ?? "")?.upn ?? actor ?? "",
      pruned === null ? shortened(data) : `(dropped: ${pruned})`,
    ]),
  );
}

const shortened = (text: string): string => (text.length > WIDEST ? `${text.slice(0, WIDEST - 1)}…` : text);
