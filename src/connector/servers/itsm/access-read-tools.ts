import { z } from "zod";
import { listRows, lookUp, oneRow } from "../lookup.ts";
import { Count, Day, MAX_ROWS, Nullable, Text, Wanted } from "../shapes.ts";
import { readTool } from "../tool.ts";
import { APPLICATIONS, Classification, GRANTS, grant, grantColumns, Kind, Level } from "./access.ts";
import { PEOPLE } from "./ticket.ts";

const application = { app_id: Text, name: Text, kind: Kind, owner_name: Text, classification: Classification };
const Application = z.strictObject({ ...application, member_count: Count });
const applicationColumns = "a.app_id, a.name, a.kind, o.name as owner_name, a.classification";

const listApplications = readTool({
  name: "list_applications",
  description: "The applications, groups and shares that access is granted to, with their owners and member counts.",
  input: {},
  output: { applications: z.array(Application), total_count: Count },
  async run(db) {
    const { rows, totals } = await listRows<z.infer<typeof Application>, { total_count: number }>(
      db,
      `select ${applicationColumns}, (select count(*) from access_grant g where g.app_id = a.app_id and revoked_on is null)
         as member_count, count(*) over () as total_count
       from application a join person o on o.upn = a.owner order by a.name limit ${MAX_ROWS}`,
      [],
      { total_count: 0 },
    );
    return { applications: rows, ...totals };
  },
});

const granted = { ...grant, granted_on: Day, reason: Text };
const Member = z.strictObject({ ...granted, department: Text });
const noMembers = { total_count: 0, admin_count: 0 };

const listAccess = readTool({
  name: "list_access",
  description: "Who may use an application, group or share at present, administrators first.",
  input: { application: Wanted },
  output: { ...application, members: z.array(Member), total_count: Count, admin_count: Count },
  async run(db, { application: wanted }) {
    const { id } = await lookUp(db, "application, group or share", wanted, APPLICATIONS);
    const about = await oneRow<Omit<z.infer<typeof Application>, "member_count">>(
      db,
      "application",
      id,
      `select ${applicationColumns} from application a join person o on o.upn = a.owner where app_id = $1`,
    );
    const { rows, totals } = await listRows<z.infer<typeof Member>, typeof noMembers>(
      db,
      `select ${grantColumns}, g.granted_on, g.reason, p.department, count(*) over () as total_count,
         count(*) filter (where g.level = 'admin') over () as admin_count
       ${GRANTS} where app_id = $1 and g.revoked_on is null
       order by array_position(array['admin', 'write', 'read'], g.level), p.name limit ${MAX_ROWS}`,
      [id],
      noMembers,
    );
    return { ...about, members: rows, ...totals };
  },
});

const Granted = z.strictObject({ ...granted, kind: Kind, classification: Classification });
const nothing = { total_count: 0, restricted_count: 0 };

const listAccessOfPerson = readTool({
  name: "list_access_of_person",
  description: "What a person may use at present: applications, groups and shares with the level and the reason.",
  input: { person: Wanted },
  output: {
    person: Text,
    person_name: Text,
    grants: z.array(Granted),
    total_count: Count,
    /** among all, those to what is restricted */
    restricted_count: Count,
  },
  async run(db, { person: wanted }) {
    const person = await lookUp(db, "person", wanted, PEOPLE);
    const { rows, totals } = await listRows<z.infer<typeof Granted>, typeof nothing>(
      db,
      `select ${grantColumns}, g.granted_on, g.reason, a.kind, a.classification, count(*) over () as total_count,
         count(*) filter (where a.classification = 'restricted') over () as restricted_count
       ${GRANTS} where g.upn = $1 and g.revoked_on is null order by a.name limit ${MAX_ROWS}`,
      [person.id],
      nothing,
    );
    return { person: person.id, person_name: person.name, grants: rows, ...totals };
  },
});

const Current = z.strictObject({ grant_id: Nullable, level: Level.nullable(), granted_on: Day.nullable() });

const getAccess = readTool({
  name: "get_access",
  description: "Whether a person may use an application, group or share at present, and since when.",
  input: { application: Wanted, person: Wanted },
  output: {
    ...application,
    person: Text,
    person_name: Text,
    has_access: z.boolean(),
    ...Current.shape,
  },
  async run(db, { application: wantedApplication, person: wantedPerson }) {
    const { id } = await lookUp(db, "application, group or share", wantedApplication, APPLICATIONS);
    const person = await lookUp(db, "person", wantedPerson, PEOPLE);
    const about = await oneRow<Omit<z.infer<typeof Application>, "member_count">>(
      db,
      "application",
      id,
      `select ${applicationColumns} from application a join person o on o.upn = a.owner where app_id = $1`,
    );
    const found = await db.query<z.infer<typeof Current>>(
      "select grant_id, level, granted_on from access_grant where app_id = $1 and upn = $2 and revoked_on is null",
      [id, person.id],
    );
    const current = found.rows[0] ?? { grant_id: null, level: null, granted_on: null };
    const has_access = current.grant_id !== null;
    return { ...about, person: person.id, person_name: person.name, has_access, ...current };
  },
});

export const accessReadTools = [listApplications, listAccess, listAccessOfPerson, getAccess];
