const MAX_CHARS = 500;
const secrets: [RegExp, string][] = [
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(-----END [A-Z ]*PRIVATE KEY-----|$)/g, "***"],
  [/\b(bearer|basic)\s+[\w.~+/=-]{6,}/gi, "$1 ***"],
  [
    /\b(password|passwd|pwd|secret|token|api[-_]?key|client[-_]?secret|authorization|account[-_]?key|access[-_]?key|shared[-_]?access[-_]?\w*|sig)(["']?\s*[=:]\s*["']?)[^\s"',;&]+/gi,
    "$1$2***",
  ],
  [/\b([a-z][a-z0-9+.-]*:\/\/)[^\s/@]+@/gi, "$1***@"],
  [/\beyJ[\w-]{10,}\.[\w-]{10,}(\.[\w-]*)?/g, "***"],
];

/** Text of an outside system made fit for people and logs: secrets and control characters out, cut to a length. */
export function redact(text: string): string {
  const clean = secrets.reduce((rest, [pattern, cover]) => rest.replaceAll(pattern, cover), text);
  const plain = clean.replaceAll(/[\p{Cc}\u200b-\u200f\u202a-\u202e\u2066-\u2069]+/gu, " ").trim();
  return plain.length > MAX_CHARS ? `${plain.slice(0, MAX_CHARS - 1)}…` : plain;
}
