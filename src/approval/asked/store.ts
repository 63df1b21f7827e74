import { type Queryable, type Tx, write } from "../../store/pool.ts";

/** Who was asked and why; `holderId`: whose say they would use. */
export type Asked = {
  personId: string;
  /** delegated: passed on to them; stands-in: whoever was to be asked is away */
  because: "policy" | "delegated" | "stands-in" | "escalated";
  holderId: string;
  /** for which stage of the question */
  stage: number;
  askedAt: Date;
  seenAt: Date | null;
};

/**
 * Notes whom a stage of a question goes to. Somebody who was asked in it before stays so, unless it is passed on to them now.
 * @returns those who are new
 */
export async function noteAsked(
  tx: Tx,
  tenantId: string,
  { approvalId, stage }: { approvalId: string; stage: number },
  people: readonly Pick<Asked, "personId" | "because" | "holderId">[],
): Promise<string[]> {
  if (people.length === 0) return [];
  const { rows } = await tx.query<{ personId: string }>({
    name: "asked-note",
    text: `insert into approval_asked as known (tenant_id, approval_id, person_id, because, holder_id, stage)
     select $1, $2, person, because, holder, $6
       from unnest($3::text[], $4::text[], $5::text[]) as asked (person, because, holder)
     on conflict (tenant_id, approval_id, person_id)
       do update set stage = excluded.stage,
             because = case when excluded.because = 'delegated' or known.because <> 'delegated' then excluded.because else known.because end,
             holder_id = case when excluded.because = 'delegated' or known.because <> 'delegated' then excluded.holder_id else known.holder_id end
             where known.stage <> excluded.stage or excluded.because = 'delegated'
     returning person_id as "personId"`,
    values: [
      tenantId,
      approvalId,
      people.map(({ personId }) => personId),
      people.map(({ because }) => because),
      people.map(({ holderId }) => holderId),
      stage,
    ],
  });
  return rows.map(({ personId }) => personId);
}

export async function askedFor(db: Queryable, tenantId: string, approvalId: string): Promise<Asked[]> {
  const { rows } = await db.query<Asked>({
    name: "asked-for",
    text: `select person_id as "personId", because, holder_id as "holderId", stage, asked_at as "askedAt", seen_at as "seenAt"
       from approval_asked where tenant_id = $1 and approval_id = $2 order by asked_at, person_id`,
    values: [tenantId, approvalId],
  });
  return rows;
}

/** The first moment at which somebody had a question before them: when they took longer is told from here. */
export async function noteSeen(
  db: Queryable,
  tenantId: string,
  personId: string,
  approvalIds: readonly string[],
): Promise<void> {
  if (approvalIds.length === 0) return;
  await write(db, {
    name: "asked-seen",
    text: `update approval_asked set seen_at = now()
      where tenant_id = $1 and person_id = $2 and approval_id = any($3) and seen_at is null`,
    values: [tenantId, personId, approvalIds],
  });
}

/**
 * What waits for a person, the most urgent first, a page at a time.
 * Their own vote takes it off their list; so does the end of the question.
 */
export async function waitingForPerson(
  db: Queryable,
  tenantId: string,
  personId: string,
  page: { offset: number; limit: number },
): Promise<{ approvalIds: string[]; total: number }> {
  const { rows } = await db.query<{ approvalId: string; total: number }>({
    name: "waiting-for-person",
    text: `select a.approval_id as "approvalId", count(*) over () as total
       from approval_asked s join approval a using (tenant_id, approval_id)
      where s.tenant_id = $1 and s.person_id = $2 and s.stage = a.stage and a.status = 'pending' and a.expires_at > now()
        and not exists (select 1 from approval_vote v where v.tenant_id = $1 and v.approval_id = a.approval_id
                           and v.inputs_version = a.inputs_version and v.actor_id = $2)
      order by a.expires_at, a.approval_id offset $3 limit $4`,
    values: [tenantId, personId, page.offset, page.limit],
  });
  return { approvalIds: rows.map(({ approvalId }) => approvalId), total: rows[0]?.total ?? 0 };
}

/** What waits for a person and is of low risk: what may be approved together. */
export async function lowRiskFor(db: Queryable, tenantId: string, personId: string, limit: number): Promise<string[]> {
  const { rows } = await db.query<{ approvalId: string }>({
    name: "low-risk-for",
    text: `select a.approval_id as "approvalId"
       from approval_asked s join approval a using (tenant_id, approval_id)
      where s.tenant_id = $1 and s.person_id = $2 and s.stage = a.stage and a.status = 'pending' and a.expires_at > now()
        and a.risk = 'low'
        and not exists (select 1 from approval_vote v where v.tenant_id = $1 and v.approval_id = a.approval_id
                           and v.inputs_version = a.inputs_version and v.actor_id = $2)
      order by a.expires_at, a.approval_id limit $3`,
    values: [tenantId, personId, limit],
  });
  return rows.map(({ approvalId }) => approvalId);
}

/** How an approver decides: a share of quick decisions that grows tells of fatigue (approving without reading). */
export type Fatigue = {
  personId: string;
  decisions: number;
  /** seconds from the first view, median; null where no view is known */
  medianSeconds: number | null;
  /** share decided within two seconds of the first view, 0 to 1 */
  shareUnder2s: number | null;
};

export async function approverFatigue(db: Queryable, tenantId: string, days: number): Promise<Fatigue[]> {
  const { rows } = await db.query<Fatigue>(
    `with decision as (
       select actor_id, voted_at as decided_at, seen_at from approval_vote where tenant_id = $1
        union all
       select decided_by, decided_at, s.seen_at
         from approval a left join approval_asked s
              on s.tenant_id = a.tenant_id and s.approval_id = a.approval_id and s.person_id = a.decided_by
        where a.tenant_id = $1 and a.status = 'rejected')
     select actor_id as "personId", count(*)::int as decisions,
            percentile_cont(0.5) within group (order by extract(epoch from decided_at - seen_at))
              filter (where seen_at is not null)::float8 as "medianSeconds",
            (count(*) filter (where decided_at - seen_at < interval '2 seconds'))::float8
              / nullif(count(*) filter (where seen_at is not null), 0) as "shareUnder2s"
       from decision where decided_at > now() - make_interval(days => $2)
      group by actor_id order by decisions desc, actor_id limit 50`,
    [tenantId, days],
  );
  return rows;
}
