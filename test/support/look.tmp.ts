import { mkdirSync } from "node:fs";
import { renderAnswer } from "../../src/card/answer.ts";
import { renderApproval } from "../../src/card/approval.ts";
import { renderClarify } from "../../src/card/clarify.ts";
import { renderInbox } from "../../src/card/inbox.ts";
import { launchBrowser, openWindow } from "./browser.ts";
import { closeTestDatabases } from "./database.ts";
import { activitiesOf, openDesk } from "./desk.ts";
import * as S from "./samples.ts";
import { cardActivity, failed, said } from "./scripted-bot.ts";
import { stopTestServer } from "./test-server.ts";

mkdirSync("/tmp/shots", { recursive: true });
const desk = await openDesk();
const browser = await launchBrowser();
if (!browser) process.exit(1);
try {
  const chat = await desk.personalChatOf("jonas.weber");
  const ai = {
    entities: [
      {
        type: "https://schema.org/Message",
        "@type": "Message",
        "@context": "https://schema.org",
        additionalType: ["AIGeneratedContent"],
        citation: [
          {
            "@type": "Claim",
            position: 1,
            appearance: { "@type": "DigitalDocument", name: "erp.list_invoices", abstract: "Read today at 10:32" },
          },
        ],
      },
    ],
  };
  const empty = await openWindow(browser, `${desk.url}/#noah.fischer`);
  await empty.page.waitForSelector(".prompt:visible", { timeout: 5000 }).catch(async () => {
    console.log(empty.problems);
    await empty.page.screenshot({ path: "/tmp/shots/01-empty-light.png" });
    process.exit(1);
  });
  await empty.page.screenshot({ path: "/tmp/shots/01-empty-light.png" });
  await empty.page.click(".acting-button");
  await empty.page.keyboard.type("finance");
  await empty.page.screenshot({ path: "/tmp/shots/02-people.png" });
  const post = (activity: object) => desk.connector("POST", activitiesOf(chat), activity);
  await post({
    type: "message",
    text: "Hello Jonas. I am **Signalbox**.\n\n- ask me something\n- or [read this](https://contoso.example/x)\n\n`why 7Q2K` tells the story.",
    textFormat: "markdown",
  });
  await desk.say("jonas.weber", chat, "Which Fabrikam invoices are overdue?");
  const answer = renderAnswer(
    {
      kind: "answer",
      why: "you asked for overdue invoices of a customer",
      agent: {
        agentId: S.ids.agent,
        displayName: "Invoice Agent",
        clusterId: "finance",
        intent: "overdue-invoices",
      } as never,
      answers: [
        {
          agent: {
            agentId: S.ids.agent,
            displayName: "Invoice Agent",
            clusterId: "finance",
            intent: "overdue-invoices",
          } as never,
          answer: {
            title: "3 overdue invoices of Fabrikam",
            text: "Together 4,310.20 EUR, the oldest 41 days late.",
            facts: [{ label: "Total overdue", value: "4,310.20 EUR" }],
            quotes: [],
            table: {
              columns: [
                { title: "Invoice" },
                { title: "Due" },
                { title: "Days late", right: true },
                { title: "Open", right: true },
              ],
              rows: [
                ["INV-1042", "10 Oct 2026", "41", "1,250.00 EUR"],
                ["INV-1051", "24 Oct 2026", "27", "2,060.20 EUR"],
                ["INV-1077", "12 Nov 2026", "8", "1,000.00 EUR"],
              ],
            },
            sources: [{ system: "erp", tool: "erp.list_invoices", at: new Date().toISOString() }],
          } as never,
        },
      ],
    } as never,
    { turnId: S.ids.turn, code: "8M3T" },
  );
  const a = await post(cardActivity(answer as never, ai));
  const approval = (x = {}) =>
    renderApproval({
      approval: S.anApproval(x),
      action: S.anAction(),
      run: S.aRun(),
      agentName: "Credit Agent",
      requesterName: "Maya Lindqvist",
      deciderName: "Jonas Weber",
    });
  const p = await post(cardActivity(approval() as never, ai));
  desk.bot.onInvoke = () => said("Recorded: thank you.");
  const w = await openWindow(browser, `${desk.url}/#jonas.weber`);
  await w.page.waitForSelector("text=Credit note of 450");
  await w.page.waitForTimeout(300);
  await w.page.screenshot({ path: "/tmp/shots/03-approval-light.png" });
  await w.page.evaluate(() => {
    document.getElementById("log")!.scrollTop = 0;
  });
  await w.page.waitForTimeout(100);
  await w.page.screenshot({ path: "/tmp/shots/04-answer-light.png" });
  await w.page.click("text=👍");
  await w.page.waitForSelector(".note:not(:empty)");
  await w.page.click("button:has-text('Reject')");
  await w.page.fill("textarea.ac-input", "Wrong invoice");
  await w.page.waitForTimeout(200);
  await w.page.screenshot({ path: "/tmp/shots/05-reject-open.png" });
  const d = await openWindow(browser, `${desk.url}/#jonas.weber`, { dark: true });
  await d.page.waitForSelector("text=Credit note of 450");
  await d.page.waitForTimeout(300);
  await d.page.screenshot({ path: "/tmp/shots/06-approval-dark.png" });
  await d.page.evaluate(() => {
    document.getElementById("log")!.scrollTop = 0;
  });
  await d.page.waitForTimeout(100);
  await d.page.screenshot({ path: "/tmp/shots/07-answer-dark.png" });
  desk.bot.onInvoke = () => failed("NotAllowed", "Maya asked for this herself, so somebody else must approve it.", 403);
  await d.page.click("button:has-text('Approve')");
  await d.page.waitForSelector(".note-refused:not(:empty)");
  await d.page.click("button:has-text('Reject')");
  await d.page.waitForTimeout(200);
  await d.page.evaluate(() => {
    const l = document.getElementById("log")!;
    l.scrollTop = l.scrollHeight;
  });
  await d.page.screenshot({ path: "/tmp/shots/08-refused-dark.png" });
  const n = await openWindow(browser, `${desk.url}/#jonas.weber`, { width: 380, height: 760 });
  await n.page.waitForSelector(".chat-row");
  await n.page.waitForTimeout(300);
  await n.page.screenshot({ path: "/tmp/shots/09-narrow-list.png" });
  await n.page.click(".chat-row");
  await n.page.waitForTimeout(300);
  await n.page.screenshot({ path: "/tmp/shots/10-narrow-approval.png" });
  await n.page.evaluate(() => {
    document.getElementById("log")!.scrollTop = 0;
  });
  await n.page.waitForTimeout(100);
  await n.page.screenshot({ path: "/tmp/shots/11-narrow-answer.png" });
  // decided, inbox, clarify
  await desk.connector(
    "PUT",
    activitiesOf(chat, p.body.id),
    cardActivity(approval({ status: "approved", decidedBy: S.ids.jonas, decidedAt: new Date() }) as never, ai),
  );
  await post(
    cardActivity(
      renderInbox(
        "approvals",
        [1, 2, 3].map((i) => ({
          id: S.ids.approval,
          turnId: S.ids.turn,
          version: 1,
          summary: `Credit note of ${i * 120}.00 EUR for INV-10${i}2`,
          detail: "asked by Maya Lindqvist, code 7Q2K",
          state: i === 2 ? "approved" : "waiting",
          color: i === 2 ? "Good" : "Warning",
          approveTitle: "Approve",
          canDecide: i !== 2,
          canClaim: false,
          canWhy: true,
        })) as never,
        0,
      ) as never,
    ),
  );
  await post(
    cardActivity(
      renderClarify(
        [S.aCandidate(), S.aCandidate({ displayName: "Budget Agent", intent: "budget-left" })],
        S.ids.turn,
        "unsure",
      ) as never,
    ),
  );
  desk.bot.status = 503;
  await desk.say("jonas.weber", chat, "It is broken again,\nand nobody answers.");
  await w.page.waitForSelector(".failed:visible");
  await w.page.waitForTimeout(200);
  await w.page.screenshot({ path: "/tmp/shots/12-inbox-light.png" });
  await d.page.waitForTimeout(100);
  await d.page.screenshot({ path: "/tmp/shots/13-inbox-dark.png" });
  await w.page.click(".chat-row:has-text('Finance')");
  await w.page.waitForTimeout(300);
  await w.page.screenshot({ path: "/tmp/shots/14-channel.png" });
  const i = await openWindow(browser, `${desk.url}/#priya.nair`, { width: 380, height: 760, dark: true });
  await i.page.waitForSelector(".chat-row");
  await i.page.click(".chat-row");
  await i.page.waitForTimeout(300);
  await i.page.screenshot({ path: "/tmp/shots/15-narrow-empty-dark.png" });
  console.log([...w.problems, ...d.problems, ...n.problems, ...empty.problems]);
} finally {
  await browser.close();
  await desk.close();
  await closeTestDatabases();
  await stopTestServer();
}
