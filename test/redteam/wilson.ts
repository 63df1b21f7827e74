/** A share with its 95 % interval. */
export type Share = { of: number; n: number; share: number; low: number; high: number };

const Z = 1.959963984540054;

/** Wilson's score interval: it says something, too, where the share is 0 or 1. */
export function wilson(n: number, of: number): Share {
  if (of === 0) return { of, n, share: 0, low: 0, high: 1 };
  const p = n / of;
  const middle = p + (Z * Z) / (2 * of);
  const spread = Z * Math.sqrt((p * (1 - p)) / of + (Z * Z) / (4 * of * of));
  const whole = 1 + (Z * Z) / of;
  return { of, n, share: p, low: Math.max(0, (middle - spread) / whole), high: Math.min(1, (middle + spread) / whole) };
}
