/**
 * What is written for machines, and not for a colleague: markup, templates, JSON, calls of functions, roles in a transcript, and
 * orders to forget orders. None of it says what somebody needs, so none of it decides where a turn goes; what is left does.
 */
const FOR_MACHINES: readonly RegExp[] = [
  /```.*?(?:```|$)/gs,
  /<(script|style)\b.*?<\/\1\s*>/gs,
  /<[/!]?[a-z][^<>]*>/g,
  /^\s*(?:system|assistant|developer|user)\s*:/gm,
  /\b[a-z0-9]+(?:[._]+[a-z0-9]+)+\([^()]*\)/g,
  /\b(?:ignore|disregard|forget|override|bypass)\b[^.!?\n]{0,40}\b(?:instructions?|prompts?|rules|guidelines)\b/g,
];
/** Innermost braces: "{{x}}" and JSON have some within others. */
const BRACES = /\$?\{[^{}]*\}/g;
const DEEPEST = 8;

/** @param text in lower case */
export function withoutMachineText(text: string): string {
  let left = FOR_MACHINES.reduce((rest, pattern) => rest.replaceAll(pattern, " "), text);
  for (let depth = 0; depth < DEEPEST && left.includes("{"); depth += 1) left = left.replaceAll(BRACES, " ");
  return left;
}
