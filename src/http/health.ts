import { type Route, sendJson } from "../desk/route.ts";

/** What must hold before work is taken: name → does it hold now? */
export type Checks = Record<string, () => boolean | Promise<boolean>>;

/** `/healthz`: the process runs. `/readyz`: it can work; the body says what is missing. */
export function healthRoutes(checks: Checks): Route[] {
  return [
    {
      method: "get",
      path: "/healthz",
      async handle(_req, res) {
        sendJson(res, 200, { status: "up" });
      },
    },
    {
      method: "get",
      path: "/readyz",
      async handle(_req, res) {
        const entries = Object.entries(checks).map(async ([name, holds]) => {
          const ok = await Promise.resolve()
            .then(holds)
            .catch(() => false);
          return [name, ok] as const;
        });
        const results = Object.fromEntries(await Promise.all(entries));
        const ready = Object.values(results).every(Boolean);
        sendJson(res, ready ? 200 : 503, { status: ready ? "ready" : "not ready", ...results });
      },
    },
  ];
}
