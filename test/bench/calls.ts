import { digestOf } from "../../src/connector/digest.ts";
import { createVerifier } from "../../src/identity/tokens/verify.ts";
import { by, credentialsOf, startCompany, trustIn } from "../connector/company.ts";
import { stopTestServer } from "../support/test-server.ts";
import { quantile } from "./meter.ts";

// `npm run bench -- calls`: one call of a tool as an agent makes it, with its token, over HTTP; and what signing costs of it.
const CALLS = 2_000;

const company = await startCompany();
try {
  const { authority, connectors } = company;
  const read = () => connectors.call({ tool: "erp.get_invoice", args: { invoice_id: "INV-1042" }, by });
  const tokens = credentialsOf(authority, () => ["erp.get_invoice"]).tokens;
  const principal = { id: by.agentId, agentId: by.agentId, agentVersion: by.version, roles: ["erp.get_invoice"] };
  const right = {
    ...{ clientId: by.agentId, audience: "erp", actionId: by.agentId, tool: "erp.get_invoice" },
    digest: digestOf("erp.get_invoice", {}),
  };
  const signed = await authority.elevate(right);
  const verifier = createVerifier(trustIn(authority), { own: "erp" });
  await report("a read, token from the cache", read);
  await report("of that: the token from the cache", () => tokens.get({ principal, audience: "erp" }));
  await report("of a write: its right, signed", () => authority.elevate(right));
  await report("of a write: its right, verified", () => verifier.elevation(signed));
} finally {
  await company.stop();
  await stopTestServer();
}

async function report(what: string, work: () => Promise<unknown>): Promise<void> {
  for (let i = 0; i < CALLS / 10; i += 1) await work();
  const took: number[] = [];
  for (let i = 0; i < CALLS; i += 1) {
    const begun = performance.now();
    await work();
    took.push(performance.now() - begun);
  }
  process.stdout.write(
    `${what.padEnd(36)} p50 ${quantile(took, 0.5).toFixed(3)} ms   p95 ${quantile(took, 0.95).toFixed(3)} ms\n`,
  );
}
