import { itAccess } from "./it-access.ts";
import { itDesk } from "./it-desk.ts";
import { itOperations } from "./it-operations.ts";
import { itRisks } from "./it-risks.ts";
import type { Scene } from "./scene.ts";

export const itSecurity: readonly Scene[] = [...itDesk, ...itAccess, ...itOperations, ...itRisks];
