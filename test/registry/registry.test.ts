import assert from "node:assert/strict";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SignalboxError } from "../../src/errors.ts";
import { loadRegistry } from "../../src/registry/registry.ts";
import { agentSchemaText } from "../../src/registry/schema.ts";
import { directory, plans, theRegistry } from "../support/fleet.ts";

type Json = Record<string, unknown>;

describe("the registry", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "signalbox-agents-"));
    cpSync("manifest/agents", folder, { recursive: true });
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const edit = (file: string, change: (record: Json) => void): void => {
    const path = join(folder, file);
    const record: Json = JSON.parse(readFileSync(path, "utf8"));
    change(record);
    writeFileSync(path, JSON.stringify(record));
  };
  const complaint = (): string => {
    try {
      loadRegistry({ folder, directory, plans });
    } catch (error) {
      assert.ok(error instanceof SignalboxError);
      assert.equal(error.code, "registry-invalid");
      return error.message;
    }
    return "";
  };
  const intentsOf = (record: Json) => record.intent_patterns as Json[];

  it("holds three agents and more per cluster, of which one in five may act at most", () => {
    const { agents } = theRegistry();
    for (const cluster of ["sales", "finance", "it-security", "hr-legal"])
      assert.ok(agents.filter(({ cluster_id }) => cluster_id === cluster).length >= 3);
    assert.ok(
      agents.filter(({ capability_mode }) => capability_mode === "action-capable").length <= agents.length * 0.2,
    );
  });

  it("has a version that changes with any record", () => {
    const before = loadRegistry({ folder, directory, plans });
    edit("finance/invoice.json", (record) => {
      record.description = "Another description of this agent.";
    });
    const after = loadRegistry({ folder, directory, plans });
    const { agent_id: id = "" } = after.agents.find(({ display_name }) => display_name === "Invoice Agent") ?? {};
    assert.notEqual(after.version, before.version);
    assert.notEqual(after.versionOf(id), before.versionOf(id));
  });

  const cases: [string, string, (record: Json) => void, RegExp][] = [
    ["a missing field", "finance/invoice.json", (r) => delete r.owner_upn, /owner_upn/],
    [
      "an unknown field",
      "finance/invoice.json",
      (r) => {
        r.colour = "red";
      },
      /colour/,
    ],
    [
      "an id that is no UUID",
      "sales/crm-query.json",
      (r) => {
        r.agent_id = "crm";
      },
      /agent_id/,
    ],
    [
      "a shared mailbox as owner",
      "finance/ap-ar.json",
      (r) => {
        r.owner_upn = directory.people.find(({ kind }) => kind === "shared-mailbox")?.upn;
      },
      /owner_upn: .* is a shared mailbox, not a person/,
    ],
    [
      "an owner whom nobody knows",
      "finance/ap-ar.json",
      (r) => {
        r.owner_upn = "gone@contoso.example";
      },
      /owner_upn: gone@contoso.example is nobody/,
    ],
    [
      "an owner whose account is disabled",
      "finance/ap-ar.json",
      (r) => {
        r.owner_upn = directory.people.find(({ kind, enabled }) => kind === "person" && !enabled)?.upn;
      },
      /owner_upn: .* is a disabled account/,
    ],
    [
      "a group as owner",
      "finance/ap-ar.json",
      (r) => {
        r.owner_upn = directory.people.find(({ kind }) => kind === "group")?.upn;
      },
      /owner_upn: .* is a group, not a person/,
    ],
    [
      "a scope that a mailbox approved",
      "hr-legal/leave-balance.json",
      (r) => {
        const [scope = {}] = r.data_scopes as Json[];
        scope.approved_by = directory.people.find(({ kind }) => kind === "shared-mailbox")?.upn;
      },
      /data_scopes\.0\.approved_by: .* is a shared mailbox, not a person/,
    ],
    [
      "a scope that somebody approved whose account is disabled",
      "hr-legal/leave-balance.json",
      (r) => {
        const [scope = {}] = r.data_scopes as Json[];
        scope.approved_by = directory.people.find(({ kind, enabled }) => kind === "person" && !enabled)?.upn;
      },
      /data_scopes\.0\.approved_by: .* is a disabled account/,
    ],
    [
      "a scope that nobody approved",
      "hr-legal/leave-balance.json",
      (r) => {
        delete (r.data_scopes as Json[])[0]?.approved_by;
      },
      /data_scopes\.0\.approved_by/,
    ],
    [
      "no data scope",
      "hr-legal/leave-balance.json",
      (r) => {
        r.data_scopes = [];
      },
      /data_scopes/,
    ],
    [
      "two utterances only",
      "sales/customer-360.json",
      (r) => {
        (intentsOf(r)[0] ?? {}).example_utterances = ["one two", "three four"];
      },
      /intent_patterns\.0\.example_utterances/,
    ],
    [
      "a low threshold of an agent that acts",
      "finance/invoice.json",
      (r) => {
        (intentsOf(r)[2] ?? {}).confidence_threshold = 0.79;
      },
      /intent_patterns\.2\.confidence_threshold: 0.79 is too low/,
    ],
    [
      "a life of more than two years",
      "sales/crm-query.json",
      (r) => {
        r.deprecation_date = "2028-09-02";
      },
      /deprecation_date: .*more than 2 years.*choose 2028-09-01 or earlier/,
    ],
    [
      "a plan that does not exist",
      "sales/crm-query.json",
      (r) => {
        (intentsOf(r)[0] ?? {}).plan = "sales/unknown";
      },
      /intent_patterns\.0\.plan: sales\/unknown does not exist/,
    ],
    [
      "a plan that acts in a read-only agent",
      "finance/ap-ar.json",
      (r) => {
        (intentsOf(r)[0] ?? {}).plan = "finance/credit-note";
      },
      /changes something, but the agent is read-only/,
    ],
    [
      "a tool that the agent may not call",
      "finance/ap-ar.json",
      (r) => {
        r.tools = ["erp.list_bills"];
      },
      /tools: .* calls erp\.\w+, which the agent may not/,
    ],
    [
      "the wrong folder",
      "sales/crm-query.json",
      (r) => {
        r.cluster_id = "finance";
      },
      /cluster_id: is "finance" in the folder sales/,
    ],
  ];
  for (const [what, file, change, expected] of cases)
    it(`refuses ${what}, naming file, field and cure`, () => {
      edit(file, change);
      const message = complaint();
      assert.match(message, expected);
      assert.ok(message.includes(join(folder, file)), message);
      assert.match(message, /Cure: /);
    });

  it("refuses the same id, identity, name or utterance twice", () => {
    const other: Json = JSON.parse(readFileSync(join(folder, "sales/crm-query.json"), "utf8"));
    writeFileSync(join(folder, "sales/copy.json"), JSON.stringify(other));
    const message = complaint();
    for (const field of ["agent_id", "service_principal_id", "display_name", "example_utterances"])
      assert.match(message, new RegExp(`${field}.*is taken by`));
  });

  const overdue = "Which invoices are overdue?";
  const add = (record: Json, intent: number, utterance: string): void => {
    const { example_utterances: utterances } = intentsOf(record)[intent] ?? {};
    (utterances as string[]).push(utterance);
  };
  for (const [what, utterance] of [
    ["the very same words", overdue],
    ["other capitals and signs", "WHICH invoices -- are overdue !!"],
    ["surplus blanks", "  Which \t invoices   are overdue?"],
    ["accents and full-width letters", "Whích ｉｎｖｏｉｃｅｓ are overdüe?"],
    ["zero-width and bidi characters", "\u202eWhich inv\u200boices are over\u00addue?\ufeff"],
  ] as const)
    it(`refuses an utterance under intents of two agents, with the names of all, in ${what}`, () => {
      edit("finance/invoice.json", (record) => add(record, 0, overdue.replace("Which", "Tell me which")));
      edit("sales/crm-query.json", (record) => add(record, 1, utterance));
      const message = complaint();
      const first = "Invoice Agent / overdue-invoices";
      assert.ok(message.includes(`of CRM Query / list-opportunities is taken by ${first} as "${overdue}"`), message);
      assert.match(message, /crm-query\.json: intent_patterns\.1\.example_utterances\.\d+: /);
      assert.match(message, /invoice\.json: intent_patterns\.0\.example_utterances\.0\)/);
      assert.match(message, /Cure: one utterance can mean one intent only: delete it in one place, or add the words/);
      assert.equal(message.split("\n").length, 2, message);
    });

  it("refuses an utterance under two intents of one agent, and twice under one", () => {
    edit("finance/invoice.json", (record) => {
      add(record, 1, "which invoices are overdue");
      add(record, 2, "Raise a credit note for INV-1042!");
    });
    const message = complaint();
    assert.match(message, /of Invoice Agent \/ invoice-status is taken by Invoice Agent \/ overdue-invoices/);
    assert.match(
      message,
      /of Invoice Agent \/ credit-note is taken by Invoice Agent \/ credit-note .*delete one of them/,
    );
  });

  it("refuses a counter-example that is somebody's utterance, and one that is there twice", () => {
    const counter = (record: Json, utterance: string): void => {
      (record.counter_examples as string[]).push(utterance);
    };
    edit("finance/invoice.json", (record) => counter(record, "Feed the office cat at noon"));
    edit("sales/crm-query.json", (record) => {
      counter(record, "which INVOICES are overdue");
      counter(record, "feed the office cat at noon!");
    });
    const message = complaint();
    assert.match(
      message,
      /of CRM Query \/ counter_examples is taken by Invoice Agent \/ overdue-invoices .*or it does not/,
    );
    assert.match(
      message,
      /of CRM Query \/ counter_examples is taken by Invoice Agent \/ counter_examples .*whole fleet/,
    );
  });

  it("tells other words and other scripts apart, also those without any letter", () => {
    edit("finance/invoice.json", (record) => {
      for (const text of ["📄📄📄", "💸💸💸", "哪些发票已经逾期", "哪些发票快到期了"]) add(record, 0, text);
    });
    assert.equal(complaint(), "");
  });

  it("refuses more agents that act than one in five", () => {
    for (const file of readdirSync(join(folder, "sales")))
      edit(`sales/${file}`, (record) => {
        record.capability_mode = "action-capable";
        for (const intent of intentsOf(record)) intent.confidence_threshold = 0.9;
      });
    assert.match(complaint(), /\d+ of \d+ agents are action-capable, and \d+ may be/);
  });

  it("tells everything that is wrong at once", () => {
    edit("sales/crm-query.json", (record) => delete record.tools);
    writeFileSync(join(folder, "finance/invoice.json"), "{ no json");
    const message = complaint();
    assert.match(message, /crm-query\.json: tools/);
    assert.match(message, /invoice\.json: \(whole file\): is not valid JSON/);
  });

  it("gives editors a schema that is up to date", () => {
    const committed = readFileSync("manifest/agent.schema.json", "utf8");
    assert.deepEqual(
      JSON.parse(committed),
      JSON.parse(agentSchemaText()),
      "write agentSchemaText() of src/registry/schema.ts to manifest/agent.schema.json",
    );
  });
});
