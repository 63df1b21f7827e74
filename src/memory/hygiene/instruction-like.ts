/**
 * Phrases that speak to an agent instead of naming something. This list is evidence, not a defence: what it misses still cannot
 * act, since memory only fills in names (src/agent/slots/remembered.ts), and what it finds by mistake only waits for a person.
 */
const phrases: readonly RegExp[] = [
  /\b(?:ignore|disregard|forget|override|bypass)\b.{0,40}\b(?:instructions?|rules?|polic(?:y|ies)|prompts?|above|previous|earlier|approvals?)\b/i,
  /\b(?:system|developer)\s*(?:prompt|message|role)\b|<\/?(?:system|important|instructions?)>|\[(?:INST|SYSTEM)\]/i,
  /\b(?:you are|act as|pretend to be|from now on you|you must|you should always|always (?:approve|send|pay|forward|use)|never (?:ask|tell|mention))\b/i,
  /\b(?:do not|don't|without)\s+(?:tell(?:ing)?|ask(?:ing)?|inform(?:ing)?|notify(?:ing)?|confirm(?:ing|ation)?|approval)\b/i,
  /\b(?:send|forward|upload|post|e-?mail|pay|transfer|wire)\b.{0,60}(?:https?:\/\/|@[\w-]+\.|\b[A-Z]{2}\d{2}[A-Z0-9]{10,30}\b)/i,
  /\b(?:call|run|execute|invoke|use)\s+(?:the\s+)?(?:tool|function|command|script)\b/i,
  /https?:\/\/|\bdata:[a-z]+\/|javascript:/i,
];
/** Letters that nobody sees, and that turn the direction of what is seen. */
const hidden = /[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\u{e0000}-\u{e007f}]/u;

/** Does a text that should name something give orders, or hide something? Pure. */
export function isInstructionLike(text: string): boolean {
  const seen = text.normalize("NFKC");
  return hidden.test(text) || phrases.some((phrase) => phrase.test(seen));
}
