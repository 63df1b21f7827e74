import type { AgentRecord } from "../registry/agent-record.ts";
import { createEar, type Ear, hearAll, tooLittle } from "./ear.ts";
import { createHearing } from "./hearing.ts";
import { type FleetLessons, lessonsOf } from "./lessons.ts";
import type { ModelStore } from "./models/store.ts";
import { type Newcomers, newcomersIn, withNewcomer } from "./newcomers.ts";
import { createNormaliser, type Entities } from "./normalise.ts";
import type { OpenSource, OpinionSource } from "./opinion.ts";
import { createRecogniser, type Recogniser } from "./recognise.ts";
import type { Sureness, Trained } from "./recogniser/model.ts";
import { OUTSIDE } from "./recogniser/sureness.ts";
import { trainAside } from "./recogniser/train-aside.ts";
import { decisionOf, type RoutingDecision } from "./record.ts";
import { OpinionError } from "./service/failure.ts";
import { settled, type Verbatim, verbatimIn } from "./verbatim.ts";

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
  /** how sure the very first model may be until that is known for itself; without it nobody is routed before */
  atFirst?: Sureness;
  /** another service that is asked as well */
  source?: OpenSource | undefined;
  /** how long a turn waits for it, in milliseconds */
  deadlineMs?: number;
  /** how long it is left in peace after many failures, in milliseconds */
  peaceMs?: number;
  /** how long after its opinions could not be learnt from that is tried again, in milliseconds */
  hearAgainMs?: number;
  onTrouble?: (what: string, error: unknown) => void;
};

const DEADLINE_MS = 250;
const PEACE_MS = 10_000;
const SEED = 1;
const HEAR_AGAIN_MS = 60_000;
const JUST_REGISTERED = "it resembles what was registered a moment ago and is being learnt";

/** A model at work, with what it was taught. */
type Serving = {
  taught: FleetLessons;
  trained: Trained;
  recogniser: Recogniser;
  ear: Ear | undefined;
  /** it is known how sure it may be */
  isWhole: boolean;
};
/** What the registry says already and the model has not learnt yet: its very words are known at once, and what resembles them. */
type Fresh = { taught: FleetLessons; verbatim: Verbatim; newcomers: Newcomers };

const freshIn = (taught: FleetLessons, serving: Serving): Fresh => ({
  taught,
  verbatim: verbatimIn(taught.lessons),
  newcomers: newcomersIn(taught, { taught: serving.taught, vocabulary: serving.trained.vocabulary }),
});

