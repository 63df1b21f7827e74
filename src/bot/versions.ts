import { randomUUID } from "node:crypto";
import { appendAudit } from "../audit/store.ts";
import { renderNotice } from "../card/notice.ts";
import { messageOf, SignalboxError } from "../errors.ts";
import { mayOperateFleet } from "../policy/may-operate.ts";
import type { Ended } from "../registry/canary.ts";
import { loadVersion, lockPointer, type Pointer, setPointer, versionsOf } from "../registry/versions/store.ts";
import { type Origin, type RolledBack, rollBack, type Undoing, undoRun } from "../run/rollback.ts";
import { runByCode } from "../run/store.ts";
import { transaction } from "../store/pool.ts";
import { underFreeCode } from "../turn/commit-turn.ts";
import { insertTurn } from "../turn/store.ts";
import { agentCalled } from "./agent-called.ts";
import { type CardResult, refused } from "./card-result.ts";
import type { BotPorts, Incoming } from "./incoming.ts";
import { post } from "./outbox.ts";
import { chatWith } from "./present-ports.ts";

const notOperators = refused(
  403,
  "NotYours",
  "You cannot do this",
  "The platform team and security say which version serves. Nothing was changed.",
);

function unknownAgent(ports: BotPorts, typed: string): CardResult {
  const names = ports.registry.agents.map(({ display_name }) => display_name).join(", ");
  return refused(404, "NotFound", `There is no agent “${typed.slice(0, 60)}”`, `Agents are: ${names}.`);
}

export async function listVersions(ports: BotPorts, incoming: Incoming, name: string): Promise<CardResult | undefined> {
  const agent = agentCalled(ports, name);
  // "versions of the contract" is no command: it is to be routed.
  if (agent === undefined) return undefined;
  if (!mayOperateFleet(ports, incoming.person).permitted) return notOperators;
  const pointer = ports.fleet.pointer(agent.agent_id);
  const lines = (await versionsOf(ports.pool, ports.tenantId, agent.agent_id)).map(
    ({ number, contentHash, registeredAt }) => {
      const state =
        number === pointer?.active
          ? " · serves"
          : number === pointer?.canary
            ? ` · tried on ${pointer.canaryShare} %`
            : "";
      return `Version ${number} · ${registeredAt.toISOString().slice(0, 10)} · ${contentHash.slice(0, 12)}${state}`;
    },
  );
  return {
    kind: "card",
    card: renderNotice("default", `Versions of ${agent.display_name}`, lines.join("\n\n")),
    isNews: true,
  };
}

/** The operator's words become a turn, so that what follows from them has a code, a lineage and an author like anything else. */
async function withOrigin(
  ports: BotPorts,
  incoming: Incoming,
  text: string,
  work: (origin: Origin) => Promise<RolledBack>,
): Promise<RolledBack & { code: string }> {
  const { conversationId } = incoming.place;
  const turnId = randomUUID();
  const { activityId, person, personId, personName } = incoming;
  const input = {
    turnId,
    conversationId,
    activityId,
    text,
    person,
    personId,
    personName,
    resume: { kind: "nothing" } as const,
  };
  const reply = { kind: "refused", agent: undefined, told: "An operator's command." } as const;
  return underFreeCode(async (code) => {
    await transaction(ports.pool, (tx) =>
      insertTurn(tx, ports.tenantId, code, { input, reply, routing: undefined, latencyMs: 0 }),
    );
    return { code, ...(await work({ code, turnId, conversationId })) };
  });
}

export async function rollBackAgent(
  ports: BotPorts,
  incoming: Incoming,
  wish: { agent: string; to: number; replay: boolean },
): Promise<CardResult> {
  const agent = agentCalled(ports, wish.agent);
  if (agent === undefined) return unknownAgent(ports, wish.agent);
  const operator = { person: incoming.person, id: incoming.personId };
  const text = `roll back ${agent.display_name} to version ${wish.to}${wish.replay ? " and replay" : ""}`;
  return shown(ports, agent.display_name, () =>
    withOrigin(ports, incoming, text, (origin) =>
      rollBack(ports, operator, { agentId: agent.agent_id, to: wish.to, replay: wish.replay }, origin),
    ),
  );
}

export async function undoByCode(ports: BotPorts, incoming: Incoming, code: string): Promise<CardResult> {
  const run = await runByCode(ports.pool, ports.tenantId, code);
  if (run === undefined)
    return refused(404, "NotFound", "I do not know that request", "Type “my requests” to see your codes.");
  const operator = { person: incoming.person, id: incoming.personId };
  return shown(ports, code, () =>
    withOrigin(ports, incoming, `undo ${code}`, (origin) => undoRun(ports, operator, run.runId, origin)),
  );
}

