import { z } from "zod";
import { listRows, oneRow } from "../lookup.ts";
import { Count, Day, Id, MAX_ROWS, Note, Text } from "../shapes.ts";
import { readTool } from "../tool.ts";

const Passage = z.strictObject({
  policy_id: Text,
  title: Text,
  section: Text,
  snippet: Text,
  updated_on: Day,
  owner_name: Text,
  /** 0 to 1; only good for comparing passages of one answer */
  score: z.number(),
});

const searchPolicies = readTool({
  name: "search_policies",
  description: "Full-text search in the company policies: the sections that answer a question best, with their source.",
  input: { query: Note, limit: z.number().int().min(1).max(20).optional() },
  output: { query: Text, passages: z.array(Passage), total_count: Count },
  async run(db, { query, limit }) {
    // A question has words that no section has: any word may match, and the ranking sorts out which section fits.
    const { rows, totals } = await listRows<z.infer<typeof Passage>, { total_count: number }>(
      db,
      `with wanted as (select replace(plainto_tsquery('english', $1)::text, ' & ', ' | ')::tsquery as q)
       select policy_id, p.title, s.heading as section,
         case when length(s.body) <= 500 then s.body
              else ts_headline('english', s.body, q, 'StartSel="", StopSel="", MinWords=40, MaxWords=80') end as snippet,
         p.updated_on, e.name as owner_name, round(ts_rank(s.search, q, 32)::numeric, 4)::float8 as score,
         count(*) over () as total_count
       from wanted, policy_section s join policy p using (policy_id) join employee e on e.upn = p.owner
       where s.search @@ q order by ts_rank(s.search, q, 32) desc, policy_id, s.position limit $2`,
      [query, limit ?? 5],
      { total_count: 0 },
    );
    return { query, passages: rows, ...totals };
  },
});

const Section = z.strictObject({ heading: Text, text: Text });
const Policy = z.strictObject({ policy_id: Text, title: Text, owner: Text, owner_name: Text, updated_on: Day });

const getPolicy = readTool({
  name: "get_policy",
  description: "The full text of one company policy.",
  input: { policy_id: Id },
  output: { ...Policy.shape, sections: z.array(Section) },
  async run(db, { policy_id }) {
    const row = await oneRow<z.infer<typeof Policy>>(
      db,
      "policy",
      policy_id,
      `select policy_id, p.title, owner, e.name as owner_name, updated_on
       from policy p join employee e on e.upn = p.owner where policy_id = $1`,
    );
    const sections = await db.query<z.infer<typeof Section>>(
      `select heading, body as text from policy_section where policy_id = $1 order by position limit ${MAX_ROWS}`,
      [policy_id],
    );
    return { ...row, sections: sections.rows };
  },
});

const listPolicies = readTool({
  name: "list_policies",
  description: "The policy catalogue: every company policy with its owner.",
  input: {},
  output: { policies: z.array(Policy), total_count: Count },
  async run(db) {
    const { rows, totals } = await listRows<z.infer<typeof Policy>, { total_count: number }>(
      db,
      `select policy_id, p.title, owner, e.name as owner_name, updated_on, count(*) over () as total_count
       from policy p join employee e on e.upn = p.owner order by policy_id limit ${MAX_ROWS}`,
      [],
      { total_count: 0 },
    );
    return { policies: rows, ...totals };
  },
});

export const policyTools = [searchPolicies, getPolicy, listPolicies];
