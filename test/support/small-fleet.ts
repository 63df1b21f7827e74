import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { AgentRecord } from "../../src/registry/agent-record.ts";
import { background } from "../../src/routing/background.ts";

type Cluster = AgentRecord["cluster_id"];
type Desk = { cluster: Cluster; name: string; intents: Record<string, string[]> };

/** Desks with their intents, and what each is about: nobody can take one for the other. */
const desks: Desk[] = [
  {
    ...{ cluster: "sales", name: "Parcel Desk" },
    intents: {
      "track-parcel": ["parcel delivery", "courier tracking", "missing shipment"],
      "travel-ticket": ["train ticket", "flight booking", "hotel reservation"],
    },
  },
  {
    ...{ cluster: "hr-legal", name: "Canteen Desk" },
    intents: {
      "canteen-menu": ["canteen menu", "lunch dishes", "vegetarian soup"],
      "pay-slip": ["monthly payslip", "salary statement", "wage certificate"],
    },
  },
  {
    ...{ cluster: "it-security", name: "Printer Desk" },
    intents: {
      "printer-toner": ["printer toner", "ink cartridges", "paper tray"],
      "meeting-room": ["meeting room", "projector screen", "conference hall"],
    },
  },
  {
    ...{ cluster: "finance", name: "Garage Desk" },
    intents: {
      "parking-space": ["parking space", "garage spot", "car park"],
      "coffee-machine": ["coffee machine", "espresso beans", "milk foam"],
    },
  },
];
const registered = ["Show me the", "I need the", "What is new about the", "Tell me more about the"];
const neverRegistered = ["Please show me the", "Tell me the news about the"];

const started = ["so", "well", "hm", "ok", "and", "please", "now", "hey", "um", "oh"];
const unclear = [
  "again",
  "do it",
  "that one",
  "like before",
  "it is broken",
  "go on",
  "what now",
  "fix it",
  "the same",
  "why",
];

export type GoldenEntry = { text: string; expect: unknown };
export type SmallFleet = {
  /** a manifest folder: agents, plans and a golden set that passes every gate */
  manifest: string;
  golden: GoldenEntry[];
  writeGolden(entries: readonly (GoldenEntry | string)[]): void;
  /** Changes the record of the agent with this name. */
  change(name: string, change: (record: AgentRecord) => void): void;
  remove(): void;
};

/** A fleet in a folder of its own, small enough to be trained again and again. */
export function writeSmallFleet(): SmallFleet {
  const manifest = mkdtempSync(join(tmpdir(), "signalbox-fleet-"));
  const fileOf = ({ cluster, name }: Desk): string =>
    join(manifest, "agents", cluster, `${name.toLowerCase().replace(" ", "-")}.json`);
  for (const folder of ["golden", "plans/sales", ...desks.map(({ cluster }) => `agents/${cluster}`)])
    mkdirSync(join(manifest, folder), { recursive: true });
  writeJson(join(manifest, "plans/sales/nothing.json"), {
    ...{ plan: "sales/nothing", version: 1, pattern: "sequential", slots: {}, lookups: [] },
    answer: { title: "Nothing" },
  });
  for (const [i, desk] of desks.entries()) writeJson(fileOf(desk), recordOf(desk, i + 1));
  const golden = [
    ...desks.flatMap(({ cluster, name, intents }) =>
      Object.entries(intents).flatMap(([intent, subjects]) =>
        said(neverRegistered, subjects).map((text) => ({ text, expect: { cluster, agent: name, intent } })),
      ),
    ),
    // The router was taught that these are nobody's business: these tests are not about how well it tells that.
    ...background.slice(300, 500).map((text) => ({ text, expect: "out-of-scope" })),
    ...started.flatMap((word) => unclear.map((rest) => ({ text: `${word} ${rest}`, expect: "vague" }))),
  ];
  const writeGolden: SmallFleet["writeGolden"] = (entries) => {
    const lines = entries.map((entry) => (typeof entry === "string" ? entry : JSON.stringify(entry)));
    writeFileSync(join(manifest, "golden/routing.jsonl"), `${lines.join("\n")}\n`);
  };
  writeGolden(golden);
  return {
    ...{ manifest, golden, writeGolden },
    change(name, change) {
      const desk = desks.find((one) => one.name === name);
      if (desk === undefined) throw new Error(`no desk is called ${name}`);
      const record = JSON.parse(readFileSync(fileOf(desk), "utf8")) as AgentRecord;
      change(record);
      writeJson(fileOf(desk), record);
    },
    remove: () => rmSync(manifest, { recursive: true }),
  };
}

function said(begun: readonly string[], subjects: readonly string[]): string[] {
  return begun.flatMap((words) => subjects.map((subject) => `${words} ${subject}`));
}

function recordOf({ cluster, name, intents }: Desk, number: number): object {
  const uuid = (kind: string): string => `${kind}0000000-0000-4000-8000-00000000000${number}`;
  return {
    ...{ agent_id: uuid("a"), display_name: name, description: `The ${name} of a small fleet.`, cluster_id: cluster },
    ...{ owner_upn: "lucia.moreno@contoso.example", service_principal_id: uuid("b") },
    ...{ capability_mode: "read-only", status: "active", token_sla_per_session: 1_000 },
    ...{ registered_at: "2026-09-01", last_review_at: "2026-10-01", deprecation_date: "2028-08-31" },
    ...{ runtime: "planner", instructions: "Answer what is asked.", tools: ["crm.find_customers"] },
    data_scopes: [
      {
        ...{ scope_name: "small", classification: "internal" },
        ...{ approved_by: "lucia.moreno@contoso.example", approved_at: "2026-09-01" },
      },
    ],
    intent_patterns: Object.entries(intents).map(([label, subjects]) => ({
      ...{ intent_label: label, description: `What people ask about: ${label.replace("-", " ")}.` },
      ...{
        confidence_threshold: 0.6,
        example_utterances: said(registered, subjects),
        risk: "low",
        plan: "sales/nothing",
      },
    })),
  };
}

function writeJson(file: string, content: unknown): void {
  writeFileSync(file, JSON.stringify(content, null, 2));
}
