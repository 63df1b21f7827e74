/** The system says no, for a reason that the asking person may read. Nothing was changed. */
export class Refusal extends Error {
  constructor(message: string) {
    super(message);
    this.name = "Refusal";
  }
}

/** The transaction was sent to be committed and no answer came: it may have happened. */
export class CommitUnknown extends Error {
  constructor(cause: unknown) {
    super("The write was sent to the database, but its answer was lost.", { cause });
    this.name = "CommitUnknown";
  }
}
