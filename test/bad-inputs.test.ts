import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { promisify } from "node:util";
import { badInputs } from "./bad-inputs.ts";

const ALL = 47;
type Listed = { tests: { title: string; file: string }[]; pending: { title: string; file: string }[] };

/** All tests of these files, which are read and not run. */
async function listed(files: readonly string[]): Promise<Listed> {
  const mocha = ["node_modules/mocha/bin/mocha.js", "--no-config", "--dry-run", "--reporter", "json"];
  const { stdout } = await promisify(execFile)(process.execPath, [...mocha, ...files], { maxBuffer: 2 ** 26 });
  // What a file says while it is read stands before it.
  return JSON.parse(stdout.slice(stdout.indexOf("{\n"))) as Listed;
}

describe("the list of bad inputs", function () {
  this.timeout(60_000);

  it("has each of the 47 once, with what must happen and a test that shows it", () => {
    assert.deepEqual(
      badInputs.map(({ number }) => number),
      Array.from({ length: ALL }, (_, i) => i + 1),
    );
    for (const { number, shownBy } of badInputs) {
      assert.ok(Object.keys(shownBy).length > 0, `${number} is shown by nothing`);
      for (const [file, titles] of Object.entries(shownBy)) {
        assert.ok(existsSync(`test/${file}`), `${number}: there is no test/${file}`);
        assert.ok(titles.length > 0, `${number}: no test of ${file}`);
      }
    }
  });

  it("names tests that there are, by their very titles, and that are not left out", async () => {
    const files = [...new Set(badInputs.flatMap(({ shownBy }) => Object.keys(shownBy)))];
    const { tests, pending } = await listed(files.map((file) => `test/${file}`));
    const key = (file: string, title: string): string => `${file}: ${title}`;
    const inFile = ({ file, title }: Listed["tests"][number]): string =>
      key(file.slice(file.lastIndexOf("/test/") + "/test/".length), title);
    const [there, leftOut] = [new Set(tests.map(inFile)), new Set(pending.map(inFile))];
    const wrong = badInputs.flatMap(({ number, shownBy }) =>
      Object.entries(shownBy).flatMap(([file, titles]) =>
        titles
          .map((title) => key(file, title))
          .filter((one) => !there.has(one) || leftOut.has(one))
          .map((one) => `${number}. ${one}${leftOut.has(one) ? " (left out)" : " (not there)"}`),
      ),
    );
    assert.deepEqual(wrong, []);
  });
});
