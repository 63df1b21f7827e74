import { consentsOf } from "../../memory/consents/store.ts";
import { factsOf } from "../../memory/facts/store.ts";
import type { CardResult } from "../card-result.ts";
import { type BotPorts, type Incoming, replyKey } from "../incoming.ts";
import { post } from "../outbox.ts";

/** Messages of a chat hold about 28 KB. */
const FACTS_IN_A_MESSAGE = 30;

/** Everything that is kept of whoever asks, as JSON, in as many messages as it takes. */
export async function exportMemory(ports: BotPorts, incoming: Incoming): Promise<CardResult> {
  const { pool, tenantId } = ports;
  const { personId, place } = incoming;
  const [facts, areas, now] = await Promise.all([
    factsOf(pool, tenantId, personId),
    consentsOf(pool, tenantId, personId),
    ports.clock.now(pool),
  ]);
  const parts = Math.max(1, Math.ceil(facts.length / FACTS_IN_A_MESSAGE));
  const texts = Array.from({ length: parts }, (_, i) => {
    const some = facts.slice(i * FACTS_IN_A_MESSAGE, (i + 1) * FACTS_IN_A_MESSAGE);
    return fenced({
      format: "signalbox-memory/1",
      personId,
      exportedAt: now,
      part: i + 1,
      of: parts,
      areas,
      facts: some,
    });
  });
  for (const [i, text] of texts.entries())
    await post(
      pool,
      tenantId,
      { conversationId: place.conversationId },
      { text },
      replyKey(incoming, `export:${i}`),
      personId,
    );
  ports.wake();
  return { kind: "said", text: `Exported: ${facts.length}. It is above, as JSON.` };
}

/** A fence in somebody's words would end ours: JSON can say a backtick otherwise. */
function fenced(data: unknown): string {
  return `\`\`\`json\n${JSON.stringify(data, null, 1).replaceAll("`", "\\u0060")}\n\`\`\``;
}
