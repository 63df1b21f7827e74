import type { RoutingDecision } from "../routing/router.ts";
import type { Queryable, Tx } from "../store/pool.ts";
import type { Awaits, Turn, TurnReply } from "./turn.ts";

/** A turn as it was recorded. */
export type TurnRecord = {
  turnId: string;
  code: string;
  conversationId: string;
  personId: string | null;
  personName: string;
  text: string;
  parentTurnId: string | null;
  outcome: string;
  routing: RoutingDecision | null;
  agentId: string | null;
  agentVersion: string | null;
  intent: string | null;
  reply: TurnReply;
  latencyMs: number;
  createdAt: Date;
};

const COLUMNS = `turn_id as "turnId", code, conversation_id as "conversationId", person_id as "personId",
  person_name as "personName", text, parent_turn_id as "parentTurnId", outcome, routing, agent_id as "agentId",
  agent_version as "agentVersion", intent, reply, latency_ms as "latencyMs", created_at as "createdAt"`;

/** Records a turn. @throws an error for which `isCodeTaken` is true: then another code is to be tried */
export async function insertTurn(tx: Tx, tenantId: string, code: string, turn: Omit<Turn, "denied">): Promise<void> {
  const { input, reply, routing } = turn;
  const agent = "agent" in reply ? reply.agent : undefined;
  const parent =
    input.resume.kind === "detail"
      ? input.resume.awaits.turnId
      : input.resume.kind === "nothing"
        ? null
        : (input.resume.parentTurnId ?? null);
  await tx.query({
    name: "insert-turn",
    text: `insert into turn (tenant_id, turn_id, code, conversation_id, activity_id, person_id, person_name, text, parent_turn_id,
                       outcome, routing, agent_id, agent_version, intent, reply, latency_ms)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)`,
    values: [
      tenantId,
      input.turnId,
      code,
      input.conversationId,
      input.activityId,
      input.personId,
      input.personName,
      input.text,
      parent,
      reply.kind,
      routing === undefined ? null : JSON.stringify(routing),
      agent?.agentId ?? null,
      agent?.version ?? null,
      agent?.intent ?? null,
      JSON.stringify(reply),
      turn.latencyMs,
    ],
  });
}

/** Codes are short, so now and then one is taken. */
export function isCodeTaken(error: unknown): boolean {
  return error instanceof Error && "constraint" in error && error.constraint === "turn_tenant_id_code_key";
}

/** Two clicks on one choice at one moment: the turn that came first is the one. */
export function isChoiceMade(error: unknown): boolean {
  return error instanceof Error && "constraint" in error && error.constraint === "turn_choice";
}

export async function loadTurn(db: Queryable, tenantId: string, turnId: string): Promise<TurnRecord | undefined> {
  const { rows } = await db.query<TurnRecord>(`select ${COLUMNS} from turn where tenant_id = $1 and turn_id = $2`, [
    tenantId,
    turnId,
  ]);
  return rows[0];
}

export async function turnByCode(db: Queryable, tenantId: string, code: string): Promise<TurnRecord | undefined> {
  const { rows } = await db.query<TurnRecord>(`select ${COLUMNS} from turn where tenant_id = $1 and code = $2`, [
    tenantId,
    code,
  ]);
  return rows[0];
}

/** The latest turns of a person in a conversation, newest first: what a responder reads when they take over. */
export async function recentTurns(
  db: Queryable,
  tenantId: string,
  conversationId: string,
  personId: string,
): Promise<TurnRecord[]> {
  const { rows } = await db.query<TurnRecord>(
    `select ${COLUMNS} from turn
      where tenant_id = $1 and conversation_id = $2 and person_id = $3 and created_at > now() - interval '1 day'
      order by created_at desc limit 6`,
    [tenantId, conversationId, personId],
  );
  return rows;
}

/** What this person is being asked for in this conversation. */
export async function loadExpectation(
  db: Queryable,
  tenantId: string,
  conversationId: string,
  personId: string,
): Promise<Awaits | undefined> {
  const { rows } = await db.query<{ awaits: Awaits }>({
    name: "load-expectation",
    text: `select awaits from expectation
      where tenant_id = $1 and conversation_id = $2 and person_id = $3 and created_at > now() - interval '1 day'`,
    values: [tenantId, conversationId, personId],
  });
  return rows[0]?.awaits;
}

export async function setExpectation(
  tx: Tx,
  tenantId: string,
  conversationId: string,
  personId: string,
  awaits: Awaits,
): Promise<void> {
  await tx.query(
    `insert into expectation (tenant_id, conversation_id, person_id, turn_id, awaits) values ($1, $2, $3, $4, $5)
     on conflict (tenant_id, conversation_id, person_id)
     do update set turn_id = excluded.turn_id, awaits = excluded.awaits, created_at = now()`,
    [tenantId, conversationId, personId, awaits.turnId, JSON.stringify(awaits)],
  );
}

export async function clearExpectation(
  db: Queryable,
  tenantId: string,
  conversationId: string,
  personId: string,
): Promise<boolean> {
  const { rowCount } = await db.query(
    "delete from expectation where tenant_id = $1 and conversation_id = $2 and person_id = $3",
    [tenantId, conversationId, personId],
  );
  return rowCount === 1;
}

/** Session memory ends with the session: what was left open for a day is deleted (R10.2). */
export async function flushSessions(db: Queryable, tenantId: string, now: Date): Promise<void> {
  await db.query("delete from expectation where tenant_id = $1 and created_at < $2::timestamptz - interval '1 day'", [
    tenantId,
    now,
  ]);
}

/** Has this choice on the card of a turn been taken already? */
export async function choiceTaken(
  db: Queryable,
  tenantId: string,
  parentTurnId: string,
  agentId: string,
  intent: string,
): Promise<boolean> {
  const { rowCount } = await db.query(
    "select 1 from turn where tenant_id = $1 and parent_turn_id = $2 and agent_id = $3 and intent = $4",
    [tenantId, parentTurnId, agentId, intent],
  );
  return (rowCount ?? 0) > 0;
}
