import { check } from "./policy-cli/check.ts";
import { explain } from "./policy-cli/explain.ts";
import { map } from "./policy-cli/map.ts";
import { putInForce } from "./policy-cli/put-in-force.ts";
import { runCommands } from "./registry-cli/run-commands.ts";

process.exitCode = await runCommands(
  {
    script: "policy",
    about: "Signalbox, for whoever answers for its policies: what they decide, why, and what they would.",
    commands: { check, map, explain, "put-in-force": putInForce },
    example: 'explain --person noah.fischer@contoso.example --agent "Invoice Agent" --tool erp.get_invoice',
  },
  process.argv.slice(2),
);
