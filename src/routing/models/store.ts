import { promisify } from "node:util";
import { deserialize, serialize } from "node:v8";
import { zstdCompress, zstdDecompress } from "node:zlib";
import { messageOf } from "../../errors.ts";
import type { Pool } from "../../store/pool.ts";
import type { Log } from "../../telemetry/log.ts";
import type { Trained } from "../recogniser/model.ts";

/** Models by the hash of all that they are made of: training is done once, by whichever process is first. */
export type ModelStore = {
  load(key: string): Promise<Trained | undefined>;
  save(key: string, trained: Trained): Promise<void>;
};

/** A fleet that changes often leaves so many behind; the others are made again if they are ever wanted. */
const KEPT = 20;
/** A value of PostgreSQL holds a gigabyte; what is larger than this is trained faster than it is fetched. */
const MOST_BYTES = 256_000_000;

const compress = promisify(zstdCompress);
const decompress = promisify(zstdDecompress);

export const packed = async (trained: Trained): Promise<Buffer> => compress(serialize(trained));
export const unpacked = async (bytes: Buffer): Promise<Trained> => deserialize(await decompress(bytes)) as Trained;

/** A model that cannot be kept or read is no reason not to route: it is told in the log, and trained. */
export function modelsIn(pool: Pool, log: Log): ModelStore {
  return {
    async load(key) {
      try {
        const { rows } = await pool.query<{ model: Buffer }>(
          "update routing_model set used_at = now() where content_hash = $1 returning model",
          [key],
        );
        return rows[0] && (await unpacked(rows[0].model));
      } catch (error) {
        log.warn({ error: messageOf(error) }, "a kept model of the router could not be read: it is trained again");
        return undefined;
      }
    },
    async save(key, trained) {
      try {
        const model = await packed(trained);
        if (model.length > MOST_BYTES) return;
        await pool.query(
          "insert into routing_model (content_hash, model) values ($1, $2) on conflict (content_hash) do update set used_at = now()",
          [key, model],
        );
        await pool.query(
          `delete from routing_model where content_hash in
             (select content_hash from routing_model order by used_at desc offset ${KEPT})`,
        );
      } catch (error) {
        log.warn({ error: messageOf(error) }, "the router's model could not be kept: the next start trains it again");
      }
    },
  };
}
