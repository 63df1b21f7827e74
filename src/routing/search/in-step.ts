import type { IndexDocumentsBatch, IndexingResult, SearchClient } from "@azure/search-documents";
import { z } from "zod";
import { OpinionError, type Service } from "../service/failure.ts";
import { patiently } from "../service/patience.ts";
import type { IndexDocument } from "./document.ts";
import { understood } from "./understood.ts";

/** With vectors of 3,072 numbers 7 MB; the service takes 16 MB and 1,000 documents. */
const BATCH = 200;
const PAGE = 1_000;
/** Single documents that may be taken the next time: a conflict, an index that is busy, too much at once. */
const PASSES = [409, 422, 429, 503];

const Keyed = z.object({ key: z.string().min(1) });

type Options = {
  service: Service;
  backoffMs: number;
  newBatch: () => IndexDocumentsBatch<object>;
  signal: AbortSignal | undefined;
};

/**
 * Brings an index in step with the registry: what is new goes in, then what is gone goes out. Several processes may do it at once:
 * a key stands for one content, so that the same is written and deleted twice at worst.
 * @throws OpinionError; the reason of `signal`, which ends it between two requests
 */
export async function keepInStep(
  client: SearchClient<object>,
  documents: readonly IndexDocument[],
  options: Options,
): Promise<{ added: number; removed: number }> {
  const wanted = new Map(documents.map((document) => [document.key, document]));
  const there = await keysIn(client, options);
  const added = [...wanted.values()].filter(({ key }) => !there.has(key));
  const removed = [...there].filter((key) => !wanted.has(key)).map((key) => ({ key }));
  for (let from = 0; from < added.length; from += BATCH)
    await write(client, "upload", added.slice(from, from + BATCH), options);
  for (let from = 0; from < removed.length; from += PAGE)
    await write(client, "delete", removed.slice(from, from + PAGE), options);
  if (added.length > 0) await patiently(() => areFound(client, added, options), options);
  return { added: added.length, removed: removed.length };
}

/** What was taken is found seconds later; who learned before that would learn that nothing is ever found. */
async function areFound(
  client: SearchClient<object>,
  added: readonly { key: string }[],
  options: Options,
): Promise<void> {
  const there = await keysIn(client, options);
  const hidden = added.filter(({ key }) => !there.has(key)).length;
  const { title, url } = options.service;
  if (hidden > 0)
    throw new OpinionError(
      "broken",
      `${title} ${url} has taken documents that it does not find (${hidden}). Look at its health.`,
    );
}

/** In the order of the keys: skipping pages would end at 100,000, and miss what others write meanwhile. */
async function keysIn(client: SearchClient<object>, { service, backoffMs, signal }: Options): Promise<Set<string>> {
  const keys = new Set<string>();
  const pageAfter = async (last: string | undefined): Promise<string[]> => {
    const filter = last === undefined ? {} : { filter: `key gt '${last.replaceAll("'", "''")}'` };
    const found = await client.search("*", { select: ["key"], orderBy: ["key asc"], top: PAGE, ...filter });
    const page: string[] = [];
    for await (const { document } of found.results) page.push(Keyed.parse(document).key);
    return page;
  };
  for (let last: string | undefined; ; ) {
    const after = last;
    const page = await patiently(() => understood(service, () => pageAfter(after)), { backoffMs, signal });
    for (const key of page) keys.add(key);
    last = page.at(-1);
    if (page.length < PAGE) return keys;
  }
}

/** A batch may succeed in part: only the rest is sent again. */
async function write(
  client: SearchClient<object>,
  verb: "upload" | "delete",
  documents: readonly { key: string }[],
  { service, backoffMs, newBatch, signal }: Options,
): Promise<void> {
  let left = documents;
  const send = async (): Promise<void> => {
    const batch = newBatch();
    batch[verb]([...left]);
    const { results } = await understood(service, () => client.indexDocuments(batch));
    const done = new Set(results.flatMap(({ key, succeeded }) => (succeeded ? [key] : [])));
    left = left.filter(({ key }) => !done.has(key));
    if (left.length > 0) throw notTaken(service, verb, left.length, results);
  };
  await patiently(send, { backoffMs, signal });
}

function notTaken(service: Service, verb: string, documents: number, results: readonly IndexingResult[]): OpinionError {
  const failed = results.filter(({ succeeded }) => !succeeded);
  const isPassing = failed.every(({ statusCode }) => PASSES.includes(statusCode));
  const why =
    failed[0] === undefined ? "no reason" : `${failed[0].statusCode}: ${failed[0].errorMessage ?? "no reason"}`;
  return new OpinionError(
    isPassing ? "broken" : "refused",
    `${service.title} ${service.url} did not ${verb} ${documents} documents (${why}). Is ${service.settings.part} an index of this fleet alone?`,
  );
}
