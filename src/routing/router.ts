import { setTimeout as sleep } from "node:timers/promises";
import type { AgentRecord } from "../registry/agent-record.ts";
import { createEar, type Ear, hearAll } from "./ear.ts";
import { type FleetLessons, lessonsOf } from "./lessons.ts";
import type { Trained } from "./model.ts";
import type { ModelStore } from "./models/store.ts";
import { createNormaliser, type Entities } from "./normalise.ts";
import type { OpenSource } from "./opinion.ts";
import { createRecogniser, type Recogniser } from "./recognise.ts";
import { decisionOf, type RoutingDecision } from "./record.ts";
import { OUTSIDE } from "./sureness.ts";
import { trainAside } from "./train-aside.ts";

export type { Candidate } from "./decide.ts";
export type { RoutingDecision } from "./record.ts";

/** The fleet as it is now: its getters may change what they give. */
export type Followed = { agents: readonly AgentRecord[]; byId: ReadonlyMap<string, AgentRecord>; version: string };

export type Router = {
  route(text: string): Promise<RoutingDecision>;
  /**
   * The registry has changed. Whoever left, is suspended or is back counts from now on; what is to be learnt is learnt aside,
   * and served as soon as it is. Resolves when all is learnt, or when a later change has made it needless.
   */
  follow(): Promise<void>;
  /** Resolves when the other service's opinions are learnt from too, or cannot be for now. */
  heard(): Promise<void>;
  stop(): void;
};

export type RouterOptions = {
  /** names that mean nothing by themselves, by kind: customers, people, departments */
  entities?: Entities;
  seed?: number;
  /** the share of the traffic that is none of the fleet's business, 0 to 1 */
  outside?: number;
  models?: ModelStore;
  /** another service that is asked as well */
  source?: OpenSource | undefined;
  /** how long a turn waits for it, in milliseconds */
  deadlineMs?: number;
  onTrouble?: (what: string, error: unknown) => void;
};

const DEADLINE_MS = 250;
const SEED = 1;
const HEAR_AGAIN_MS = 60_000;

/** A model at work, with what it was taught. */
type Serving = { taught: FleetLessons; trained: Trained; recogniser: Recogniser; ear: Ear | undefined };

/** Routes turns by what the registry says, and by nothing else: it is trained from the registered utterances (R2.2, R2.7). */
export async function createRouter(registry: Followed, options: RouterOptions = {}): Promise<Router> {
  const { models, source, seed = SEED, outside = OUTSIDE, deadlineMs = DEADLINE_MS, onTrouble = () => {} } = options;
  const normalise = createNormaliser(options.entities ?? {});
  let serving: Serving | undefined;
  let following: { key: string; done: Promise<void>; ended: AbortController } | undefined;
  let hearing = Promise.resolve();

  const serve = (taught: FleetLessons, trained: Trained, ear?: Ear): void => {
    const recogniser = createRecogniser(trained, taught.lessons);
    serving = { taught, trained, recogniser, ear };
  };

  const learn = async (taught: FleetLessons, signal: AbortSignal): Promise<Trained | undefined> => {
    const kept = await models?.load(taught.key);
    if (signal.aborted) return undefined;
    if (kept !== undefined) {
      serve(taught, kept);
      return kept;
    }
    const before = serving?.trained;
    const trained = await trainAside(taught.lessons, {
      signal,
      // As sure as the former model was, until it is known how sure this one may be.
      onLearnt: (learnt) => {
        if (before !== undefined && !signal.aborted) serve(taught, { ...before, ...learnt });
      },
    });
    if (signal.aborted) return undefined;
    serve(taught, trained);
    await models?.save(taught.key, trained);
    return trained;
  };

  /** What the other service makes of the lessons is asked beside the turns; until that is learnt, the embedded score serves. */
  const hear = async (open: OpenSource, taught: FleetLessons, plain: Trained, signal: AbortSignal): Promise<void> => {
    const opened = await open(taught.written.documents);
    const ear = createEar(opened, taught, deadlineMs);
    const key = `${taught.key}:${ear.name}`;
    let trained = await models?.load(key);
    if (trained === undefined) {
      const heard = await hearAll(opened, taught, signal);
      trained = await trainAside({ ...taught.lessons, heard }, { learnt: plain, signal });
      if (trained.heard !== undefined) await models?.save(key, trained);
    }
    if (trained.heard === undefined) throw new Error("most of the registered texts could not be asked");
    if (!signal.aborted) serve(taught, trained, ear);
  };
  const keepHearing = async (
    open: OpenSource,
    taught: FleetLessons,
    plain: Trained,
    ended: AbortSignal,
  ): Promise<void> => {
    try {
      await hear(open, taught, plain, ended);
    } catch (error) {
      if (ended.aborted) return;
      onTrouble("another service's opinion cannot be learnt from now: the embedded score serves", error);
      void sleep(HEAR_AGAIN_MS, undefined, { signal: ended, ref: false })
        .then(() => keepHearing(open, taught, plain, ended))
        .catch(() => {});
    }
  };

  const follow = async (): Promise<void> => {
    const taught = lessonsOf(registry.agents, normalise, { seed, outside });
    if (taught.key === following?.key) return following.done;
    following?.ended.abort();
    const ended = new AbortController();
    const done = learn(taught, ended.signal).then(
      (plain) => {
        if (plain !== undefined && source !== undefined) hearing = keepHearing(source, taught, plain, ended.signal);
      },
      (error: unknown) => {
        // A later change stopped it.
        if (!ended.signal.aborted) throw error;
      },
    );
    following = { key: taught.key, done, ended };
    await done;
  };
  await follow();

  return {
    async route(text) {
      if (serving === undefined) throw new Error("unreachable: the first model is awaited");
      // One model for the whole turn, whatever is learnt meanwhile.
      const { taught, recogniser, ear } = serving;
      const opinion = await ear?.hear(text);
      const asked = ear && { of: ear.name, inTime: opinion !== undefined };
      const words = normalise(text);
      return decisionOf({ text, words }, recogniser.recognise(words, opinion), taught, registry, asked);
    },
    follow,
    heard: () => hearing,
    stop: () => following?.ended.abort(),
  };
}
