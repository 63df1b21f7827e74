import { renderMemory } from "../../card/memory.ts";
import { renderNotice } from "../../card/notice.ts";
import { clusterNames } from "../../card/shared.ts";
import { consentsOf } from "../../memory/consents/store.ts";
import type { Fact } from "../../memory/fact.ts";
import { factsOf } from "../../memory/facts/store.ts";
import { confirm, forget, optOut } from "../../memory/forget.ts";
import { keep } from "../../memory/keep.ts";
import { type CardResult, refused } from "../card-result.ts";
import { clusterByName } from "../cluster-wanted.ts";
import type { BotPorts, Incoming } from "../incoming.ts";

/** All that is kept of whoever asks, whatever its state. */
export async function listMemory(ports: BotPorts, incoming: Incoming, page: number): Promise<CardResult> {
  const { pool, tenantId } = ports;
  const [facts, consents] = await Promise.all([
    factsOf(pool, tenantId, incoming.personId),
    consentsOf(pool, tenantId, incoming.personId),
  ]);
  return { kind: "card", card: renderMemory({ facts, consents, page }), isNews: true };
}

const unknown = refused(404, "NotFound", "I do not remember that", "Type “memory” to see all that I keep.");

/** The fact of this person that a button means. */
export async function ownFact(ports: BotPorts, incoming: Incoming, factId: string): Promise<Fact | undefined> {
  return (await factsOf(ports.pool, ports.tenantId, incoming.personId)).find((fact) => fact.factId === factId);
}

/** The one that is called so, with " in AREA" where several are. */
export async function factNamed(ports: BotPorts, incoming: Incoming, said: string): Promise<Fact | CardResult> {
  const facts = await factsOf(ports.pool, ports.tenantId, incoming.personId);
  const isCalled = (name: string) => (fact: Fact) => fact.name.toLowerCase() === name.toLowerCase();
  const named = /^(.+) (?:in|for) (.+)$/i.exec(said);
  const area = named === null ? undefined : clusterByName(named[2] ?? "");
  const inArea = facts.filter((fact) => fact.clusterId === area).filter(isCalled(named?.[1] ?? ""));
  const [only, ...others] = [...facts.filter(isCalled(said)), ...inArea];
  if (only === undefined) return unknown;
  if (others.length === 0) return only;
  const areas = [only, ...others].map(({ clusterId }) => clusterNames[clusterId] ?? clusterId).join(", ");
  return refused(
    409,
    "NotUnique",
    `“${said}” means something in several areas`,
    `Say which one, as in “forget ${said} in finance”: ${areas}.`,
  );
}

export function isFact(found: Fact | CardResult): found is Fact {
  return "factId" in found;
}

/** "forget my customer", "forget everything", "forget everything in finance". */
export async function forgetAsTyped(ports: BotPorts, incoming: Incoming, what: string): Promise<CardResult> {
  const all = /^(?:everything|all of it|all)(?: (?:in|for) (.+))?$/i.exec(what.trim());
  if (all === null) {
    const fact = await factNamed(
      ports,
      incoming,
      what
        .replace(/^that /i, "")
        .replaceAll(/["“”]/g, "")
        .trim(),
    );
    return isFact(fact) ? forgetFact(ports, fact) : fact;
  }
  const clusterId = all[1] === undefined ? undefined : clusterByName(all[1]);
  if (all[1] !== undefined && clusterId === undefined) return noSuchArea(all[1]);
  const { pool, tenantId } = ports;
  const facts = await factsOf(pool, tenantId, incoming.personId);
  const meant = facts.filter((fact) => clusterId === undefined || fact.clusterId === clusterId);
  const gone = await forget(
    ports,
    incoming.personId,
    meant.map(({ factId }) => factId),
  );
  ports.wake();
  return { kind: "said", text: gone === 0 ? "There was nothing to forget." : `Forgotten: ${gone}. It is deleted.` };
}

export async function forgetFact(ports: BotPorts, fact: Fact): Promise<CardResult> {
  await forget(ports, fact.personId, [fact.factId]);
  ports.wake();
  return { kind: "said", text: `Forgotten: “${fact.name}”. It is deleted.` };
}

export async function correctFact(ports: BotPorts, fact: Fact, value: string): Promise<CardResult> {
  const { personId, clusterId, kind, name } = fact;
  const kept = await keep(ports, { personId, clusterId, kind, name, value, source: "own-words" });
  ports.wake();
  if (kept.outcome === "refused") return refused(400, "NotKept", "I cannot keep that", kept.why);
  if (kept.outcome === "no-consent") return unknown;
  if (kept.outcome === "quarantined") return quarantined(name);
  return { kind: "said", text: `Corrected: “${name}” means ${kept.fact.value} now.` };
}

export async function confirmFact(ports: BotPorts, fact: Fact): Promise<CardResult> {
  const done = await confirm(ports, fact.personId, fact.factId);
  ports.wake();
  if (!done)
    return refused(
      409,
      "NotWaiting",
      `“${fact.name}” does not wait for your word`,
      "Type “memory” to see where it stands.",
    );
  return {
    kind: "said",
    text: `Kept: “${fact.name}” means ${fact.value}. What is done with it is confirmed with you.`,
  };
}

export async function stopRemembering(ports: BotPorts, incoming: Incoming, clusterId: string): Promise<CardResult> {
  const gone = await optOut(ports, incoming.personId, clusterId);
  ports.wake();
  const area = clusterNames[clusterId] ?? clusterId;
  if (gone === undefined) return { kind: "said", text: `Nothing was remembered in ${area}.` };
  const text = `What was kept there is deleted: ${gone}. Agents of ${area} remember nothing of you.`;
  return { kind: "card", card: renderNotice("good", `Memory is off in ${area}`, text), isNews: true };
}

/** The same question again, in the words that were kept. */
export function searchAgain(fact: Fact): CardResult {
  if (fact.kind !== "search" || fact.state !== "kept")
    return refused(
      409,
      "NoSearch",
      `“${fact.name}” is no search that can be run`,
      "Type “memory” to see where it stands.",
    );
  const card = renderNotice("default", `Search “${fact.name}”`, fact.value);
  return { kind: "continues", card, resume: { kind: "nothing" }, text: fact.value };
}

export function quarantined(name: string): CardResult {
  const text = `“${name}” is not used before whoever leads the area, or security, has looked at it: it reads like an order to an agent.`;
  return { kind: "card", card: renderNotice("warning", "Put aside", text), isNews: true };
}

export function noSuchArea(said: string): CardResult {
  const areas = Object.values(clusterNames).join(", ");
  return refused(400, "NoSuchCluster", `There is no area “${said}”`, `Areas are: ${areas}.`);
}
