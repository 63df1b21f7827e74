import { type Queryable, type Tx, write } from "../../store/pool.ts";
import { canonical, Definition } from "./definition.ts";
import type { ToolChange, ToolReview } from "./tool-review.ts";

/** Notified when somebody has decided about tools; there is no payload. */
export const TOOLS_CHANNEL = "signalbox_tools";

/** What people released while Signalbox runs, the latest last. */
export async function releasedTools(
  db: Queryable,
  tenantId: string,
): Promise<{ system: string; tool: string; fingerprint: string; definition: Definition }[]> {
  const { rows } = await db.query<{ system: string; tool: string; fingerprint: string; after: string }>(
    `select c.system, c.tool, c.fingerprint, c.after from tool_change c join tool_review r using (tenant_id, review_id)
      where tenant_id = $1 and r.state = 'released' order by r.decided_at, c.tool`,
    [tenantId],
  );
  return rows.map(({ after, ...row }) => ({ ...row, definition: Definition.parse(JSON.parse(after)) }));
}

/**
 * Stores as one open review those of the changes that nobody has stored before.
 * @returns these; none where all are known
 */
export async function insertReview(
  tx: Tx,
  tenantId: string,
  review: { reviewId: string; system: string; changes: readonly ToolChange[] },
): Promise<ToolChange[]> {
  const { reviewId, system, changes } = review;
  // Processes that find the same at the same moment take turns.
  await tx.query("select pg_advisory_xact_lock(hashtextextended($1, 0))", [`tools:${tenantId}:${system}`]);
  const { rows: known } = await tx.query<{ tool: string; fingerprint: string }>(
    "select tool, fingerprint from tool_change where tenant_id = $1 and system = $2 and fingerprint = any($3)",
    [tenantId, system, changes.map(({ fingerprint }) => fingerprint)],
  );
  const keys = new Set(known.map(({ tool, fingerprint }) => `${fingerprint} ${tool}`));
  const fresh = changes.filter(({ tool, fingerprint }) => !keys.has(`${fingerprint} ${tool}`));
  if (fresh.length === 0) return [];
  await tx.query("insert into tool_review (tenant_id, review_id, system, state) values ($1, $2, $3, 'open')", [
    tenantId,
    reviewId,
    system,
  ]);
  await tx.query(
    `insert into tool_change (tenant_id, system, tool, fingerprint, review_id, before, after)
     select $1, $2, tool, fingerprint, $3, before, after
       from unnest($4::text[], $5::text[], $6::text[], $7::text[]) as c (tool, fingerprint, before, after)`,
    [
      tenantId,
      system,
      reviewId,
      // The database takes every character but NUL; the definition keeps it, escaped.
      fresh.map(({ tool }) => tool.replaceAll("\0", "\ufffd")),
      fresh.map(({ fingerprint }) => fingerprint),
      fresh.map(({ before }) => (before === undefined ? null : canonical(before))),
      fresh.map(({ after }) => canonical(after)),
    ],
  );
  return fresh;
}

const COLUMNS = `review_id as "reviewId", number::int as number, system, state, found_at as "foundAt", version, told,
  decided_by as "decidedBy", decided_at as "decidedAt", why`;
type Row = Omit<ToolReview, "changes">;

async function withChanges(db: Queryable, tenantId: string, row: Row | undefined): Promise<ToolReview | undefined> {
  if (row === undefined) return undefined;
  const { rows } = await db.query<{ tool: string; fingerprint: string; before: string | null; after: string }>(
    "select tool, fingerprint, before, after from tool_change where tenant_id = $1 and review_id = $2 order by tool",
    [tenantId, row.reviewId],
  );
  const read = (text: string): Definition => Definition.parse(JSON.parse(text));
  const changes = rows.map(({ tool, fingerprint, before, after }) => ({
    ...{ tool, fingerprint, after: read(after) },
    before: before === null ? undefined : read(before),
  }));
  return { ...row, changes } as ToolReview;
}

export async function loadToolReview(
  db: Queryable,
  tenantId: string,
  reviewId: string,
): Promise<ToolReview | undefined> {
  const { rows } = await db.query<Row>(`select ${COLUMNS} from tool_review where tenant_id = $1 and review_id = $2`, [
    tenantId,
    reviewId,
  ]);
  return withChanges(db, tenantId, rows[0]);
}

export async function toolReviewByNumber(
  db: Queryable,
  tenantId: string,
  number: number,
): Promise<ToolReview | undefined> {
  const { rows } = await db.query<Row>(`select ${COLUMNS} from tool_review where tenant_id = $1 and number = $2`, [
    tenantId,
    number,
  ]);
  return withChanges(db, tenantId, rows[0]);
}

/** The latest first, with the names of the tools that they are about. */
export async function listToolReviews(
  db: Queryable,
  tenantId: string,
  most: number,
): Promise<(Pick<ToolReview, "number" | "system" | "state" | "foundAt"> & { tools: string[] })[]> {
  const { rows } = await db.query<Pick<ToolReview, "number" | "system" | "state" | "foundAt"> & { tools: string[] }>(
    `select r.number::int as number, r.system, r.state, r.found_at as "foundAt", array_agg(c.tool order by c.tool) as tools
       from tool_review r join tool_change c using (tenant_id, review_id)
      where tenant_id = $1 group by r.number, r.system, r.state, r.found_at order by r.number desc limit $2`,
    [tenantId, most],
  );
  return rows;
}

export async function lockToolReview(tx: Tx, tenantId: string, reviewId: string): Promise<ToolReview | undefined> {
  await tx.query("select 1 from tool_review where tenant_id = $1 and review_id = $2 for update", [tenantId, reviewId]);
  return loadToolReview(tx, tenantId, reviewId);
}

/** Writes down what somebody decided, and tells every process when it is committed. */
export async function decideToolReview(
  tx: Tx,
  tenantId: string,
  reviewId: string,
  decision: { state: "released" | "kept-out"; by: string; why: string },
): Promise<void> {
  const { state, by, why } = decision;
  await tx.query(
    `update tool_review set state = $3, decided_by = $4, decided_at = now(), why = $5, version = version + 1
      where tenant_id = $1 and review_id = $2`,
    [tenantId, reviewId, state, by, why],
  );
  await tx.query("select pg_notify($1, '')", [TOOLS_CHANNEL]);
}

/** Reviews whose cards do not show their latest version yet. */
export async function untoldToolReviews(db: Queryable, tenantId: string): Promise<string[]> {
  const { rows } = await db.query<{ id: string }>(
    "select review_id as id from tool_review where tenant_id = $1 and told < version order by number",
    [tenantId],
  );
  return rows.map(({ id }) => id);
}

export async function noteToolReviewTold(tx: Tx, tenantId: string, { reviewId, version }: ToolReview): Promise<void> {
  await write(tx, {
    name: "tool-review-told",
    text: "update tool_review set told = $3 where tenant_id = $1 and review_id = $2",
    values: [tenantId, reviewId, version],
  });
}
