import type { Scene } from "./scene.ts";

const dayFormat = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "long", year: "numeric", timeZone: "UTC" });
/** A day as people write it: leave can only be asked for in days to come. */
const dayIn = (days: number): string => dayFormat.format(new Date(Date.now() + days * 86_400_000));
/** A day as cards write it, with September as the British shorten it. */
const day = (sql: string): string => `replace(to_char(${sql}, 'FMDD Mon YYYY'), 'Sep ', 'Sept ')`;
const money = (sql: string): string => `to_char(${sql}, 'FM999,999,990.00') || ' EUR'`;
const upn = (name: string): string => `'${name}@contoso.example'`;
/** Cells side by side on a card are lines below each other in its text. */
const cells = (...sql: string[]): string => `concat_ws(E'\\n', ${sql.join(", ")})`;

const onboarding: readonly Scene[] = [
  {
    intent: "onboarding-checklist",
    says: "Which tasks are on the onboarding list of Petra Malik?",
    by: "amara.diallo",
    truth: `select title, ${day("due_on")} from hris.onboarding_task where upn = ${upn("petra.malik")}`,
  },
  {
    intent: "onboarding-progress",
    says: "Overview of the new joiners and how they are getting on",
    by: "amara.diallo",
    truth: `select name, count(*) filter (where done) || ' of ' || count(*)
      from hris.onboarding_task join hris.employee using (upn) group by name`,
  },
  {
    intent: "prepare-workplace",
    says: "Have IT prepare a workplace for Petra Malik",
    by: "amara.diallo",
    truth: `select upn from hris.onboarding where upn = ${upn("petra.malik")}`,
  },
];

const policies: readonly Scene[] = [
  {
    intent: "policy-question",
    says: "How many days a week can office roles be done from home?",
    truth: "select body from hris.policy_section where policy_id = 'POL-03' and heading = 'Basic rule'",
  },
  {
    intent: "policy-read",
    says: "Please put POL-15 on my screen",
    truth: `select heading, body from hris.policy_section where policy_id = 'POL-15'
      union all select e.name, ${day("updated_on")} from hris.policy p join hris.employee e on e.upn = p.owner where policy_id = 'POL-15'`,
  },
  {
    intent: "leave-rules",
    says: "What are our rules for the length and pay of parental leave?",
    truth: "select body from hris.policy_section where policy_id = 'POL-02' and heading = 'Length and pay'",
  },
];

const leave: readonly Scene[] = [
  {
    intent: "leave-left",
    says: "How many holiday days remain for me this year?",
    truth: `select (entitlement_days + carried_over_days - taken_earlier_days - (
        select sum(hris.working_days(from_day, to_day)) from hris.leave l where l.upn = b.upn and kind = 'annual' and status = 'booked')
      )::float8 || ' days of leave left' from hris.leave_balance b where upn = ${upn("noah.fischer")}`,
  },
  {
    intent: "who-is-away",
    says: "Which colleagues from IT are on leave today?",
    truth: `select name, ${day("to_day")} from hris.leave join hris.employee using (upn)
      where current_date between from_day and to_day and hris.working_days(from_day, to_day) > 0 and department = 'IT'`,
    not: "select name from hris.leave join hris.employee using (upn) where current_date not between from_day and to_day",
  },
  {
    intent: "request-leave",
    says: `Book annual leave for me from ${dayIn(90)} to ${dayIn(93)}`,
    truth: `select ${day("current_date + 90")}, ${day("current_date + 93")}, to_char(
        entitlement_days + carried_over_days - taken_earlier_days - hris.working_days(current_date + 90, current_date + 93) - (
          select sum(hris.working_days(from_day, to_day)) from hris.leave l where l.upn = b.upn and kind = 'annual' and status = 'booked'),
        'FM990.00') from hris.leave_balance b where upn = ${upn("noah.fischer")}`,
  },
  {
    intent: "cancel-leave",
    says: "Please cancel LV-9038, I would rather work then",
    truth: `select ${day("from_day")}, ${day("to_day")}, 'booked, ' || hris.working_days(from_day, to_day) || ' days'
      from hris.leave where leave_id = 'LV-9038'`,
  },
  {
    intent: "leave-entries",
    says: "Which leave entries of mine are on file, with number and status?",
    truth: `select leave_id, ${day("from_day")}, ${day("to_day")} from hris.leave where upn = ${upn("noah.fischer")}`,
    not: `select leave_id from hris.leave where upn <> ${upn("noah.fischer")}`,
  },
  {
    intent: "team-leave",
    says: "Show the leave of my team, and whether absences overlap",
    by: "yusuf.demir",
    truth: `select name, ${day("from_day")} from hris.leave join hris.employee using (upn) where manager = ${upn("yusuf.demir")}
      and status = 'booked' and from_day <= current_date + 60 and to_day >= current_date`,
    not: `select distinct name from hris.leave join hris.employee using (upn)
      where manager <> ${upn("yusuf.demir")} and upn <> ${upn("yusuf.demir")}`,
  },
];

