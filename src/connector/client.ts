import { messageOf } from "../errors.ts";
import type { Log } from "../telemetry/log.ts";
import type { ToolResult } from "./answer.ts";
import { callTool, type ToolCall } from "./call.ts";
import { ConnectorError } from "./connector-error.ts";
import type { Credentials } from "./credentials.ts";
import type { Rights } from "./elevation.ts";
import type { Inventory } from "./inventory.ts";
import { createLink, type Link } from "./link.ts";
import { redact } from "./redact.ts";
import type { Endpoint } from "./system-names.ts";
import type { ToolInfo } from "./tool-info.ts";
import type { ToolRegister } from "./tool-register.ts";
import type { ToolGate } from "./tools/gate.ts";

export type { ToolResult } from "./answer.ts";
export type { ToolCall } from "./call.ts";
export { ConnectorError } from "./connector-error.ts";
export type { ToolInfo } from "./tool-info.ts";

/** The only door through which agents reach a system. */
export type Connectors = {
  tools(): ToolInfo[];
  /** @throws ConnectorError, which says whether anything can have happened */
  call(call: ToolCall): Promise<ToolResult>;
  /** is every system connected? One that is not is connected in the background. */
  ready(): boolean;
  close(): Promise<void>;
};

/**
 * Connects to the systems of the inventory. One that is away does not hold up the others: it is tried again at the next
 * call and at the next question whether all are ready.
 * @param options.endpoints of systems that Signalbox starts; they may change: a restarted system has a new address
 */
export async function connectSystems(options: {
  endpoints: Readonly<Record<string, Endpoint | undefined>>;
  inventory: Inventory;
  /** which tools were reviewed as they are */
  gate: ToolGate;
  /** what we hold of each tool; without it every tool is as closely held as its system, and every write is of high risk */
  register?: ToolRegister;
  /** is this right in force? Asked before every write */
  isElevated: Rights["isElevated"];
  /** with what calls show who makes them */
  credentials: Credentials;
  log: Log;
}): Promise<Connectors> {
  const { endpoints, inventory, gate, register = {}, log, credentials } = options;
  const links = new Map<string, Link>();
  for (const entry of inventory.values()) {
    const fixed = entry.endpoint === "sample" ? undefined : { url: entry.endpoint };
    links.set(
      entry.system,
      createLink(entry, () => fixed ?? endpoints[entry.system], { gate, register, credentials, log }),
    );
  }
  const connect = async (link: Link) => {
    try {
      await link.connection();
    } catch (error) {
      log.warn({ system: link.entry.system, why: redact(messageOf(error)) }, "a system cannot be reached");
    }
  };
  await Promise.all([...links.values()].map(connect));

  return {
    tools: () => [...links.values()].flatMap((link) => link.tools().map(({ info }) => info)),
    call: (call) => {
      const link = links.get(call.tool.split(".")[0] ?? "");
      if (link === undefined)
        return Promise.reject(
          new ConnectorError(
            "refused",
            `${call.tool}: its system is not in the inventory (manifest/connectors.json).`,
            {
              told: "That system is not one that I may use.",
              isOurs: true,
            },
          ),
        );
      return callTool(link, call, options);
    },
    ready: () => {
      const closed = [...links.values()].filter((link) => !link.isOpen());
      for (const link of closed) void connect(link);
      return closed.length === 0;
    },
    close: async () => {
      await Promise.all([...links.values()].map((link) => link.close()));
    },
  };
}
