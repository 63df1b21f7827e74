import { benefitTools } from "./benefit-tools.ts";
import { contractTools } from "./contract-tools.ts";
import { courseReadTools } from "./course-read-tools.ts";
import { courseWriteTools } from "./course-write-tools.ts";
import { directoryTools } from "./directory-tools.ts";
import { employeeTools } from "./employee-tools.ts";
import { leaveEntryTools } from "./leave-entry-tools.ts";
import { leaveReadTools } from "./leave-read-tools.ts";
import { leaveRestoreTools } from "./leave-restore-tools.ts";
import { leaveWriteTools } from "./leave-write-tools.ts";
import { matterTools } from "./matter-tools.ts";
import { onboardingTools } from "./onboarding-tools.ts";
import { policyTools } from "./policy-tools.ts";
import { privacyTools } from "./privacy-tools.ts";
import { recruitingTools } from "./recruiting-tools.ts";
import { reviewTools } from "./review-tools.ts";

export const hrisTools = [
  ...[...employeeTools, ...directoryTools, ...onboardingTools, ...policyTools],
  ...[...leaveReadTools, ...leaveEntryTools, ...leaveWriteTools, ...leaveRestoreTools],
  ...[...courseReadTools, ...courseWriteTools, ...recruitingTools, ...benefitTools, ...reviewTools],
  ...[...contractTools, ...privacyTools, ...matterTools],
];
