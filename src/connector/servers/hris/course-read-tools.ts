import { z } from "zod";
import { filterId, listRows, lookUp, oneRow } from "../lookup.ts";
import { Count, Day, MAX_ROWS, Nullable, Text, Wanted } from "../shapes.ts";
import { personalTool, readTool } from "../tool.ts";
import { EMPLOYEES } from "./employee-tools.ts";
import { lookUpPrivate } from "./private.ts";

export const COURSES = "select course_id as id, title as name from course";
const SUBJECTS = "select distinct subject as id, subject as name from course";

const course = {
  course_id: Text,
  title: Text,
  subject: Text,
  format: Text,
  location: Text,
  hours: Count,
  starts_on: Day,
  trainer: Text,
  mandatory: z.boolean(),
  seats: Count,
  seats_taken: Count,
  seats_left: Count,
  has_begun: z.boolean(),
};
const Course = z.strictObject(course);
export type Course = z.infer<typeof Course>;

export const COURSE = `
  select c.*, taken.n as seats_taken, greatest(c.seats - taken.n, 0) as seats_left, c.starts_on <= current_date as has_begun
  from course c cross join lateral (
    select count(*)::int as n from enrolment where course_id = c.course_id and status = 'enrolled') as taken`;

const listCourses = readTool({
  name: "list_courses",
  description: "Courses that have not begun, with the seats that are left, of one subject or of all.",
  input: { subject: Wanted.optional() },
  output: { courses: z.array(Course), total_count: Count, seats_left_total: Count },
  async run(db, { subject: wanted }) {
    const subject = await filterId(db, "subject", wanted, SUBJECTS);
    const { rows, totals } = await listRows<Course, { total_count: number; seats_left_total: number }>(
      db,
      `select *, count(*) over () as total_count, sum(seats_left) over ()::int as seats_left_total
       from (${COURSE}) as one where not has_begun and ($1::text is null or subject = $1)
       order by starts_on, course_id limit ${MAX_ROWS}`,
      [subject],
      { total_count: 0, seats_left_total: 0 },
    );
    return { courses: rows, ...totals };
  },
});

const listCourseNames = readTool({
  name: "list_course_names",
  description: "What courses are called: their titles and their numbers.",
  input: {},
  output: { courses: z.array(z.strictObject({ name: Text })) },
  async run(db) {
    const found = await db.query<{ name: string }>(
      "select title as name from course union select course_id from course order by 1",
    );
    return { courses: found.rows };
  },
});

const Participant = z.strictObject({ enrolment_id: Text, name: Text, department: Text, enrolled_on: Day });

const getCourse = readTool({
  name: "get_course",
  description: "One course with everybody who has a place on it, and whether a given employee is among them.",
  input: { course: Wanted, employee: Wanted.optional() },
  output: {
    ...course,
    participants: z.array(Participant),
    employee_name: Nullable,
    is_enrolled: z.boolean(),
  },
  async run(db, { course: wanted, employee }) {
    const { id } = await lookUp(db, "course", wanted, COURSES);
    const person = employee === undefined ? undefined : await lookUp(db, "employee", employee, EMPLOYEES);
    const row = await oneRow<Course>(db, "course", id, `select * from (${COURSE}) as one where course_id = $1`);
    const found = await db.query<z.infer<typeof Participant> & { upn: string }>(
      `select enrolment_id, upn, name, department, enrolled_on from enrolment join employee using (upn)
       where course_id = $1 and status = 'enrolled' order by name limit ${MAX_ROWS}`,
      [id],
    );
    const is_enrolled = found.rows.some(({ upn }) => upn === person?.id);
    const participants = found.rows.map(({ upn: _, ...rest }) => rest);
    return { ...row, participants, employee_name: person?.name ?? null, is_enrolled };
  },
});

const Duty = z.strictObject({ course_id: Text, title: Text, due_on: Day, days_left: z.number().int(), next_date: Day });

const listTrainingDuties = personalTool({
  name: "list_training_duties",
  description: "Mandatory courses that one employee has not completed, with the day by which each is due.",
  input: { employee: Wanted },
  output: {
    upn: Text,
    name: Text,
    duties: z.array(Duty),
    total_count: Count,
    overdue_count: Count,
    completed_count: Count,
  },
  async run(db, { employee }, personId) {
    const { id, name } = await lookUpPrivate(db, employee, personId);
    const { rows, totals } = await listRows<z.infer<typeof Duty>, { total_count: number; overdue_count: number }>(
      db,
      `select course_id, title, due_on, due_on - current_date as days_left, starts_on as next_date,
         count(*) over () as total_count, count(*) filter (where due_on < current_date) over () as overdue_count
       from training_duty join course using (course_id) where upn = $1 and completed_on is null
       order by due_on, course_id limit ${MAX_ROWS}`,
      [id],
      { total_count: 0, overdue_count: 0 },
    );
    const done = await db.query<{ n: number }>(
      "select count(*)::int as n from training_duty where upn = $1 and completed_on is not null",
      [id],
    );
    return { upn: id, name, duties: rows, ...totals, completed_count: done.rows[0]?.n ?? 0 };
  },
});

export const courseReadTools = [listCourses, listCourseNames, getCourse, listTrainingDuties];
