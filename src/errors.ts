/**
 * Every error that Signalbox raises on purpose. `code` is stable and safe to test and to alert on; `message` says what is
 * wrong, where, and the cure, for a log; `told` is what a person in chat may read (no internals).
 */
export class SignalboxError extends Error {
  readonly code: string;
  readonly told: string | undefined;

  constructor(code: string, message: string, options: { cause?: unknown; told?: string } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = "SignalboxError";
    this.code = code;
    this.told = options.told;
  }
}

/** The text of anything thrown, for a log line. */
export function messageOf(error: unknown): string {
  if (error instanceof AggregateError && error.message === "") return error.errors.map(messageOf).join("; ");
  return error instanceof Error ? error.message : String(error);
}
