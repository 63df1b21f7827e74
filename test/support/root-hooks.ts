import { compiled } from "./child-environment.ts";
import { closeTestDatabases } from "./database.ts";
import { theRouter } from "./fleet.ts";
import { removeLeftovers, stopTestServer } from "./test-server.ts";

// Before the runner starts its workers, which inherit it.
process.env.NODE_COMPILE_CACHE ??= compiled;

/** Once for all processes of the run: nothing of a killed run is in the way, and each test finds the fleet's model. */
export async function mochaGlobalSetup() {
  await removeLeftovers();
  await theRouter();
}

export const mochaHooks = {
  async afterAll(this: Mocha.Context) {
    this.timeout(60_000);
    await closeTestDatabases();
    await stopTestServer();
  },
};