const courses: readonly Scene[] = [
  {
    intent: "enrol-course",
    says: "Put my name down for the course Business English",
    truth: `select course_id, ${day("starts_on")}, 'the course lasts ' || hours || ' hours'
      from hris.course where title = 'Business English'`,
  },
  {
    intent: "find-courses",
    says: "Which courses on languages could be joined?",
    truth: `select title, ${day("starts_on")}, (seats - (
        select count(*) from hris.enrolment e where e.course_id = c.course_id and status = 'enrolled')) || ' of ' || seats
      from hris.course c where subject = 'languages'`,
    not: "select title from hris.course where subject <> 'languages'",
  },
  {
    intent: "course-participants",
    says: "Who are the participants of the course Excel for Analysts?",
    truth: `select name, enrolment_id from hris.enrolment join hris.employee using (upn)
      where course_id = 'CRS-209' and status = 'enrolled'`,
    not: `select name from hris.enrolment join hris.employee using (upn) where course_id = 'CRS-209' and status = 'withdrawn'`,
  },
  {
    intent: "training-due",
    says: "Which compulsory courses are still due for me, and when?",
    truth: `select title, ${cells(day("due_on"), "due_on - current_date")} from hris.training_duty join hris.course using (course_id)
      where upn = ${upn("noah.fischer")} and completed_on is null`,
    not: `select title from hris.training_duty join hris.course using (course_id)
      where upn = ${upn("noah.fischer")} and completed_on is not null`,
  },
];

const recruiting: readonly Scene[] = [
  {
    intent: "open-positions",
    says: "Which vacancies are open in Operations?",
    truth: `select p.title, e.name, ${day("wanted_by")} from hris.job_opening p join hris.employee e on e.upn = hiring_manager
      where p.department = 'Operations' and status <> 'filled'`,
    not: "select title from hris.job_opening where department <> 'Operations'",
  },
  {
    intent: "candidate-stages",
    says: "How many candidates for Platform Engineer are at which stage?",
    truth: `select 'POS-303\\)' || E'\\n' || string_agg((
        select count(*) from hris.candidate where position_id = 'POS-303' and stage = s)::text, E'\\n' order by n)
      from unnest(array['applied', 'screening', 'interview', 'offer', 'rejected']) with ordinality as stages (s, n)`,
    not: "select name from hris.candidate where position_id = 'POS-303'",
  },
  {
    intent: "position-candidates",
    says: "Give me the names of the applicants for Platform Engineer",
    by: "sofia.rossi",
    truth: `select ${cells("name", "stage", day("applied_on"))} from hris.candidate where position_id = 'POS-303'`,
    not: "select name from hris.candidate where position_id <> 'POS-303'",
  },
  {
    intent: "interviews-coming",
    says: "Which job interviews are planned for Support?",
    truth: `select p.title, ${day("held_on")} || ', ' || starts_at, e.name, room
      from hris.interview i join hris.candidate using (candidate_id) join hris.job_opening p using (position_id)
        join hris.employee e on e.upn = i.interviewer
      where p.department = 'Support' and held_on between current_date and current_date + 14`,
    not: "select title from hris.job_opening where department <> 'Support' union all select name from hris.candidate",
  },
];

