import { z } from "zod";
import { Day, Nullable, Text } from "../shapes.ts";

export const AccountStatus = z.enum(["active", "locked"]);
export const SecondFactor = z.enum(["none", "app", "key", "sms"]);

export const signInAccount = {
  upn: Text,
  person_name: Text,
  department: Text,
  status: AccountStatus,
  second_factor: SecondFactor,
  password_changed_on: Day,
  last_sign_in: Day,
  locked_on: Day.nullable(),
  lock_reason: Nullable,
};
export const SignInAccount = z.strictObject(signInAccount);
export type SignInAccount = z.infer<typeof SignInAccount>;

export const signInAccountColumns = `s.upn, p.name as person_name, p.department, s.status, s.second_factor,
  s.password_changed_on, s.last_sign_in, s.locked_on, s.lock_reason`;
export const SIGN_IN_ACCOUNTS = "from sign_in_account s join person p on p.upn = s.upn" as const;
