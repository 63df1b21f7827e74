import { createHash, randomUUID } from "node:crypto";
import type { Directory, Person } from "../identity/directory.ts";
import type { Queryable } from "../store/pool.ts";
import type { TurnPorts } from "../turn/ports.ts";
import { type Activity, type Place, placeOf } from "./activity.ts";
import type { PresentPorts } from "./present-ports.ts";
import type { UserTokens } from "./sign-in/user-tokens.ts";

/** What the handlers of the bot need from the outside. */
export type BotPorts = TurnPorts &
  PresentPorts & {
    worker: string;
    /** where reports are written as files */
    reportsFolder: string;
    /** for which alerts are kept */
    alertDays: number;
    /** for short statements that stand alone and never wait for a lock */
    shared: Queryable;
    /** as whom people have signed in; undefined: there is nothing to sign in to */
    signIn?: UserTokens | undefined;
  };

/** An activity with its speaker looked up in the directory: who somebody is comes from the channel's id, never from a card. */
export type Incoming = {
  activity: Activity;
  activityId: string;
  place: Place;
  person: Person | undefined;
  /** aadObjectId where the directory knows it; else the channel's id */
  personId: string;
  personName: string;
  /** it was begun before, by a process that died */
  isRetried: boolean;
};

export function incomingOf(activity: Activity, directory: Directory): Incoming {
  const person = directory.byId(activity.from.aadObjectId ?? undefined);
  return {
    activity,
    activityId: activity.id ?? randomUUID(),
    place: placeOf(activity),
    person: person?.kind === "person" ? person : undefined,
    personId: person?.aadObjectId ?? activity.from.id,
    personName: (person?.name ?? activity.from.name ?? "somebody").slice(0, 200),
    isRetried: false,
  };
}

/** Names the n-th thing that is said in reply to an activity: said again after a crash, it is the same thing. */
export function replyKey({ place, activityId }: Incoming, n: number | string): string {
  const digest = createHash("sha256").update(`${place.conversationId}\n${activityId}`).digest("hex");
  return `reply:${digest.slice(0, 24)}:${n}`;
}