const directory: readonly Scene[] = [
  {
    intent: "who-is-colleague",
    says: "What position does Marta Ricci hold, and at which site?",
    truth: `select e.title, e.location, m.name, e.upn from hris.employee e join hris.employee m on m.upn = e.manager
      where e.upn = ${upn("marta.ricci")}`,
  },
  {
    intent: "direct-reports",
    says: "Which people report to Tomas Novak?",
    truth: `select name, title from hris.employee where manager = ${upn("tomas.novak")}`,
    not: `select name from hris.employee where manager = ${upn("sofia.rossi")} and upn <> ${upn("tomas.novak")}`,
  },
  {
    intent: "people-of-department",
    says: "Which people work in Legal in Amsterdam?",
    truth: "select name, title from hris.employee where department = 'Legal'",
    not: `select name from hris.employee where department = 'HR' and upn <> ${upn("viktor.petrov")}`,
  },
  {
    intent: "who-holds-position",
    says: "Which of our colleagues is the logistics planner?",
    truth: "select name, location from hris.employee where title = 'Logistics Planner'",
  },
];

const benefits: readonly Scene[] = [
  {
    intent: "benefits-overview",
    says: "Which benefits for health does the company offer?",
    truth: `select name, provider, ${money("company_share")} from hris.benefit where category = 'health'`,
    not: "select name from hris.benefit where category <> 'health'",
  },
  {
    intent: "benefit-eligibility",
    says: "Which of the benefits am I entitled to by now, and which not?",
    truth: `select ${cells("b.name", "'no'", "'from ' || min_service_months || ' months of service on'")}
      from hris.benefit b join hris.employee e on e.upn = ${upn("noah.fischer")}
      where e.start_date + min_service_months * interval '1 month' > current_date
      union all select ${cells("name", "'has it'", "'was chosen'", day("since"))}
      from hris.benefit_choice join hris.benefit using (benefit_id) where upn = ${upn("noah.fischer")}`,
  },
  {
    intent: "benefit-deadlines",
    says: "By which day must benefits be chosen before enrolment closes?",
    truth: `select name, ${cells(day("enrolment_closes"), "enrolment_closes - current_date")} from hris.benefit
      where enrolment_closes >= current_date`,
    not: "select name from hris.benefit where enrolment_closes is null",
  },
];

const reviews: readonly Scene[] = [
  {
    intent: "review-progress",
    says: "How far is Finance with its performance reviews?",
    truth: `select department || E'\\n' || string_agg((
        select count(*) from hris.review join hris.employee using (upn)
        where cycle_id = 'RC-26' and department = 'Finance' and status = s)::text, E'\\n' order by n)
      from (select 'Finance' as department) as d,
        unnest(array['not started', 'self review', 'manager review', 'talk held', 'signed']) with ordinality as steps (s, n)
      group by department`,
    not: "select name from hris.review join hris.employee using (upn) where department = 'Finance'",
  },
  {
    intent: "review-todo",
    says: "Which reviews do I still have to write in this cycle?",
    by: "oskar.lindholm",
    truth: `select name, ${day("manager_due")} from hris.review join hris.employee using (upn)
      where cycle_id = 'RC-26' and reviewer = ${upn("oskar.lindholm")} and status in ('manager review', 'talk held')`,
    not: `select name from hris.review join hris.employee using (upn)
      where cycle_id = 'RC-26' and reviewer = ${upn("oskar.lindholm")} and status in ('not started', 'self review')`,
  },
  {
    intent: "review-dates",
    says: "What are the dates of this year's review cycle?",
    truth: `select ${cells("title", "who", day("due_on"), "due_on - current_date")} from hris.review_milestone where cycle_id = 'RC-26'`,
    not: `select ${day("due_on")} from hris.review_milestone where cycle_id = 'RC-25'`,
  },
  {
    intent: "review-result",
    says: "What rating did I get in my last performance review?",
    truth: `select rating, summary from hris.review where upn = ${upn("noah.fischer")} and status = 'signed'`,
    not: `select summary from hris.review where upn <> ${upn("noah.fischer")} and summary is not null`,
  },
];

