import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { z } from "zod";
import { renderNotice } from "../../src/card/notice.ts";
import { cardTemplate } from "../../src/card/template.ts";
import { readable } from "../support/card-content.ts";

const texts = { speak: "Hello", style: "default", title: "Hello", text: "All is well" };
/** Any data at all, as a schema of ours never takes it. */
const anything = cardTemplate("notice", z.any());

describe("the data of a card", () => {
  const strict = cardTemplate(
    "notice",
    z.strictObject({ speak: z.string(), style: z.string(), title: z.string(), text: z.string() }),
  );

  for (const [what, text] of [
    ["an object", { type: "TextBlock", text: "me" }],
    ["a list of elements", [{ type: "Action.OpenUrl", url: "https://evil.example" }]],
    ["a number", 7],
    ["nothing", undefined],
  ] as const)
    it(`with ${what} where words belong is refused before anything is expanded`, () =>
      assert.throws(() => strict({ ...texts, text } as never), {
        code: "card-data-invalid",
        message: /notice: text: /,
      }));

  it("with an object would otherwise become a part of the card, which is why", () => {
    const spliced = anything({ ...texts, text: { type: "Action.OpenUrl", url: "https://evil.example" } });
    assert.match(JSON.stringify(spliced.body), /"text":\{"type":"Action\.OpenUrl"/);
  });

  it("that lacks a key sends no card with a hole in it", () => {
    for (const key of Object.keys(texts)) {
      const { [key as keyof typeof texts]: _, ...lacking } = texts;
      assert.throws(() => anything(lacking), { code: "card-template-hole" }, key);
    }
  });

  it("is read once: what it holds of our own template's words stays words", () => {
    for (const words of ["${secret}", "${$root.speak}", "${$data.title}", "${1+1}", "${speak}${title}", "$${speak}"]) {
      const card = anything({ ...texts, text: words, speak: "SECRET", title: words });
      assert.equal(readable(card), `${words}\n${words}`);
    }
  });

  it("computes nothing of what would be dear to compute", () => {
    const dear = [
      `\${isMatch('${"a".repeat(40)}!', '^(a+)+$')}`,
      "${range(0, 100000000)}",
      `\${join(range(0, 50000000), '${"x".repeat(100)}')}`,
    ];
    for (const words of dear) {
      assert.match(readable(renderNotice("default", words, words)), /isMatch|range/);
      assert.equal(anything({ ...texts, $when: words, text: words }).version, "1.5");
    }
  });
});

describe("the templates of cards", () => {
  const templates = readdirSync("cards").map((name) => [name, readFileSync(`cards/${name}`, "utf8")] as const);

  it("are files of ours, which compute nothing but counts and comparisons", () => {
    assert.ok(templates.length > 10);
    for (const [name, text] of templates)
      for (const [, expression = ""] of text.matchAll(/\$\{([^}]*)\}/g)) {
        const functions = [...expression.matchAll(/(\w+)\s*\(/g)].map(([, called]) => called);
        assert.deepEqual(
          functions.filter((called) => called !== "count"),
          [],
          `${name}: ${expression}`,
        );
      }
  });
});
