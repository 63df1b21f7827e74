import sinon from "sinon";
import type { Office } from "./office.ts";

/** The flows of an office, with a clock that a test moves. */
export type Calendar = {
  /** It is this moment, and the flows do what is due by then. */
  comes(moment: string): Promise<void>;
  /** It is this moment, and nobody does anything yet. */
  is(moment: string): void;
  /** No moment at all, until the next one: the bot's own look at its calendar does nothing while a test clears the table. */
  waits(): void;
  back(): void;
};

export function calendarOf(office: Office): Calendar {
  const now = sinon.stub(office.app.ports.clock, "now").callThrough();
  const is = (moment: string): void => {
    now.callsFake(async () => new Date(moment));
  };
  return {
    is,
    waits: () => void now.rejects(new Error("the calendar waits for the test")),
    async comes(moment) {
      is(moment);
      await office.app.lookAfterFleet();
    },
    back: () => now.restore(),
  };
}
