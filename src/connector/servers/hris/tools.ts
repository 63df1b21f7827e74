import { employeeTools } from "./employee-tools.ts";
import { leaveReadTools } from "./leave-read-tools.ts";
import { leaveWriteTools } from "./leave-write-tools.ts";
import { onboardingTools } from "./onboarding-tools.ts";
import { policyTools } from "./policy-tools.ts";

export const hrisTools = [...employeeTools, ...leaveReadTools, ...leaveWriteTools, ...onboardingTools, ...policyTools];
