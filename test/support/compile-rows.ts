// `npm run -s rows`: compiles the inner loop of the recogniser's training.
import { readFileSync, writeFileSync } from "node:fs";
import wabt from "wabt";

const folder = new URL("../../src/routing/recogniser/", import.meta.url);

/** The module as rows.wat has it now. */
export async function compileRows(): Promise<Uint8Array> {
  const { parseWat } = await wabt();
  const text = readFileSync(new URL("rows.wat", folder), "utf8");
  return parseWat("rows.wat", text, { simd: true }).toBinary({}).buffer;
}

if (import.meta.main) writeFileSync(new URL("rows.wasm", folder), await compileRows());
