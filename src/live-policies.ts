import { messageOf } from "./errors.ts";
import type { Policies } from "./policy/cedar.ts";
import type { InForce } from "./policy/in-force.ts";
import { POLICY_CHANNEL, putInForce } from "./policy/store.ts";
import { watchPolicies } from "./policy/watch.ts";
import type { RunPorts } from "./run/ports.ts";
import { rejudgeOpen } from "./run/rejudge.ts";
import { listen } from "./store/listen.ts";

const LOOK_EVERY_MS = 2_000;

export type LivePolicies = {
  /** looks at the files at once */
  look(): Promise<void>;
  stop(): Promise<void>;
};

/**
 * Keeps the policies as they are meant to be: a changed file is put in force for all processes, whatever any process puts in
 * force judges here too, and open questions are judged again.
 */
export async function keepPoliciesLive(options: {
  inForce: InForce;
  folder: string;
  /** as they were in the folder at the start */
  filed: Policies;
  databaseUrl: string;
  ports: RunPorts;
}): Promise<LivePolicies> {
  const { inForce, folder, filed, databaseUrl, ports } = options;
  const { pool, tenantId, log } = ports;
  // One after the other, so that the last one heard of is the one that judges.
  let following = Promise.resolve();
  const follow = (): Promise<void> => {
    following = following
      .then(async () => {
        if (await inForce.follow()) log.info({ version: inForce.policies.version }, "other policies are in force");
        await rejudgeOpen(ports);
      })
      .catch((error: unknown) => log.error({ error: messageOf(error) }, "open approvals could not be judged again"));
    return following;
  };
  const listening = await listen(databaseUrl, POLICY_CHANNEL, () => void follow(), log);
  const watch = watchPolicies({
    ...{ folder, filed, everyMs: LOOK_EVERY_MS, log },
    onChange: async (policies) => {
      await putInForce(pool, tenantId, policies, "signalbox");
      await follow();
    },
  });
  if (filed.version !== inForce.policies.version)
    log.warn(
      { filed: filed.version, inForce: inForce.policies.version },
      "the policies of the files were in force once and were replaced since: `npm run -s policy -- put-in-force` brings them back",
    );
  // What this start or another process put in force while nobody listened here.
  await follow();
  return {
    look: watch.look,
    stop: async () => {
      await watch.stop();
      await listening.stop();
      await following;
    },
  };
}
