import { randomInt } from "node:crypto";

// No 0/O, 1/I/L or U: people read codes aloud and type them on phones.
const ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ";

/** A short handle such as "7Q2K", random so that it tells nothing and cannot be counted up. */
export function newCode(length = 4): string {
  return Array.from({ length }, () => ALPHABET[randomInt(ALPHABET.length)]).join("");
}

/** What somebody typed as a code, in its canonical form. */
export function readCode(typed: string): string {
  return typed.trim().toUpperCase().replace(/^#/, "");
}