async function shown(
  ports: BotPorts,
  what: string,
  work: () => Promise<RolledBack & { code: string }>,
): Promise<CardResult> {
  let done: RolledBack & { code: string };
  try {
    done = await work();
  } catch (error) {
    if (!(error instanceof SignalboxError)) throw error;
    return refused(409, "NotNow", "That is not possible now", `${messageOf(error)} Nothing further was begun.`);
  }
  ports.wake();
  if (done.outcome !== "done") {
    const [status, title] =
      done.outcome === "not-yours" ? ([403, "You cannot do this"] as const) : ([409, "That is not possible"] as const);
    return refused(status, "Refused", title, `${done.why} Nothing was changed.`);
  }
  const { from, to, undoings, later, runId, code } = done;
  const switched = to === undefined ? "" : `Version ${to} serves from now on (before: ${from}). `;
  const lines = undoings.slice(0, 20).map(lineOf);
  const more = undoings.length + later - lines.length;
  const next =
    runId === undefined
      ? "There is nothing that could be taken back by itself."
      : `Taking back what can be is proposed as ${code}: it runs when somebody else has approved it.`;
  const rest = [...lines, ...(more > 0 ? [`… and ${more} more`] : [])].join("\n\n");
  const title = to === undefined ? `What ${what} did` : `${what} is rolled back`;
  return { kind: "card", card: renderNotice("accent", title, `${switched}${next}\n\n${rest}`), isNews: true };
}

function lineOf(one: Undoing, i: number): string {
  const said =
    one.can !== "be undone"
      ? one.why
      : one.would.length === 0
        ? "It is so already."
        : one.would.map(({ label, from, to }) => `${label}: ${from} → ${to}`).join(", ");
  return `${i + 1}. ${one.action.proposal.summary}: can ${one.can}. ${said}`.slice(0, 300);
}

/** "canary invoice agent version 5 at 20 percent" */
export async function tryVersion(
  ports: BotPorts,
  incoming: Incoming,
  wish: { agent: string; version: number; share: number },
): Promise<CardResult> {
  const agent = agentCalled(ports, wish.agent);
  if (agent === undefined) return unknownAgent(ports, wish.agent);
  if (!mayOperateFleet(ports, incoming.person).permitted) return notOperators;
  if (wish.share < 1 || wish.share > 50)
    return refused(
      400,
      "BadShare",
      "That share is not possible",
      "Choose between 1 and 50 percent. Nothing was changed.",
    );
  if ((await loadVersion(ports.pool, ports.tenantId, agent.agent_id, wish.version)) === undefined)
    return refused(
      404,
      "NotFound",
      `There is no version ${wish.version}`,
      `Type “versions ${agent.display_name}” to see them.`,
    );
  const { agent_id: agentId, display_name: name } = agent;
  await movePointer(ports, incoming, agentId, "agent.canary-begun", ({ active }) => ({
    ...{ active, canary: wish.version, canaryShare: wish.share },
  }));
  return {
    kind: "said",
    text: `${wish.share} % of the conversations of ${name} try version ${wish.version} from now on. It ends by itself when it breaks the agent's promises; “promote ${name}” makes it serve all.`,
  };
}

export async function promote(ports: BotPorts, incoming: Incoming, name: string): Promise<CardResult | undefined> {
  const agent = agentCalled(ports, name);
  if (agent === undefined) return undefined;
  if (!mayOperateFleet(ports, incoming.person).permitted) return notOperators;
  // Under the lock: a canary that has just been ended for a breach must not come to serve all.
  const moved = await movePointer(ports, incoming, agent.agent_id, "agent.promoted", ({ canary }) =>
    canary === null ? undefined : { active: canary, canary: null, canaryShare: 0 },
  );
  return moved === undefined
    ? refused(409, "NoCanary", "No version is being tried", "There is nothing to promote. Nothing was changed.")
    : { kind: "said", text: `${agent.display_name} is version ${moved.active} for everybody from now on.` };
}

type NewPointer = Pick<Pointer, "active" | "canary" | "canaryShare">;

async function movePointer(
  ports: BotPorts,
  incoming: Incoming,
  agentId: string,
  kind: string,
  to: (now: Pick<Pointer, "active" | "canary">) => NewPointer | undefined,
): Promise<NewPointer | undefined> {
  return transaction(ports.pool, async (tx) => {
    const now = await lockPointer(tx, ports.tenantId, agentId);
    const next = now === undefined ? undefined : to(now);
    if (next === undefined) return undefined;
    await setPointer(tx, ports.tenantId, agentId, { ...next, by: incoming.personId });
    await appendAudit(tx, {
      tenantId: ports.tenantId,
      kind,
      actor: incoming.personId,
      data: { agentId, before: now, ...next },
    });
    return next;
  });
}

/** A canary was ended: whoever answers for the agent hears why. */
export async function tellOwner(ports: BotPorts, { agentId, version, why }: Ended): Promise<void> {
  const owner = ports.ownerOf(agentId);
  if (owner === undefined) return;
  const target = await chatWith(ports.pool, ports.tenantId, owner);
  const text = `${why}. All conversations go to the version that served before. Nothing else was changed.`;
  const card = renderNotice("attention", `${ports.agentName(agentId)}: version ${version} is not tried any more`, text);
  await post(ports.pool, ports.tenantId, target, { card }, `canary-ended:${agentId}:${version}:${Date.now()}`);
  ports.wake();
}
