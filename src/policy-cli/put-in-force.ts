import { join } from "node:path";
import { parseArgs } from "node:util";
import { SignalboxError } from "../errors.ts";
import { loadPolicies } from "../policy/cedar.ts";
import { mayOperateFleet } from "../policy/may-operate.ts";
import { loadKept, putInForce as put, versionInForce } from "../policy/store.ts";
import { type Command, say } from "../registry-cli/command.ts";
import { atTheDesk } from "../registry-cli/desk.ts";
import { inManifest } from "../registry-cli/filed-fleet.ts";

export const putInForce: Command = {
  summary: "let the policies of the files judge from now on, in every process",
  usage: `put-in-force --as UPN [--manifest FOLDER]

A bot that watches the files does this by itself when they change. It does not bring back, at a start, what was in force once
and was replaced since: an older process must not undo what a newer one has put in force. This does.
Open approvals that these policies would decide otherwise are voided, and their cards say so.

  --as         who you are: the platform team and security may, by the policies that are in force now
  --manifest   the folder with policies (manifest)`,
  async run(args) {
    const { values } = parseArgs({
      args,
      options: { as: { type: "string" }, manifest: { type: "string", default: "manifest" } },
    });
    const policies = inManifest(() => loadPolicies(join(values.manifest, "policies")));
    return atTheDesk(
      values.as,
      async ({ pool, config: { tenantId }, person }) => {
        const before = await versionInForce(pool, tenantId);
        const current = before === undefined ? undefined : await loadKept(pool, tenantId, before);
        if (current !== undefined && !mayOperateFleet({ policies: current, tenantId }, person).permitted)
          throw new SignalboxError("operator-refused", "By the policies in force you may not. Nothing was changed.");
        const isNew = await put(pool, tenantId, policies, person.aadObjectId);
        say(
          isNew
            ? `In force: ${policies.version}, after ${before ?? "none"}.`
            : `${policies.version} is in force already.`,
        );
        return 0;
      },
      { operatorsOnly: true },
    );
  },
};
