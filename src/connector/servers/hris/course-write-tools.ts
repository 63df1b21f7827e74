import { z } from "zod";
import { lookUp, oneRow } from "../lookup.ts";
import { Refusal } from "../refusal.ts";
import { Count, Day, Id, Text, Wanted, written } from "../shapes.ts";
import { writeTool } from "../tool.ts";
import { COURSE, COURSES, type Course } from "./course-read-tools.ts";
import { EMPLOYEES } from "./employee-tools.ts";

const Seats = z.strictObject({ seats_left: Count });

const enrolOnCourse = writeTool({
  name: "enrol_on_course",
  description: "Gives one employee a place on a course that has not begun and has a seat left.",
  input: { course: Wanted, employee: Wanted },
  output: { enrolment_id: Text, course_id: Text, title: Text, starts_on: Day, name: Text, ...written(Seats, Seats) },
  compensation: "withdraw_from_course",
  async run(tx, { course: wanted, employee }) {
    const { id } = await lookUp(tx, "course", wanted, COURSES);
    const { id: upn, name } = await lookUp(tx, "employee", employee, EMPLOYEES);
    // The last seat goes to one of two who ask at once.
    await tx.query("select 1 from course where course_id = $1 for update", [id]);
    const course = await oneRow<Course>(tx, "course", id, `select * from (${COURSE}) as one where course_id = $1`);
    const { course_id, title, starts_on, seats, seats_left } = course;
    if (course.has_begun) throw new Refusal(`${title} (${id}) began on ${starts_on}: choose a later course.`);
    if (seats_left === 0) throw new Refusal(`All ${seats} seats of ${title} (${id}) are taken: choose another course.`);
    const added = await tx.query<{ enrolment_id: string }>(
      `insert into enrolment (enrolment_id, course_id, upn) values ('ENR-' || nextval('enrolment_number'), $1, $2)
       on conflict (course_id, upn) where status = 'enrolled' do nothing returning enrolment_id`,
      [id, upn],
    );
    const enrolment_id = added.rows[0]?.enrolment_id;
    if (enrolment_id === undefined) throw new Refusal(`${name} has a place on ${title} (${id}) already.`);
    const after = { seats_left: seats_left - 1 };
    return { ...{ enrolment_id, course_id, title, starts_on, name }, changed: true, before: { seats_left }, after };
  },
});

const withdrawFromCourse = writeTool({
  name: "withdraw_from_course",
  description: "Gives a place on a course back; its seat is free again. Safe to repeat.",
  input: { enrolment_id: Id },
  output: { enrolment_id: Text, course_id: Text, name: Text, ...written(Seats, Seats) },
  async run(tx, { enrolment_id }) {
    const { course_id, name } = await oneRow<{ course_id: string; name: string }>(
      tx,
      "enrolment",
      enrolment_id,
      "select course_id, name from enrolment join employee using (upn) where enrolment_id = $1",
    );
    await tx.query("select 1 from course where course_id = $1 for update", [course_id]);
    const seatsLeft = async () => {
      const sql = `select seats_left from (${COURSE}) as one where course_id = $1`;
      return { seats_left: (await oneRow<{ seats_left: number }>(tx, "course", course_id, sql)).seats_left };
    };
    const before = await seatsLeft();
    const withdrawn = await tx.query(
      "update enrolment set status = 'withdrawn' where enrolment_id = $1 and status = 'enrolled'",
      [enrolment_id],
    );
    return { enrolment_id, course_id, name, changed: withdrawn.rowCount === 1, before, after: await seatsLeft() };
  },
});

export const courseWriteTools = [enrolOnCourse, withdrawFromCourse];
