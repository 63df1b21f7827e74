import { z } from "zod";
import { Text } from "../shapes.ts";

export const APPLICATIONS = "select app_id as id, name from application";

export const Level = z.enum(["read", "write", "admin"]);
export const Kind = z.enum(["application", "group", "share"]);
export const Classification = z.enum(["internal", "confidential", "restricted"]);

/** What one grant gives to whom. */
export const grant = {
  grant_id: Text,
  app_id: Text,
  app_name: Text,
  upn: Text,
  person_name: Text,
  level: Level,
};

/** "g" is the grant, "a" its application, "p" the person. */
export const grantColumns = "g.grant_id, g.app_id, a.name as app_name, g.upn, p.name as person_name, g.level" as const;
export const GRANTS = "from access_grant g join application a using (app_id) join person p on p.upn = g.upn" as const;
