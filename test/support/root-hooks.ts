import { compiled } from "./child-environment.ts";
import { closeTestDatabases } from "./database.ts";
import { theRouter } from "./fleet.ts";
import { stopTestServer } from "./test-server.ts";

// Before the runner starts its workers, which inherit it.
process.env.NODE_COMPILE_CACHE ??= compiled;

/** Once for all processes of the run: each test finds the fleet's model. */
export async function mochaGlobalSetup() {
  await theRouter();
}

export const mochaHooks = {
  async afterAll(this: Mocha.Context) {
    this.timeout(60_000);
    await closeTestDatabases();
    await stopTestServer();
  },
};
