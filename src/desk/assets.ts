import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { createRequire, stripTypeScriptTypes } from "node:module";
import { dirname, extname, join } from "node:path";
import { Refused, type Route } from "./route.ts";

type Asset = { body: Buffer; type: string; tag: string };

const FOLDER = join(import.meta.dirname, "page");
const TYPES: Record<string, string> = {
  ".html": "text/html; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".ts": "text/javascript; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".svg": "image/svg+xml",
};

/** Nothing from elsewhere, and no script that does not stand in a file of ours. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  // The card renderer writes its measures into the elements.
  "style-src-attr 'unsafe-inline'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

/** The page: its modules without their types, its styles, and two libraries as their packages ship them. */
export function assetRoutes(): Route[] {
  const assets = readAssets();
  const serve =
    (name: string): Route["handle"] =>
    async (req, res) => {
      const asset = assets.get(name === "" ? (req.params.name ?? "") : name);
      if (asset === undefined) throw new Refused(404, "NotFound", "The desk has no such file.");
      const headers = {
        etag: asset.tag,
        // Asked again each time, so that a new version of Signalbox is seen at once.
        "cache-control": "no-cache",
        "content-security-policy": POLICY,
        "cross-origin-resource-policy": "same-origin",
        "referrer-policy": "no-referrer",
        "x-content-type-options": "nosniff",
      };
      if (req.headers["if-none-match"] === asset.tag) {
        res.writeHead(304, headers);
        return void res.end();
      }
      res.writeHead(200, { ...headers, "content-type": asset.type, "content-length": asset.body.length });
      res.end(asset.body);
    };
  return [
    { method: "get", path: "/", handle: serve("index.html") },
    { method: "get", path: "/desk/assets/:name", handle: serve("") },
  ];
}

function readAssets(): Map<string, Asset> {
  const { resolve } = createRequire(import.meta.url);
  const libraries = [
    ["adaptivecards.js", join(dirname(resolve("adaptivecards/package.json")), "dist/adaptivecards.min.js")],
    ["markdown-it.js", resolve("markdown-it/browser")],
  ] as const;
  const own = readdirSync(FOLDER)
    .filter((name) => extname(name) in TYPES)
    .map((name) => [name, join(FOLDER, name)] as const);
  return new Map([...own, ...libraries].map(([name, file]) => [name, assetOf(name, readFileSync(file))]));
}

function assetOf(name: string, file: Buffer): Asset {
  const body = extname(name) === ".ts" ? Buffer.from(withoutTypes(file.toString("utf8"))) : file;
  const tag = `"${createHash("sha256").update(body).digest("base64url").slice(0, 22)}"`;
  return { body, type: TYPES[extname(name)] ?? "application/octet-stream", tag };
}

/** Node runs our own sources through the same function; its note that the function may change concerns nobody who reads a log. */
function withoutTypes(source: string): string {
  const { emitWarning } = process;
  process.emitWarning = () => {};
  try {
    return stripTypeScriptTypes(source);
  } finally {
    process.emitWarning = emitWarning;
  }
}