const contracts: readonly Scene[] = [
  {
    intent: "contracts-in-review",
    says: "Which vendor contracts is Legal reviewing at the moment?",
    truth: `select title, contract_id, counterparty, status from hris.contract
      where party_kind = 'vendor' and status in ('in review', 'negotiation', 'awaiting signature')`,
    not: "select contract_id from hris.contract where party_kind <> 'vendor' or status in ('active', 'ended')",
  },
  {
    intent: "contract-terms",
    says: "What are the key terms of our contract with Atlas Fleet Leasing?",
    truth: `select contract_id, governing_law, ${day("ends_on")}, notice_days || ' days, by ' || ${day("ends_on - notice_days")},
      ${money("yearly_value")} from hris.contract where counterparty = 'Atlas Fleet Leasing'`,
  },
  {
    intent: "contract-clauses",
    says: "Which clauses of the contract with Trey Research did Legal find risky?",
    truth: `select ${cells("clause", "risk", "finding")} from hris.contract_clause where contract_id = 'CTR-409'`,
    not: "select finding from hris.contract_clause where contract_id <> 'CTR-409'",
  },
  {
    intent: "contracts-ending",
    says: "Which supplier contracts expire within six months?",
    truth: `select contract_id, ${cells(day("ends_on"), day("ends_on - notice_days"), "ends_on - notice_days - current_date")}
      from hris.contract where status = 'active' and party_kind = 'vendor' and ends_on between current_date and current_date + 183`,
    not: `select contract_id from hris.contract where party_kind <> 'vendor' or ends_on > current_date + 183 or status <> 'active'`,
  },
];

const privacy: readonly Scene[] = [
  {
    intent: "processing-register",
    says: "Which processing activities are in the register for Operations?",
    truth:
      "select name, legal_basis, categories, retention from hris.processing_activity where department = 'Operations'",
    not: "select name from hris.processing_activity where department <> 'Operations'",
  },
  {
    intent: "data-requests-due",
    says: "Which erasure requests of data subjects are open, and when is the deadline?",
    truth: `select request_id, ${cells(
      day("received_on"),
      day("(received_on + interval '1 month')::date"),
      "(received_on + interval '1 month')::date - current_date",
    )}
      from hris.data_request where kind = 'erasure' and answered_on is null and not extended`,
    not: "select request_id from hris.data_request where kind <> 'erasure' or answered_on is not null union all select name from hris.data_request",
  },
  {
    intent: "data-request-status",
    says: "How do we stand with the request DSR-103?",
    by: "niamh.byrne",
    truth: `select name, next_step, ${day("(received_on + interval '3 months')::date")} from hris.data_request where request_id = 'DSR-103'`,
  },
  {
    intent: "assessments-due",
    says: "Which data protection impact assessments still have to be done?",
    truth: `select name, ${cells(day("due_on"), "due_on - current_date")} from hris.assessment
      join hris.processing_activity using (activity_id) where status <> 'done'`,
    not: "select assessment_id from hris.assessment where status = 'done'",
  },
];

const matters: readonly Scene[] = [
  {
    intent: "open-matters",
    says: "Which legal disputes are open?",
    by: "thomas.berger",
    truth: `select title, matter_id, counterparty, stage, ${money("exposure")} from hris.matter
      where kind = 'dispute' and status <> 'closed'`,
    not: "select matter_id from hris.matter where kind <> 'dispute' or status = 'closed'",
  },
  {
    intent: "matter-details",
    says: "What is the summary of matter MAT-55, with its deadlines?",
    by: "isabel.santos",
    truth: `select summary, outside_firm, ${money("exposure")} from hris.matter where matter_id = 'MAT-55'
      union all select title, ${day("due_on")}, null from hris.matter_deadline where matter_id = 'MAT-55'`,
  },
  {
    intent: "matter-deadlines",
    says: "Which deadlines are coming up in the matters of Thomas Berger?",
    by: "viktor.petrov",
    truth: `select d.title, ${cells(day("due_on"), "due_on - current_date")} from hris.matter_deadline d join hris.matter using (matter_id)
      where counsel = ${upn("thomas.berger")} and not done and status <> 'closed'`,
    not: `select d.title from hris.matter_deadline d join hris.matter using (matter_id) where counsel <> ${upn("thomas.berger")} or done`,
  },
  {
    intent: "counsel-load",
    says: "How are the open legal matters spread over our counsel?",
    by: "amara.diallo",
    truth: `select ${cells("name", "count(*)", money("sum(exposure)"))} from hris.matter join hris.employee on upn = counsel
      where status <> 'closed' group by name`,
  },
];

export const hrLegal: readonly Scene[] = [
  ...[...onboarding, ...policies, ...leave, ...courses, ...recruiting],
  ...[...directory, ...benefits, ...reviews, ...contracts, ...privacy, ...matters],
];
