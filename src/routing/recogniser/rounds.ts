/**
 * Goes through examples several times, each time in another order. The same seed gives the same orders.
 * @param random draws the orders, and whatever the caller drew from it before
 * @param learnFrom learns from one example; `done`: the share of all rounds that is behind, 0 to 1. @returns how many rounds the
 * example is left alone, since nothing is to be learnt from it
 */
export function goThrough(
  examples: number,
  { rounds, random }: { rounds: number; random: () => number },
  learnFrom: (example: number, round: number, done: number) => number,
): void {
  const rest = new Uint8Array(examples);
  const order = Int32Array.from({ length: examples }, (_, i) => i);
  for (let round = 0; round < rounds; round += 1) {
    shuffle(order, random);
    for (let n = 0; n < examples; n += 1) {
      const at = order[n] ?? 0;
      const left = rest[at] ?? 0;
      rest[at] = left > 0 ? left - 1 : learnFrom(at, round, (round + n / examples) / rounds);
    }
  }
}

export function shuffle(order: Int32Array, random: () => number): void {
  for (let i = order.length - 1; i > 0; i -= 1) {
    const j = Math.floor(random() * (i + 1));
    const kept = order[i] ?? 0;
    order[i] = order[j] ?? 0;
    order[j] = kept;
  }
}

/** mulberry32: small, fast, and the same on every machine. */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}
