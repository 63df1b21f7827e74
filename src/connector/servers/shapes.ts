import { z } from "zod";

// What the tools of all systems have in common. Money is a decimal string, a day is "2026-11-20".

export const Day = z.iso.date();
export const Money = z.string().regex(/^-?\d+\.\d{2}$/);
/** The books are kept in one currency. */
export const EUR = "EUR" as const;
export const Currency = z.literal(EUR);
export const Count = z.number().int().nonnegative();
export const Text = z.string();
export const Nullable = Text.nullable();

/** Text that the database can hold: it takes every character but NUL. */
const storable = z.string().regex(/^[^\0]*$/, "must not contain the character NUL");
/** A name, part of a name or an id that somebody wrote. */
export const Wanted = storable.trim().min(1).max(200);
/** A number such as INV-1042, in any case. */
export const Id = storable.trim().toUpperCase().min(1).max(40);
/** Free text that is stored. */
export const Note = storable.trim().min(1).max(2000);
export const Title = storable.trim().min(3).max(200);
export const IdempotencyKey = storable.min(8).max(200);

/** An amount of money to be given, as a decimal text such as "450" or "450.00"; its tool says what is wrong with it. */
export const Amount = z.string().trim().min(1).max(20);

/** A span of days: plans name it in words, and a choice of words is a text. */
export const Days = z.coerce.number().int().min(1).max(3650);

/** Lists end here; `total_count` counts all matches. */
export const MAX_ROWS = 200;

/** What every write says about what it did. */
export const written = <B extends z.ZodType, A extends z.ZodType>(before: B, after: A) => ({
  /** false where the wished state was there already */
  changed: z.boolean(),
  before,
  after,
});
