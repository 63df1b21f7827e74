import { z } from "zod";
import { lookUp, oneRow } from "../lookup.ts";
import { Day, MAX_ROWS, Nullable, Text, Wanted } from "../shapes.ts";
import { readTool } from "../tool.ts";

export const EMPLOYEES = "select upn as id, name, employee_id as also from employee";
export const DEPARTMENTS = "select distinct department as id, department as name from employee";

const employee = {
  employee_id: Text,
  upn: Text,
  name: Text,
  title: Text,
  department: Text,
  manager: Nullable,
  manager_name: Nullable,
  location: Text,
  start_date: Day,
  contract: z.enum(["permanent", "fixed-term"]),
};
const Employee = z.strictObject(employee);
const Report = z.strictObject({ upn: Text, name: Text, title: Text });

const getEmployee = readTool({
  name: "get_employee",
  description: "One employee with position, manager, location and direct reports.",
  input: { employee: Wanted },
  output: { ...employee, direct_reports: z.array(Report) },
  async run(db, { employee: wanted }) {
    const { id } = await lookUp(db, "employee", wanted, EMPLOYEES);
    const row = await oneRow<z.infer<typeof Employee>>(
      db,
      "employee",
      id,
      `select e.*, m.name as manager_name from employee e left join employee m on m.upn = e.manager where e.upn = $1`,
    );
    const reports = await db.query<z.infer<typeof Report>>(
      `select upn, name, title from employee where manager = $1 order by name limit ${MAX_ROWS}`,
      [id],
    );
    return { ...row, direct_reports: reports.rows };
  },
});

export const employeeTools = [getEmployee];
