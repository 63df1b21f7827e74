import { createHash } from "node:crypto";
import type { SearchService } from "../../config.ts";
import type { Hit, OpenSource } from "../opinion.ts";
import { OpinionError } from "../service/failure.ts";
import { eachOf, patiently } from "../service/patience.ts";
import { createRecent } from "../service/recent.ts";
import { createTeller } from "../service/teller.ts";
import { wordingOf } from "../service/wording.ts";
import { openFinder, type SearchPorts } from "./finder.ts";

const NAME = "azure-search";
const AT_ONCE = 4;
const REMEMBERED = 20_000;

/** What an index of Azure AI Search finds alike, which opening brings in step with the registered texts. */
export function searchSource(config: SearchService, ports: SearchPorts): OpenSource {
  const { log, backoffMs = 500 } = ports;
  const teller = createTeller(log, NAME);
  return async (documents, until) => {
    const { version, ranking, embedder, find } = await teller.watch(openFinder(config, ports, documents, until));
    const remembered = createRecent<readonly Hit[]>(REMEMBERED);

    const ask = async (text: string, most: number, signal: AbortSignal | undefined): Promise<Hit[]> => {
      const wording = wordingOf(text);
      if (wording === "" || documents.length === 0) return [];
      // Without a vector the words propose what is judged: less is found, and what is found is judged the same.
      const look = await embedder?.vectorOf(wording, signal).catch(unlessOurs);
      return find(wording, look, { most, signal });
    };
    return {
      name: ranking === "meaning" ? NAME : `${NAME}:words`,
      version,
      ask: (text, { most, signal }) => teller.watch(ask(text, most, signal)),
      askAll: async (texts, { most, signal }) => {
        const wordings = texts.map(wordingOf);
        const distinct = [...new Set(wordings)].filter((one) => one !== "");
        const keyOf = (wording: string): string => createHash("sha256").update(`${most} ${wording}`).digest("hex");
        const known = new Map(distinct.map((wording) => [wording, remembered.get(keyOf(wording))]));
        const missing = distinct.filter((wording) => known.get(wording) === undefined);
        const looks = await embedder?.vectorsOf(missing, signal);
        const learn = async ({ wording, i }: { wording: string; i: number }): Promise<void> => {
          const look = looks?.[i];
          const numbers = look instanceof OpinionError ? undefined : look;
          const hits = await patiently(() => find(wording, numbers, { most, signal }), { backoffMs, signal });
          known.set(wording, hits);
          remembered.set(keyOf(wording), hits);
        };
        const asked = missing.map((wording, i) => ({ wording, i }));
        for (const outcome of await eachOf(asked, AT_ONCE, learn, signal)) teller.failed(outcome);
        return wordings.map((wording) => (wording === "" ? [] : known.get(wording)));
      },
    };
  };
}

function unlessOurs(error: unknown): undefined {
  if (!(error instanceof OpinionError)) throw error;
}
