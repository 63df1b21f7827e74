import { messageOf } from "../errors.ts";
import { listen } from "../store/listen.ts";
import { assetRoutes } from "./assets.ts";
import { DESK_CHANNEL } from "./clock.ts";
import { connectorRoutes } from "./connector-routes.ts";
import { greet, greetAll, prepareChannels } from "./greeting.ts";
import { guarded } from "./guard.ts";
import { pageRoutes } from "./page-routes.ts";
import type { DeskPorts } from "./ports.ts";
import type { Route } from "./route.ts";
import { createSpeaking } from "./speaking.ts";
import { createStreams } from "./streams.ts";

/**
 * A chat service of our own, on this machine: to the bot it is what Teams is (the same protocol both ways), to people it is a
 * page on which they can be anybody of the sample company. `start` after the server listens: the bot is told of its channels.
 */
export type Desk = { routes: Route[]; start(): Promise<void>; stop(): Promise<void> };

/** @param options `databaseUrl`: the pool's database, to listen to its changes over a connection of its own */
export function createDesk(options: DeskPorts & { databaseUrl: string }): Desk {
  const { databaseUrl, ...ports } = options;
  const stopped = new AbortController();
  const underWay = new Set<Promise<void>>();
  const streams = createStreams(ports);
  const speaking = createSpeaking(ports);
  let listener: { stop(): Promise<void> } | undefined;

  const soon = (what: string, work: Promise<void>): void => {
    const done = work
      .catch((error: unknown) => ports.log.error({ error: messageOf(error) }, `the desk could not ${what}`))
      .finally(() => underWay.delete(done));
    underWay.add(done);
  };
  const routes = [
    ...assetRoutes(),
    ...connectorRoutes(ports),
    ...pageRoutes(ports, speaking, streams, (chat) => soon("greet the bot", greet(ports, chat, stopped.signal))),
  ];
  return {
    routes: routes.map((route) => guarded(route, ports.log)),
    async start() {
      await prepareChannels(ports);
      listener = await listen(databaseUrl, DESK_CHANNEL, (payload) => streams.wake(payload), ports.log);
      soon("tell the bot of its conversations", greetAll(ports, stopped.signal));
      soon("hand over what was said before", speaking.catchUp());
    },
    async stop() {
      stopped.abort();
      streams.close();
      await listener?.stop();
      await Promise.all([...underWay, speaking.idle()]);
    },
  };
}
