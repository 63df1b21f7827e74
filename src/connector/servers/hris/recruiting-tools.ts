import { z } from "zod";
import { filterId, listRows, lookUp, oneRow } from "../lookup.ts";
import { Count, Day, MAX_ROWS, Text, Wanted } from "../shapes.ts";
import { readTool } from "../tool.ts";
import { DEPARTMENTS } from "./employee-tools.ts";

const POSITIONS = "select position_id as id, title as name from job_opening";

const position = {
  position_id: Text,
  title: Text,
  department: Text,
  location: Text,
  hiring_manager: Text,
  hiring_manager_name: Text,
  recruiter_name: Text,
  openings: Count,
  opened_on: Day,
  wanted_by: Day,
  status: Text,
  days_open: z.number().int(),
  candidate_count: Count,
};
const Position = z.strictObject(position);

/** `candidate_count`: who is still in the running. */
const POSITION = `
  select p.position_id, p.title, p.department, p.location, p.hiring_manager, m.name as hiring_manager_name,
    r.name as recruiter_name, p.openings, p.opened_on, p.wanted_by, p.status, current_date - p.opened_on as days_open,
    (select count(*)::int from candidate c where c.position_id = p.position_id and c.stage not in ('rejected', 'hired'))
      as candidate_count
  from job_opening p join employee m on m.upn = p.hiring_manager join employee r on r.upn = p.recruiter`;

const listPositions = readTool({
  name: "list_positions",
  description: "Positions that are to be filled, also those on hold, of one department or of all.",
  input: { department: Wanted.optional() },
  output: { positions: z.array(Position), total_count: Count, openings_total: Count },
  async run(db, { department: wanted }) {
    const department = await filterId(db, "department", wanted, DEPARTMENTS);
    const { rows, totals } = await listRows<z.infer<typeof Position>, { total_count: number; openings_total: number }>(
      db,
      `select *, count(*) over () as total_count, sum(openings) over ()::int as openings_total
       from (${POSITION}) as one where status <> 'filled' and ($1::text is null or department = $1)
       order by wanted_by, position_id limit ${MAX_ROWS}`,
      [department],
      { total_count: 0, openings_total: 0 },
    );
    return { positions: rows, ...totals };
  },
});

const listPositionNames = readTool({
  name: "list_position_names",
  description: "What positions are called: their titles and their numbers.",
  input: {},
  output: { positions: z.array(z.strictObject({ name: Text })) },
  async run(db) {
    const found = await db.query<{ name: string }>(
      "select title as name from job_opening union select position_id from job_opening order by 1",
    );
    return { positions: found.rows };
  },
});

const getPosition = readTool({
  name: "get_position",
  description: "One position with its hiring manager and recruiter.",
  input: { position: Wanted },
  output: position,
  async run(db, { position: wanted }) {
    const { id } = await lookUp(db, "position", wanted, POSITIONS);
    return oneRow(db, "position", id, `select * from (${POSITION}) as one where position_id = $1`);
  },
});

const StageCount = z.strictObject({
  position_id: Text,
  title: Text,
  applied: Count,
  screening: Count,
  interview: Count,
  offer: Count,
  rejected: Count,
  total: Count,
});

const listStageCounts = readTool({
  name: "list_stage_counts",
  description: "How many candidates are at which stage, for one position or for all that are to be filled. No names.",
  input: { position: Wanted.optional() },
  output: { positions: z.array(StageCount), candidate_total: Count, offer_total: Count },
  async run(db, { position: wanted }) {
    const id = await filterId(db, "position", wanted, POSITIONS);
    const { rows, totals } = await listRows<
      z.infer<typeof StageCount>,
      { candidate_total: number; offer_total: number }
    >(
      db,
      `select p.position_id, p.title,
         count(*) filter (where stage = 'applied')::int as applied,
         count(*) filter (where stage = 'screening')::int as screening,
         count(*) filter (where stage = 'interview')::int as interview,
         count(*) filter (where stage = 'offer')::int as offer,
         count(*) filter (where stage = 'rejected')::int as rejected,
         count(candidate_id)::int as total, sum(count(candidate_id)) over ()::int as candidate_total,
         sum(count(*) filter (where stage = 'offer')) over ()::int as offer_total
       from job_opening p left join candidate using (position_id)
       where case when $1::text is null then status <> 'filled' else p.position_id = $1 end
       group by p.position_id, p.title order by total desc, p.position_id limit ${MAX_ROWS}`,
      [id],
      { candidate_total: 0, offer_total: 0 },
    );
    return { positions: rows, ...totals };
  },
});

const Candidate = z.strictObject({ candidate_id: Text, name: Text, stage: Text, applied_on: Day, source: Text });

const listCandidates = readTool({
  name: "list_candidates",
  description: "Everybody who applied for one position, by name: personal data of people who are not with us.",
  input: { position: Wanted },
  output: { position_id: Text, title: Text, candidates: z.array(Candidate), total_count: Count },
  async run(db, { position: wanted }) {
    const { id, name: title } = await lookUp(db, "position", wanted, POSITIONS);
    const { rows, totals } = await listRows<z.infer<typeof Candidate>, { total_count: number }>(
      db,
      `select candidate_id, name, stage, applied_on, source, count(*) over () as total_count
       from candidate where position_id = $1
       order by array_position(array['offer', 'interview', 'screening', 'applied', 'hired', 'rejected'], stage), name
       limit ${MAX_ROWS}`,
      [id],
      { total_count: 0 },
    );
    return { position_id: id, title, candidates: rows, ...totals };
  },
});

const Interview = z.strictObject({
  interview_id: Text,
  title: Text,
  department: Text,
  held_on: Day,
  starts_at: Text,
  kind: Text,
  interviewer_name: Text,
  room: Text,
});

const listInterviews = readTool({
  name: "list_interviews",
  description: "Interviews from a day on: for which position, when, where and by whom. The candidate is not named.",
  input: { from: Day, within_days: z.number().int().min(1).max(366), department: Wanted.optional() },
  output: { from: Day, interviews: z.array(Interview), total_count: Count },
  async run(db, { from, within_days, department: wanted }) {
    const department = await filterId(db, "department", wanted, DEPARTMENTS);
    const { rows, totals } = await listRows<z.infer<typeof Interview>, { total_count: number }>(
      db,
      `select interview_id, p.title, p.department, held_on, starts_at, kind, e.name as interviewer_name, room,
         count(*) over () as total_count
       from interview i join candidate using (candidate_id) join job_opening p using (position_id)
         join employee e on e.upn = i.interviewer
       where held_on between $1 and $1::date + $2::int and ($3::text is null or p.department = $3)
       order by held_on, starts_at, interview_id limit ${MAX_ROWS}`,
      [from, within_days, department],
      { total_count: 0 },
    );
    return { from, interviews: rows, ...totals };
  },
});

export const recruitingTools = [
  ...[listPositions, listPositionNames, getPosition],
  ...[listStageCounts, listCandidates, listInterviews],
];