/** Routes turns by what the registry says, and by nothing else: it is trained from the registered utterances (R2.2, R2.7). */
export async function createRouter(registry: Followed, options: RouterOptions = {}): Promise<Router> {
  const { models, source, seed = SEED, outside = OUTSIDE, onTrouble = () => {} } = options;
  const { atFirst, deadlineMs = DEADLINE_MS, peaceMs = PEACE_MS, hearAgainMs = HEAR_AGAIN_MS } = options;
  const normalise = createNormaliser(options.entities ?? {});
  let serving: Serving | undefined;
  let fresh: Fresh | undefined;
  let following: { key: string; done: Promise<void>; ended: AbortController } | undefined;
  const served = Promise.withResolvers<void>();
  const hearing = source && createHearing(source, { againMs: hearAgainMs, onTrouble });

  const serve = (taught: FleetLessons, trained: Trained, ear?: Ear, isWhole = true): void => {
    const recogniser = createRecogniser(trained, taught.lessons);
    serving = { taught, trained, recogniser, ear, isWhole };
    if (fresh?.taught.key === taught.key) fresh = undefined;
    served.resolve();
  };

  /** @returns the model, for others to be heard on; undefined where that is done, or needless */
  const learn = async (taught: FleetLessons, signal: AbortSignal): Promise<Trained | undefined> => {
    // It was changed, and changed back.
    if (serving?.taught.key === taught.key && serving.isWhole)
      return serving.ear === undefined ? serving.trained : undefined;
    const kept = await models?.load(taught.key);
    if (signal.aborted) return undefined;
    if (kept !== undefined) {
      serve(taught, kept);
      return kept;
    }
    const before = serving?.trained ?? atFirst;
    const trained = await trainAside(taught.lessons, {
      signal,
      // As sure as the former model was, until it is known how sure this one may be.
      onLearnt: (learnt) => {
        if (before !== undefined && !signal.aborted) serve(taught, { ...before, ...learnt }, undefined, false);
      },
    });
    if (signal.aborted) return undefined;
    serve(taught, trained);
    await models?.save(taught.key, trained);
    return trained;
  };

  /** What the other service makes of the lessons is asked beside the turns; until that is learnt, the embedded score serves. */
  const hear = async (
    opened: OpinionSource,
    again: () => void,
    { taught, plain, signal }: { taught: FleetLessons; plain: Trained; signal: AbortSignal },
  ): Promise<void> => {
    const onLost = (error: unknown): void => {
      if (signal.aborted) return;
      onTrouble(`${opened.name} is left in peace after many failures: the embedded score serves`, error);
      // Where another model answers, what is open is of no use any more.
      if (error instanceof OpinionError && error.kind === "nonsense") again();
    };
    const ear = createEar(opened, taught, { deadlineMs, peaceMs, onLost });
    const key = `${taught.key}:${ear.name}:${opened.version}`;
    let trained = await models?.load(key);
    if (trained?.heard === undefined) {
      const heard = await hearAll(opened, taught, signal);
      trained = await trainAside({ ...taught.lessons, heard }, { learnt: plain, signal });
      if (trained.heard === undefined) throw tooLittle(ear.name);
      await models?.save(key, trained);
    }
    if (!signal.aborted) serve(taught, trained, ear);
  };

  const follow = async (): Promise<void> => {
    const taught = lessonsOf(registry.agents, normalise, { seed, outside });
    if (taught.key === following?.key) return following.done;
    following?.ended.abort();
    fresh = serving === undefined || taught.key === serving.taught.key ? undefined : freshIn(taught, serving);
    const ended = new AbortController();
    const done = learn(taught, ended.signal).then(
      (plain) => {
        if (plain === undefined) return;
        const { signal } = ended;
        hearing?.begin(
          taught.written.documents,
          (opened, again) => hear(opened, again, { taught, plain, signal }),
          signal,
        );
      },
      (error: unknown) => {
        // A later change stopped it.
        if (!ended.signal.aborted) throw error;
      },
    );
    following = { key: taught.key, done, ended };
    await done;
  };
  const learning = follow();
  // What fails before anybody can be routed is the caller's; later it is only told.
  await (atFirst === undefined ? learning : Promise.race([learning, served.promise]));
  learning.catch((error: unknown) => onTrouble("the router did not learn how sure it may be", error));

  return {
    async route(text) {
      if (serving === undefined) throw new Error("unreachable: the first model is awaited");
      // One model for the whole turn, whatever is learnt meanwhile.
      const { taught, recogniser, ear } = serving;
      const opinion = await ear?.hear(text);
      const asked = ear && { of: ear.name, inTime: opinion !== undefined };
      const words = normalise(text);
      const recognised = recogniser.recognise(words, opinion);
      const plainly = (): RoutingDecision => decisionOf({ text, words }, recognised, taught, registry, asked);
      if (fresh === undefined) return plainly();
      const said = fresh.verbatim(words);
      if (said === "nobody")
        return decisionOf({ text, words }, { ...recognised, ...settled(recognised, said) }, taught, registry, asked);
      if (said === undefined) {
        const newcomer = fresh.newcomers(words);
        if (newcomer === undefined || newcomer.nearness <= recognised.evidence.nearness) return plainly();
        const among = withNewcomer(recognised, newcomer, taught, fresh.taught);
        return decisionOf({ text, words }, among, fresh.taught, registry, asked, JUST_REGISTERED);
      }
      // The numbers of intents are those of the newer lessons: what the model says of its own is of no use here.
      const evidence = { ...recognised.evidence, coverage: 1, known: 1, nearness: 1 };
      const judged = settled({ ...recognised, evidence, intents: [], wordsFor: () => [] }, said);
      return decisionOf({ text, words }, { ...recognised, ...judged }, fresh.taught, registry, asked);
    },
    follow,
    heard: async () => {
      await following?.done;
      await hearing?.tried();
    },
    stop: () => following?.ended.abort(),
  };
}
