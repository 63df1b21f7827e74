import type { AgentRecord } from "../registry/agent-record.ts";
import { createEar, type Ear } from "./ear.ts";
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
  source?: OpenSource;
  /** how long a turn waits for it, in milliseconds */
  deadlineMs?: number;
  onTrouble?: (what: string, error: unknown) => void;
};

const DEADLINE_MS = 250;
const SEED = 1;

/** A model at work, with what it was taught. */
type Serving = { taught: FleetLessons; trained: Trained; recogniser: Recogniser; ear: Ear | undefined };

/** Routes turns by what the registry says, and by nothing else: it is trained from the registered utterances (R2.2, R2.7). */
export async function createRouter(registry: Followed, options: RouterOptions = {}): Promise<Router> {
  const { models, source, seed = SEED, outside = OUTSIDE, deadlineMs = DEADLINE_MS } = options;
  const onTrouble = options.onTrouble ?? (() => {});
  const normalise = createNormaliser(options.entities ?? {});
  const lessons = (): FleetLessons => lessonsOf(registry.agents, normalise, { seed, outside });
  let serving: Serving | undefined;
  let training: { key: string; done: Promise<void>; ended: AbortController } | undefined;

  const serve = (taught: FleetLessons, trained: Trained, ear: Ear | undefined): void => {
    const recogniser = createRecogniser(trained, taught.lessons.documents, taught.lessons.intents);
    serving = { taught, trained, recogniser, ear };
  };
  const learn = async (taught: FleetLessons, signal: AbortSignal): Promise<void> => {
    const ear =
      source === undefined ? undefined : createEar(await source(taught.written.documents), { deadlineMs, onTrouble });
    const key = ear === undefined ? taught.key : `${taught.key}:${ear.name}`;
    const kept = await models?.load(key);
    if (signal.aborted) return;
    if (kept !== undefined) return serve(taught, kept, ear);
    const before = serving?.trained;
    const trained = await trainAside(taught.lessons, {
      signal,
      hear: ear === undefined ? undefined : () => ear.hearAll(taught.written),
      // As sure as the former model was, until it is known how sure this one may be.
      onLearnt: (learnt) => {
        if (before !== undefined && !signal.aborted) serve(taught, { ...before, ...learnt }, ear);
      },
    });
    if (signal.aborted) return;
    serve(taught, trained, ear);
    await models?.save(key, trained);
  };
  const follow = async (): Promise<void> => {
    const taught = lessons();
    if (taught.key === (training?.key ?? serving?.taught.key)) return training?.done;
    training?.ended.abort();
    const ended = new AbortController();
    const done = learn(taught, ended.signal).catch((error: unknown) => {
      if (!ended.signal.aborted) throw error;
    });
    const mine = { key: taught.key, done, ended };
    training = mine;
    try {
      await done;
    } finally {
      if (training === mine) training = undefined;
    }
  };
  await follow();

  return {
    async route(text) {
      // One model for the whole turn, whatever is learnt meanwhile.
      if (serving === undefined) throw new Error("unreachable: the first model is awaited");
      const { taught, recogniser, ear } = serving;
      const heard = recogniser.hears ? await ear?.hear(text, taught) : undefined;
      const opinion = ear && recogniser.hears ? { of: ear.name, inTime: heard !== undefined } : undefined;
      return decisionOf(recogniser.recognise(normalise(text), heard), taught, registry, opinion);
    },
    follow,
    stop: () => training?.ended.abort(),
  };
}
