import { randomUUID } from "node:crypto";
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { messageOf } from "../../errors.ts";
import type { Log } from "../../telemetry/log.ts";
import { type ModelStore, packed, unpacked } from "./store.ts";

/** Models as files of a folder that several installations share, an image for instance: where one is there, nobody trains it. */
export function modelsInFolder(folder: string, log: Log): ModelStore {
  return {
    async load(key) {
      try {
        return await unpacked(await readFile(join(folder, key)));
      } catch (error) {
        if (!(error instanceof Error && "code" in error && error.code === "ENOENT"))
          log.warn({ error: messageOf(error) }, "a model in SIGNALBOX_MODELS could not be read: it is trained again");
        return undefined;
      }
    },
    async save(key, trained) {
      try {
        await mkdir(folder, { recursive: true });
        // Whole, or not at all: others read it meanwhile.
        const draft = join(folder, `${key}.${randomUUID()}`);
        await writeFile(draft, await packed(trained));
        await rename(draft, join(folder, key));
      } catch (error) {
        log.warn({ error: messageOf(error) }, "a model could not be kept in SIGNALBOX_MODELS");
      }
    },
  };
}

/** The first store that has a model gives it, and those before it keep it too; what is new is kept in all. */
export function oneAfterTheOther(stores: readonly ModelStore[]): ModelStore {
  return {
    async load(key) {
      for (const [at, store] of stores.entries()) {
        const found = await store.load(key);
        if (found === undefined) continue;
        await Promise.all(stores.slice(0, at).map((one) => one.save(key, found)));
        return found;
      }
      return undefined;
    },
    save: async (key, trained) => void (await Promise.all(stores.map((one) => one.save(key, trained)))),
  };
}
