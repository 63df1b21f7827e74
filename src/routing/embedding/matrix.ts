import { setImmediate as letOthers } from "node:timers/promises";
import type { Hit } from "../opinion.ts";

/** So many multiplications are done in one go: about 3 ms, in which nothing else is done. */
const IN_ONE_GO = 4_000_000;

/** Vectors of length 1, row after row. */
export type Matrix = { rows: number; width: number; numbers: Float32Array };

/** @param vectors all of the same length */
export function matrixOf(vectors: readonly Float32Array[]): Matrix {
  const width = vectors[0]?.length ?? 0;
  const numbers = new Float32Array(vectors.length * width);
  vectors.forEach((vector, row) => {
    numbers.set(vector, row * width);
  });
  return { rows: vectors.length, width, numbers };
}

/**
 * The rows nearest to a vector of length 1, best first: all are compared, exactly. In pauses between parts of a large matrix
 * others are served; 50,000 rows of 1,536 numbers take about 70 ms.
 * @returns their cosine, 0 where that is negative
 */
export async function nearestRows(matrix: Matrix, look: Float32Array, most: number): Promise<Hit[]> {
  const { rows, width, numbers } = matrix;
  const step = Math.max(1, Math.floor(IN_ONE_GO / Math.max(1, width)));
  const best: Hit[] = [];
  const wide = Float64Array.from(look);
  for (let from = 0; from < rows; from += step) {
    if (from > 0) await letOthers();
    const to = Math.min(rows, from + step);
    for (let row = from; row < to; row += 1) {
      const similarity = product(numbers, row * width, wide);
      if (best.length < most || similarity > (best.at(-1)?.similarity ?? 0))
        insert(best, { document: row, similarity }, most);
    }
  }
  return best.map(({ document, similarity }) => ({ document, similarity: Math.min(1, Math.max(0, similarity)) }));
}

/** Four sums at once, since one would wait for itself; doubles on one side, which spares half of the conversions. Within bounds by its loops. */
function product(numbers: Float32Array, start: number, look: Float64Array): number {
  const width = look.length;
  let a = 0;
  let b = 0;
  let c = 0;
  let d = 0;
  let i = 0;
  for (; i + 7 < width; i += 8) {
    const at = start + i;
    a += (numbers[at] as number) * (look[i] as number) + (numbers[at + 4] as number) * (look[i + 4] as number);
    b += (numbers[at + 1] as number) * (look[i + 1] as number) + (numbers[at + 5] as number) * (look[i + 5] as number);
    c += (numbers[at + 2] as number) * (look[i + 2] as number) + (numbers[at + 6] as number) * (look[i + 6] as number);
    d += (numbers[at + 3] as number) * (look[i + 3] as number) + (numbers[at + 7] as number) * (look[i + 7] as number);
  }
  for (; i < width; i += 1) a += (numbers[start + i] as number) * (look[i] as number);
  return a + b + c + d;
}

/** Keeps `best` sorted and short. */
function insert(best: Hit[], hit: Hit, most: number): void {
  let at = best.length;
  while (at > 0 && (best[at - 1]?.similarity ?? 0) < hit.similarity) at -= 1;
  best.splice(at, 0, hit);
  if (best.length > most) best.pop();
}
