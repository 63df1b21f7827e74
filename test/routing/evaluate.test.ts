import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { auroc, metricsOf } from "../../src/routing/eval/metrics.ts";

describe("route:eval", () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "signalbox-eval-"));
  });
  after(() => rmSync(folder, { recursive: true }));

  const file = (name: string, lines: readonly unknown[]): string => {
    const path = join(folder, name);
    writeFileSync(path, lines.map((line) => (typeof line === "string" ? line : JSON.stringify(line))).join("\n"));
    return path;
  };
  const run = (...args: string[]) =>
    spawnSync(process.execPath, ["src/routing/eval/main.ts", ...args], { encoding: "utf8" });
  const said: Record<string, string[]> = {
    refund: [
      "I want my money back",
      "please refund the order",
      "refund me",
      "can I get a refund",
      "give me back what I paid",
    ],
    delivery: [
      "where is my parcel",
      "when does the order arrive",
      "track the shipment",
      "is it delivered",
      "the parcel is late",
    ],
    password: [
      "I forgot my password",
      "reset the login",
      "cannot sign in",
      "change my password",
      "the login is locked",
    ],
  };
  const rows = Object.entries(said).flatMap(([intent, texts]) => texts.map((text) => ({ text, intent })));
  const unseen = [
    { text: "refund the money please", intent: "refund" },
    { text: "is the parcel here soon", intent: "delivery" },
    { text: "my password is forgotten", intent: "password" },
    { text: "who painted the sistine chapel", intent: null },
  ];

  it("trains on one file, judges another, and gives the same figures for the same seed", () => {
    const [train, test] = [file("train.jsonl", rows), file("test.jsonl", unseen)];
    const out = join(folder, "out.jsonl");
    const once = run("--train", train, "--test", test, "--predictions", out, "--seed", "7");
    assert.equal(once.status, 0, once.stderr);
    const figures = JSON.parse(once.stdout);
    assert.equal(figures.accuracy, 1);
    assert.equal(figures.oosAuroc, 1);
    const lines = readFileSync(out, "utf8")
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    assert.deepEqual(Object.keys(lines[0]), ["text", "intent", "score", "scope", "latency_us"]);
    assert.deepEqual(
      lines.slice(0, 3).map(({ intent }) => intent),
      ["refund", "delivery", "password"],
    );
    assert.ok(lines[3].score < 0.5);
    const again = JSON.parse(run("--train", train, "--test", test, "--seed", "7").stdout);
    assert.deepEqual([again.eceWithOos, again.eceInScope], [figures.eceWithOos, figures.eceInScope]);
  }).timeout(60_000);

  it("says which line of which file is wrong", () => {
    const bad = file("bad.jsonl", [rows[0], "{oops"]);
    const broken = run("--train", bad, "--test", bad);
    assert.equal(broken.status, 2);
    assert.match(broken.stderr, /bad\.jsonl, line 2: this is no JSON/);
    const mistyped = file("mistyped.jsonl", [{ text: 5, intent: null }]);
    assert.match(run("--train", mistyped, "--test", mistyped).stderr, /line 1: text: /);
    assert.match(run("--train", "nowhere.jsonl", "--test", "x").stderr, /nowhere\.jsonl cannot be read/);
    assert.match(run().stderr, /--train and --test/);
  });
});

describe("the figures of routing", () => {
  const row = (wanted: string | null, score: number, intent = "a") => ({ wanted, intent, score, scope: score });
  it("AUROC is the share of pairs in the right order, ties count half", () => {
    assert.equal(auroc([0.9, 0.8], [0.1, 0.2]), 1);
    assert.equal(auroc([0.5], [0.5]), 0.5);
    assert.equal(auroc([0.9, 0.1], [0.5]), 0.5);
  });
  it("a score that says 0.75 and is right three times of four is calibrated; one that says 1 is off by a quarter", () => {
    const three = [row("a", 0.75), row("a", 0.75), row("a", 0.75), row("b", 0.75)];
    assert.equal(metricsOf(three).eceInScope, 0);
    const sure = three.map((one) => ({ ...one, score: 1 }));
    assert.equal(metricsOf(sure).eceInScope, 0.25);
  });
  it("what is out of scope counts as wrong, and as leaked where it is served", () => {
    const { accuracy, eceWithOos, served } = metricsOf([row("a", 1), row(null, 1), row(null, 0)]);
    assert.deepEqual([accuracy, served], [1, { share: 1, accuracy: 1, oosLeak: 0.5 }]);
    assert.ok(Math.abs(eceWithOos - 1 / 3) < 1e-9);
  });
});
