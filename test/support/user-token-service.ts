import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";

/** The Bot Framework's token service on loopback, after what its client in the SDK sends: who has signed in, by their channel id. */
export type UserTokenService = {
  origin: string;
  /** what Teams would get silently, and what it is exchanged for */
  exchanges: Map<string, string>;
  /** the code that the sign-in page gives, and what it stands for */
  codes: Map<string, string>;
  /** as whom people are signed in */
  tokens: Map<string, string>;
  stop(): void;
};

export async function startUserTokenService(connection: string): Promise<UserTokenService> {
  const server = createServer((request, response) => {
    void answerTo(request).then(([status, body]) => {
      response.writeHead(status, { "content-type": "application/json" });
      response.end(JSON.stringify(body));
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const service: UserTokenService = {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    ...{ exchanges: new Map(), codes: new Map(), tokens: new Map() },
    stop: () => {
      server.closeAllConnections();
      server.close();
    },
  };
  const answerTo = async (request: IncomingMessage): Promise<[number, object]> => {
    const { pathname, searchParams } = new URL(request.url ?? "", service.origin);
    const userId = searchParams.get("userId") ?? "";
    if (!/^Bearer \S+\.\S+\.\S+$/.test(request.headers.authorization ?? "")) return [401, {}];
    if (pathname === "/api/botsignin/GetSignInResource") {
      const state = JSON.parse(Buffer.from(searchParams.get("state") ?? "", "base64").toString()) as object;
      const known = "conversation" in state && "msAppId" in state;
      const tokenExchangeResource = { id: "exchange-1", uri: "api://signalbox" };
      return known ? [200, { signInLink: "https://token.botframework.com/start", tokenExchangeResource }] : [400, {}];
    }
    if (searchParams.get("connectionName") !== connection || searchParams.get("channelId") !== "msteams")
      return [400, {}];
    const keep = (token: string | undefined): [number, object] => {
      if (token === undefined) return [404, {}];
      service.tokens.set(userId, token);
      return [200, { connectionName: connection, token }];
    };
    if (pathname === "/api/usertoken/exchange") {
      const chunks: Buffer[] = [];
      for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
      const { token } = JSON.parse(Buffer.concat(chunks).toString()) as { token: string };
      return keep(service.exchanges.get(token));
    }
    if (pathname !== "/api/usertoken/GetToken") return [404, {}];
    const code = searchParams.get("code");
    return keep(code === null ? service.tokens.get(userId) : service.codes.get(code));
  };
  return service;
}
