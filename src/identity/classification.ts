/** How closely data is held, from least to most: the words of the registry, of the tools and of people's clearances alike. */
export const classifications = ["public", "internal", "confidential", "restricted"] as const;
export type Classification = (typeof classifications)[number];

/** May somebody who is cleared for `clearance` see data of this class? */
export function isWithin(data: Classification, clearance: Classification): boolean {
  return classifications.indexOf(data) <= classifications.indexOf(clearance);
}

/** The closest held of several; "public" where there are none. */
export function highest(of: readonly Classification[]): Classification {
  return classifications.findLast((one) => of.includes(one)) ?? "public";
}
