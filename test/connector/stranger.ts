import { type ChildProcess, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { createServer } from "node:http";
import { type AddressInfo, connect, createServer as createSocketServer } from "node:net";
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";
import { StreamableHTTPServerTransport } from "@modelcontextprotocol/sdk/server/streamableHttp.js";
import { until } from "../support/until.ts";

/** An MCP server that nobody here wrote, as a process of its own. */
export type Stranger = { url: string; stop(): Promise<void> };

const entryPoint = (name: string): string => `node_modules/@modelcontextprotocol/server-${name}/dist/index.js`;

/** One that speaks HTTP itself. */
export async function startOverHttp(name: string): Promise<Stranger> {
  const port = await freePort();
  const child: ChildProcess = spawn(process.execPath, [entryPoint(name), "streamableHttp"], {
    env: { PATH: process.env.PATH, PORT: String(port) },
    stdio: "ignore",
  });
  await until(() => answers(port));
  const gone = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  return {
    url: `http://127.0.0.1:${port}/mcp`,
    stop: () => {
      child.kill("SIGKILL");
      return gone;
    },
  };
}

/** One that speaks over its standard streams: its messages are passed on as they are, in both directions. */
export async function startOverStdio(
  name: string,
  args: string[],
  env: Record<string, string> = {},
): Promise<Stranger> {
  const process_ = new StdioClientTransport({
    ...{ command: process.execPath, args: [entryPoint(name), ...args], env, stderr: "ignore" },
  });
  const door = new StreamableHTTPServerTransport({ sessionIdGenerator: randomUUID, enableJsonResponse: true });
  door.onmessage = (message) => void process_.send(message);
  process_.onmessage = (message) => void door.send(message);
  await process_.start();
  const server = createServer((request, response) => void door.handleRequest(request, response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`,
    stop: async () => {
      await process_.close();
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

async function freePort(): Promise<number> {
  const server = createSocketServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise<void>((resolve) => server.close(() => resolve()));
  return port;
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    const end = (isThere: boolean) => {
      socket.destroy();
      resolve(isThere);
    };
    socket.once("connect", () => end(true));
    socket.once("error", () => end(false));
  });
}
