import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRows } from "../../src/routing/recogniser/rows.ts";
import { compileRows } from "../support/compile-rows.ts";

describe("the inner loop of training", () => {
  it("is compiled from the source beside it", async () => {
    const compiled = readFileSync(new URL("../../src/routing/recogniser/rows.wasm", import.meta.url));
    assert.deepEqual(compiled, Buffer.from(await compileRows()), "run `npm run -s rows`");
  });

  for (const classes of [1, 15, 16, 17, 150])
    it(`adds up ${classes} classes as plain arithmetic does`, () => {
      const features = 50;
      const rows = createRows(features, classes);
      rows.weights.forEach((_, i) => {
        rows.weights[i] = i % rows.width < classes ? Math.fround(Math.sin(i)) : 0;
      });
      rows.bias.subarray(0, classes).forEach((_, k) => {
        rows.bias[k] = k / 8;
      });
      for (const indices of [[], [3], [0, 49, 7, 7]]) {
        const values = indices.map((_, i) => i + 0.5);
        rows.addUp({ indices: Int32Array.from(indices), values: Float32Array.from(values) });
        for (let k = 0; k < rows.width; k += 1) {
          const added = indices.reduce(
            (sum, at, i) => sum + (values[i] ?? 0) * (rows.weights[at * rows.width + k] ?? 0),
            0,
          );
          assert.ok(Math.abs((rows.scores[k] ?? 0) - (rows.bias[k] ?? 0) - added) < 1e-5, `class ${k}`);
        }
      }
    });
});
