/**
 * Makes untrusted text safe for a TextBlock: Teams renders Markdown and `{{DATE()}}` there, so a name such as
 * `[Approve](https://evil.example)` would become a link. Every mark is escaped; control and direction-changing characters
 * that could disguise an amount are shown as the replacement character.
 */
export function plain(text: string): string {
  return visible(text)
    .replaceAll(/[\\`*_[\]()#~<>|]/g, "\\$&")
    .replaceAll("{{", "{\u2060{")
    .replaceAll(/^(\s*)([-+]|\d+\.)(?=\s)/gm, "$1\\$2");
}

/** For places that know no Markdown, such as inputs and choices: only what could disguise something is replaced. */
export function visible(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cf}\p{Co}\p{Cs}\u115f\u1160\u2800\u3164\uffa0]/gu, (c) =>
    c === "\n" || c === "\t" ? c : "\ufffd",
  );
}

/** Cuts a text at a length, with an ellipsis that says so. */
export function cut(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length - 1).trimEnd()}…`;
}

/** A name, label or heading: safe, and short enough that no number of them outgrows a card. */
export function brief(text: string): string {
  return plain(cut(text, 80));
}
