/** What a model is told, in the words of the usual chat protocol. */
export type Message = { role: "system" | "user" | "assistant"; content: string };

/** Something that it may call, with the JSON Schema of its arguments. */
export type Callable = { name: string; description: string; parameters: object };

/** What it says: words, or wishes to call something; `args` is JSON that nobody has looked at yet. */
export type Said = { text: string; calls: { name: string; args: string }[]; tokens: number };

/** A language model behind one door. */
export type ChatModel = {
  /** @throws SignalboxError "model-away" or "model-unreadable" */
  ask(messages: readonly Message[], callables: readonly Callable[]): Promise<Said>;
};
