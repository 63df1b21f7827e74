import type { IncomingMessage, ServerResponse } from "node:http";
import type { z } from "zod";

/** `params` are URL-decoded; `body` is parsed JSON. */
export type DeskRequest = IncomingMessage & { params: Record<string, string>; body: unknown; query: URLSearchParams };

/** A handler without a server: what mounts it knows the HTTP library. */
export type Route = {
  method: "get" | "post" | "put" | "del";
  /** with `:name` for each parameter */
  path: string;
  maxBodyBytes?: number;
  /** the body is handed on as it was sent (a Buffer), for whoever checks a signature over it */
  isRaw?: true;
  handle(req: DeskRequest, res: ServerResponse): Promise<void>;
};

/** Thrown inside a handler: the answer that the caller gets, in the shape of the Bot Framework's errors. */
export class Refused extends Error {
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

export function sendJson(res: ServerResponse, status: number, value: unknown): void {
  const body = JSON.stringify(value);
  res.writeHead(status, {
    "content-type": "application/json; charset=utf-8",
    "content-length": Buffer.byteLength(body),
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
  });
  res.end(body);
}

/** @throws Refused 400, naming the field and the rule */
export function parsed<T>(schema: z.ZodType<T>, value: unknown): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const lines = result.error.issues.slice(0, 5).map((issue) => `${issue.path.join(".") || "body"}: ${issue.message}`);
  throw new Refused(400, "BadSyntax", lines.join("; "));
}
