import type { Reversal, Risk } from "../policy/step.ts";
import type { Call, Shown } from "./action.ts";

/** An action that an agent proposes: data, never an effect. `args` are canonical: what is shown is what runs. */
export type Proposal = Shown & {
  stepId: string;
  tool: string;
  args: Record<string, unknown>;
  /** over tool and arguments */
  digest: string;
  risk: Risk;
  reversal: Reversal;
  /** decimal, EUR; undefined where no amount is at stake */
  amount: string | undefined;
  /** may refer to the effect's result: `$result.credit_note_id` */
  compensation: Call | undefined;
  /** what of it untrusted content had a say in; "tool": the choice of the call itself */
  untrusted: { argument: string; from: string[] }[];
};
