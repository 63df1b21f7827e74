import type { AssertionOf, TokenSource } from "../tokens/principal.ts";
import type { Trust } from "../tokens/verify.ts";
import { issuerOf, readEntraFile } from "./applications.ts";
import { entraTokens } from "./tokens.ts";

/** Where tokens come from, and what systems are told of that. `names`: what tokens call a system, where Entra issues them. */
export type Issued = { tokens: TokenSource; trust: Trust["entra"]; names: Readonly<Record<string, readonly string[]>> };

/**
 * Tokens of Entra for the systems that its file names, and of our own authority for the others.
 * @param options.file undefined: all are our own
 * @param options.assertionOf as whom people have signed in, which only Entra asks for
 * @throws SignalboxError "entra-file-invalid"
 */
export function tokensFrom(options: {
  own: TokenSource;
  file: string | undefined;
  tenantId: string;
  assertionOf: AssertionOf;
}): Issued {
  const { own, file, tenantId, assertionOf } = options;
  if (file === undefined) return { tokens: own, trust: undefined, names: {} };
  const entraFile = readEntraFile(file);
  const entra = entraTokens(file, tenantId, { assertionOf });
  const systems = Object.entries(entraFile.systems);
  return {
    tokens: { get: (request) => (request.audience in entraFile.systems ? entra : own).get(request) },
    trust: issuerOf(entraFile, tenantId),
    names: Object.fromEntries(systems.map(([name, { uri, appId }]) => [name, [uri, appId]])),
  };
}
