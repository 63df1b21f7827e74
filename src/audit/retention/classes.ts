/** How long the data of a link is kept. `evidence` is what the log says of itself: it is kept as long as the log. */
export type RetentionClass = "action" | "decision" | "conversation" | "evidence";

/** Years that the data of each class is kept; links without data are kept for ever. */
export type Retention = Readonly<Record<Exclude<RetentionClass, "evidence">, number>>;

/** By the first word of a kind ("turn.answer"). */
const CLASSES: Readonly<Record<string, RetentionClass>> = {
  ...{ turn: "conversation", routing: "conversation", handoff: "conversation" },
  ...{ agent: "decision", lesson: "decision", review: "decision", incident: "decision", alert: "decision" },
  ...{ sunset: "decision", vacancy: "decision", flow: "decision", delegation: "decision" },
  ...{ action: "action", approval: "action", run: "action", rollback: "action", fleet: "action" },
  audit: "evidence",
};

/** What nobody has put into a class is kept longest. */
export function classOf(kind: string): RetentionClass {
  const [first = ""] = kind.split(".");
  return Object.hasOwn(CLASSES, first) ? (CLASSES[first] ?? "action") : "action";
}
