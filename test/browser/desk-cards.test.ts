import assert from "node:assert/strict";
import { activitiesOf } from "../support/desk.ts";
import { chatOf, deskWindows, question } from "../support/desk-windows.ts";
import { cardActivity, failed, type Json, newCard, said } from "../support/scripted-bot.ts";
import { until } from "../support/until.ts";

const statement = (text: string): Json => ({
  type: "AdaptiveCard",
  version: "1.5",
  speak: text,
  body: [{ type: "TextBlock", text, wrap: true }],
});

describe("cards on the page of the local desk", () => {
  const on = deskWindows();

  it("shows the card that answers a prompt, with its AI label, and what a click leads to", async function () {
    const page = await on.sit(this, "noah.fischer");
    on.desk().bot.onMessage = ({ text, conversation }) =>
      on.desk().connector(
        "POST",
        activitiesOf(conversation.id),
        cardActivity(question(`You asked: ${text}`), {
          entities: [{ type: "https://schema.org/Message", additionalType: ["AIGeneratedContent"] }],
        }),
      );
    await page.getByRole("button", { name: "my approvals", exact: true }).click();
    await chatOf(page).getByText("You asked: my approvals", { exact: true }).waitFor();
    await page.getByText("AI generated").waitFor();
    assert.equal(
      await page.getByRole("button", { name: "my approvals", exact: true }).count(),
      0,
      "prompts are for the first time",
    );

    await page.getByLabel("Note for You asked").fill("go on");
    await page.getByRole("button", { name: /^Approve/ }).click();
    await page.locator(".note-said", { hasText: "Done." }).waitFor();
    const { value, replyToId } = on.desk().bot.heard.findLast(({ type }) => type === "invoke") ?? {};
    assert.deepEqual([value?.action.verb, value?.action.data], ["approve", { code: "7Q2K", note: "go on" }]);
    assert.ok(replyToId);
  });

  it("shows a refusal below the card, and a new card in place of the old one", async function () {
    const page = await on.sit(this, "lucia.moreno");
    await on.post("lucia.moreno", cardActivity(question("Deal 9")));
    on.desk().bot.onInvoke = () => failed("Forbidden", "You asked for this yourself.", 403);
    await page.getByRole("button", { name: "Approve Deal 9" }).click();
    await page.locator(".note-refused", { hasText: "You asked for this yourself." }).waitFor();
    on.desk().bot.onInvoke = () => newCard(statement("Deal 9 is approved"));
    await page.getByRole("button", { name: "Approve Deal 9" }).click();
    await page.locator(".card").getByText("Deal 9 is approved").waitFor();
    assert.equal(await page.locator(".note:not(:empty)").count(), 0);
  });

  it("says that something went wrong when the bot gives no answer to a click", async function () {
    const page = await on.sit(this, "erik.johansson");
    await on.post("erik.johansson", cardActivity(question("Deal 10")));
    const approve = page.getByRole("button", { name: "Approve Deal 10" });
    await approve.waitFor();
    on.desk().bot.status = 500;
    await approve.click();
    await page.getByText("Something went wrong. Please try again.").waitFor();
  });

  it("changes one card in place and leaves alone what is typed into another, and where the keyboard is", async function () {
    const page = await on.sit(this, "priya.nair");
    const { where, id } = await on.post("priya.nair", cardActivity(question("First")));
    await on.post("priya.nair", cardActivity(question("Second")));
    const note = page.getByLabel("Note for Second");
    await note.fill("half a thou");
    const edited = cardActivity(statement("First was approved by Jonas Weber"));
    await on.desk().connector("PUT", activitiesOf(where, id), edited);
    await page.locator(".card").getByText("First was approved by Jonas Weber").waitFor();
    await page.keyboard.type("ght");
    assert.equal(await note.inputValue(), "half a thought");
    assert.equal(await page.locator(".card").count(), 2);
    await page.getByText("Edited").waitFor();
    assert.match((await page.locator("#heard").textContent()) ?? "", /First was approved by Jonas Weber/);
  });

  it("keeps what is typed into a card when that card itself changes", async function () {
    const page = await on.sit(this, "helena.okafor");
    const { where, id } = await on.post("helena.okafor", cardActivity(question("Budget")));
    await page.getByLabel("Note for Budget").fill("only unt");
    const reminded = question("Budget");
    (reminded.body as Json[]).push({ type: "TextBlock", text: "One hour is left." });
    await on.desk().connector("PUT", activitiesOf(where, id), cardActivity(reminded));
    await page.getByText("One hour is left.").waitFor();
    await page.keyboard.type("il May");
    assert.equal(await page.getByLabel("Note for Budget").inputValue(), "only until May");
  });

  it("shows the same card to two people in two windows, and each its own outcome", async function () {
    const maya = await on.sit(this, "maya.lindqvist");
    const jonas = await on.sit(this, "jonas.weber");
    const [hers, his] = [
      await on.post("maya.lindqvist", cardActivity(statement("Jonas decides on credit note 31"))),
      await on.post("jonas.weber", cardActivity(question("credit note 31"))),
    ];
    on.desk().bot.onInvoke = () => {
      void on
        .desk()
        .connector("PUT", activitiesOf(hers.where, hers.id), cardActivity(statement("Jonas said yes to 31")));
      void on.desk().connector("PUT", activitiesOf(his.where, his.id), cardActivity(statement("You said yes to 31")));
      return said("Thank you.");
    };
    await jonas.getByRole("button", { name: "Approve credit note 31" }).click();
    await jonas.locator(".card").getByText("You said yes to 31").waitFor();
    await maya.locator(".card").getByText("Jonas said yes to 31").waitFor();
    assert.equal(await maya.locator(".card").getByText("You said yes").count(), 0);
  });

  it("shows markup in names and texts as text, and opens web addresses only", async function () {
    const page = await on.sit(this, "sofia.rossi");
    const evil = '<img src=x onerror="document.title=1"><script>document.title=2</script>';
    const { where } = await on.post("sofia.rossi", { type: "message", text: evil, textFormat: "plain" });
    await on.post("sofia.rossi", {
      type: "message",
      textFormat: "markdown",
      text: `**bold** ${evil} [x](javascript:alert(1))`,
    });
    await on.post("sofia.rossi", {
      ...{ type: "message", textFormat: "plain", text: "<at>E</at> was told" },
      entities: [{ type: "mention", text: "<at>E</at>", mentioned: { id: "29:1", name: "<b>Eve</b>" } }],
    });
    const hostile = statement(`${evil} [click](javascript:alert(1)) [fine](https://contoso.example/)`);
    hostile.actions = [{ type: "Action.OpenUrl", title: "Open it", url: "javascript:document.title=3" }];
    await on.post("sofia.rossi", cardActivity(hostile));
    await on.desk().say("sofia.rossi", where, `mine ${evil}`);

    await chatOf(page).getByText(`mine ${evil}`, { exact: true }).waitFor();
    await chatOf(page).getByText("@<b>Eve</b>", { exact: true }).waitFor();
    await page.getByText("Open it").click();
    assert.equal(await page.locator(".messages img:not(.avatar), .messages script, .mention b").count(), 0);
    assert.deepEqual(await page.locator(".messages a").evaluateAll((all) => all.map((a) => a.getAttribute("href"))), [
      "https://contoso.example/",
    ]);
    assert.equal(await page.locator(".messages a").getAttribute("rel"), "noopener noreferrer");
    assert.match(await page.title(), /Sofia Rossi/);
    assert.equal(page.context().pages().length, 1);
  });

  it("shows a long card from its beginning, and its end when it unfolds there", async function () {
    const page = await on.sit(this, "helena.okafor");
    const lines = Array.from({ length: 60 }, (_, i) => ({ type: "TextBlock", text: `point ${i + 1}` }));
    const form = { type: "AdaptiveCard", body: [{ type: "Input.Text", id: "reason", label: "Reason" }] };
    await on.post("helena.okafor", {
      ...cardActivity({
        ...{ type: "AdaptiveCard", version: "1.5", body: lines },
        actions: [{ type: "Action.ShowCard", title: "Reject…", card: form }],
      }),
    });
    await page.getByText("point 1", { exact: true }).waitFor();
    const isSeen = (text: string) =>
      chatOf(page)
        .getByText(text, { exact: true })
        .evaluate((one) => {
          const { top, bottom } = one.getBoundingClientRect();
          const frame = one.closest("#log")?.getBoundingClientRect();
          return frame !== undefined && top >= frame.top && bottom <= frame.bottom;
        });
    await until(() => isSeen("point 1"));
    await page.getByRole("button", { name: "Reject…" }).click();
    await chatOf(page).evaluate((log) => log.scrollTo(0, log.scrollHeight));
    await until(() => isSeen("Reason"));
  });
});
