type Json = Record<string, unknown>;

/** Everything that a person can read on a card, one line for each text. */
export function readable(card: Json | undefined): string {
  const lines: string[] = [];
  const walk = (node: unknown): void => {
    if (Array.isArray(node)) {
      for (const one of node) walk(one);
      return;
    }
    if (typeof node !== "object" || node === null) return;
    const { text, title, value, inlines, placeholder, label } = node as Json;
    for (const said of [label, title, text, value, placeholder]) if (typeof said === "string") lines.push(said);
    if (Array.isArray(inlines))
      lines.push(inlines.map((run: Json | string) => (typeof run === "string" ? run : String(run.text))).join(""));
    for (const [key, child] of Object.entries(node)) if (key !== "inlines" && key !== "data") walk(child);
  };
  walk(card?.body);
  walk(card?.actions);
  return lines.join("\n");
}

export type Button = { type: string; title: string; verb?: string; data: Json };

/** Every button on a card, however deep. */
export function buttonsOf(card: Json | undefined): Button[] {
  const found: Button[] = [];
  const walk = (node: unknown): void => {
    if (Array.isArray(node)) {
      for (const one of node) walk(one);
      return;
    }
    if (typeof node !== "object" || node === null) return;
    const { type, title, verb, data } = node as Json;
    if (type === "Action.Execute" || type === "Action.Submit")
      found.push({
        type,
        title: String(title ?? ""),
        ...(typeof verb === "string" ? { verb } : {}),
        data: (data ?? {}) as Json,
      });
    for (const [key, child] of Object.entries(node)) if (key !== "data") walk(child);
  };
  walk(card);
  return found;
}
