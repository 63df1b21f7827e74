import { closeTestDatabases } from "./database.ts";
import { stopTestServer } from "./test-server.ts";

export const mochaHooks = {
  async afterAll(this: Mocha.Context) {
    this.timeout(60_000);
    await closeTestDatabases();
    await stopTestServer();
  },
};
