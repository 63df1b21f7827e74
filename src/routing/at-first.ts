import type { Sureness } from "./recogniser/model.ts";

/**
 * How sure the very first model of an installation may be, for the seconds until it knows for itself: what a fleet of fifty
 * agents learnt of itself (signals in the order of evidence.ts), rounded, and with one added doubt, so that more is asked about
 * and less is served than later.
 */
export const atFirst: Sureness = {
  scope: {
    weights: [0, 0, 1.8, 0, 0.35, 0.3],
    bias: 1.4,
    means: [4.7, 7.1, 1.9, 0.33, 0.73, 12],
    spreads: [4.4, 5.2, 7.7, 0.14, 0.18, 0.2],
  },
  right: { weights: [1.7, 0.5, 0], bias: 1, means: [5.3, 0.84, 0.35], spreads: [4.6, 0.23, 0.14] },
};
