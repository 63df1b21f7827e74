import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { createServer as createHttpServer, request, type ServerResponse } from "node:http";
import { createServer } from "node:https";
import { type AddressInfo, connect } from "node:net";
import { join } from "node:path";

/**
 * A company's proxy, behind which services of the public cloud are servers of a test: a bot that is started with `environment`
 * speaks to them by their real names and over TLS, as it does in production.
 */
export type PublicCloud = { environment: Record<string, string>; stop(): void };

/**
 * @param folder where its certificate is kept
 * @param services by the name of the host, the origin of the server that stands for it ("http://127.0.0.1:8080")
 */
export async function startPublicCloud(folder: string, services: Record<string, string>): Promise<PublicCloud> {
  const [keyFile, certFile] = [join(folder, "cloud.key"), join(folder, "cloud.crt")];
  const names = Object.keys(services).map((name) => `DNS:${name}`);
  const made = "req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=public-cloud";
  execFileSync(
    "openssl",
    [
      ...[...made.split(" "), "-addext", `subjectAltName=${names.join(",")}`],
      ...["-keyout", keyFile, "-out", certFile],
    ],
    { stdio: "ignore" },
  );

  const front = createServer({ key: readFileSync(keyFile), cert: readFileSync(certFile) }, (incoming, response) => {
    const [name = ""] = (incoming.headers.host ?? "").split(":");
    const origin = services[name];
    if (origin === undefined) return only(response, 502);
    const { method, headers } = incoming;
    const passed = request(new URL(incoming.url ?? "/", origin), { method, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    passed.on("error", () => response.destroy());
    incoming.pipe(passed);
  });
  const proxy = createHttpServer((_, response) => only(response, 405));
  proxy.on("connect", (wanted, socket) => {
    const [name = ""] = (wanted.url ?? "").split(":");
    // Nothing leaves this machine, whoever it is meant for.
    if (services[name] === undefined) return void socket.end("HTTP/1.1 502 Bad Gateway\r\n\r\n");
    const through = connect((front.address() as AddressInfo).port, "127.0.0.1", () => {
      socket.write("HTTP/1.1 200 Connection Established\r\n\r\n");
      through.pipe(socket).pipe(through);
    });
    for (const one of [socket, through]) one.on("error", () => [socket, through].map((other) => other.destroy()));
  });
  for (const server of [front, proxy])
    await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", () => resolve()));
  return {
    environment: {
      ...{ NODE_USE_ENV_PROXY: "1", NODE_EXTRA_CA_CERTS: certFile },
      HTTPS_PROXY: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
      NO_PROXY: "127.0.0.1,localhost",
    },
    stop() {
      for (const server of [front, proxy]) {
        server.closeAllConnections();
        server.close();
      }
    },
  };
}

function only(response: ServerResponse, status: number): void {
  response.statusCode = status;
  response.end();
}
