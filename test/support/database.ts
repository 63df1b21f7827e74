import { makeEngineTables } from "../../src/engine/engine.ts";
import { modelsIn } from "../../src/routing/models/store.ts";
import { migrate } from "../../src/store/migrate.ts";
import { openPool, type Pool } from "../../src/store/pool.ts";
import { createLog } from "../../src/telemetry/log.ts";
import { theModel } from "./fleet.ts";
import { testServer } from "./test-server.ts";

/** `url`: as the owner; `appUrl`: as the bot works */
export type TestDatabase = { url: string; appUrl: string; pool: Pool; drop(): Promise<void> };

let template: Promise<Pool> | undefined;
let made = 0;

/** A database of its own for one test (file), with our migrated schema: a copy of a template that is made once. */
export async function createTestDatabase(): Promise<TestDatabase> {
  template ??= makeTemplate();
  const admin = await template;
  return make(admin, "template migrated");
}

/** The same without our schema. */
export async function createEmptyDatabase(): Promise<TestDatabase> {
  template ??= makeTemplate();
  return make(await template, "");
}

async function make(admin: Pool, from: string): Promise<TestDatabase> {
  made += 1;
  const name = `test_${made}`;
  await admin.query(`create database ${name} ${from}`);
  const url = await urlOf(name);
  const app = new URL(url);
  app.username = "signalbox_app";
  const pool = openPool(url, { name: "test" });
  const drop = async () => {
    await pool.end();
    await admin.query(`drop database ${name} with (force)`);
  };
  return { url, appUrl: app.href, pool, drop };
}

/** @returns a pool that makes and drops databases */
async function makeTemplate(): Promise<Pool> {
  const admin = openPool((await testServer()).url, { name: "test-admin", max: 2 });
  await admin.query("create database migrated");
  const pool = openPool(await urlOf("migrated"), { name: "test-template" });
  await migrate(pool, createLog("silent"));
  await makeEngineTables(await urlOf("migrated"));
  // The fleet's model is in every copy: a test that opens an office has no need to train it again.
  const { key, trained } = await theModel();
  await modelsIn(pool, createLog("silent")).save(key, trained);
  await pool.end();
  return admin;
}

async function urlOf(database: string): Promise<string> {
  const url = new URL((await testServer()).url);
  url.pathname = `/${database}`;
  return url.href;
}

export async function closeTestDatabases(): Promise<void> {
  await (await template)?.end();
  template = undefined;
}
