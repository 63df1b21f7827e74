import { createHash } from "node:crypto";
import type { Queryable } from "../../store/pool.ts";

/** So many at once: 6 MB of vectors with 3,072 numbers. */
const BATCH = 500;

/** Vectors of texts that were asked for before; under one space only such as can be compared. Texts are kept as hashes. */

/** @returns one place for each text, undefined where none is kept */
export async function readVectors(
  db: Queryable,
  space: string,
  texts: readonly string[],
): Promise<(Float32Array | undefined)[]> {
  const found: (Float32Array | undefined)[] = [];
  for (let from = 0; from < texts.length; from += BATCH) {
    const hashes = texts.slice(from, from + BATCH).map(hashOf);
    const { rows } = await db.query<{ text_sha256: Buffer; vector: Buffer }>({
      name: "text-vector-read",
      text: "select text_sha256, vector from text_vector where space = $1 and text_sha256 = any($2::bytea[])",
      values: [space, hashes],
    });
    const byHash = new Map(rows.map((row) => [row.text_sha256.toString("hex"), vectorOf(row.vector)]));
    found.push(...hashes.map((hash) => byHash.get(hash.toString("hex"))));
  }
  return found;
}

export async function keepVectors(
  db: Queryable,
  space: string,
  texts: readonly string[],
  vectors: readonly Float32Array[],
): Promise<void> {
  await db.query({
    name: "text-vector-keep",
    text: `insert into text_vector (space, text_sha256, vector)
     select $1, hash, vector from unnest($2::bytea[], $3::bytea[]) as given (hash, vector)
     on conflict (space, text_sha256) do update set vector = excluded.vector, used_at = now()`,
    values: [space, texts.map(hashOf), vectors.map(bytesOf)],
  });
}

/** They are in use. To the day, so that a start does not write every row anew. */
export async function markUsed(db: Queryable, space: string, texts: readonly string[]): Promise<void> {
  for (let from = 0; from < texts.length; from += BATCH)
    await db.query({
      name: "text-vector-used",
      text: `update text_vector set used_at = now()
        where space = $1 and text_sha256 = any($2::bytea[]) and used_at < now() - interval '1 day'`,
      values: [space, texts.slice(from, from + BATCH).map(hashOf)],
    });
}

/** The model behind a name is another one now: nothing of this space can be compared with what it gives. */
export async function forgetSpace(db: Queryable, space: string): Promise<void> {
  await db.query("delete from text_vector where space = $1", [space]);
}

/** Removes what nobody has used for so long; of any space, since models go too. */
export async function removeUnused(db: Queryable, days: number): Promise<void> {
  await db.query("delete from text_vector where used_at < now() - make_interval(days => $1)", [days]);
}

const hashOf = (text: string): Buffer => createHash("sha256").update(text).digest();

const bytesOf = ({ buffer, byteOffset, byteLength }: Float32Array): Buffer =>
  Buffer.from(buffer, byteOffset, byteLength);

/** Copied, since the driver's bytes need not begin where a float may. */
function vectorOf(bytes: Buffer): Float32Array {
  return new Float32Array(Uint8Array.from(bytes).buffer);
}
