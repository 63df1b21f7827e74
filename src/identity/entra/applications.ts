import { readFileSync } from "node:fs";
import { z } from "zod";
import { SignalboxError } from "../../errors.ts";

/** How an application proves itself: a secret, or a PEM with a certificate and its private key. Both are files that a vault keeps. */
const Application = z
  .strictObject({
    clientId: z.uuid(),
    secretFile: z.string().min(1).optional(),
    certificateFile: z.string().min(1).optional(),
  })
  .refine(
    ({ secretFile, certificateFile }) => (secretFile === undefined) !== (certificateFile === undefined),
    "must have a secretFile or a certificateFile, and not both",
  );

/**
 * The Entra applications of the fleet. `systems`: those whose tokens come from Entra, as their own applications are named
 * there (`uri` in v1.0 tokens, `appId` in v2.0). `applications`: by `service_principal_id` of the agents' records, one for
 * each; "signalbox" is Signalbox itself. App roles of a system are named after its tools ("erp.get_invoice", "erp.read").
 */
const EntraFile = z.strictObject({
  authority: z.url({ protocol: /^https$/ }).default("https://login.microsoftonline.com"),
  systems: z.record(z.string(), z.strictObject({ uri: z.string().min(1), appId: z.uuid() })),
  applications: z.record(z.union([z.uuid(), z.literal("signalbox")]), Application),
});
export type EntraFile = z.infer<typeof EntraFile>;
export type Application = z.infer<typeof Application>;

/** @throws SignalboxError "entra-file-invalid" naming the entry, the field and the cure */
export function readEntraFile(file: string): EntraFile {
  let json: unknown;
  try {
    json = JSON.parse(readFileSync(file, "utf8"));
  } catch (cause) {
    const why = cause instanceof SyntaxError ? "is not valid JSON" : "cannot be read";
    throw new SignalboxError("entra-file-invalid", `${file} ${why}: mend it or set SIGNALBOX_ENTRA_FILE.`, { cause });
  }
  const parsed = EntraFile.safeParse(json);
  if (parsed.success) return parsed.data;
  const lines = parsed.error.issues.slice(0, 10).map((issue) => `  ${issue.path.join(".")}: ${issue.message}`);
  throw new SignalboxError("entra-file-invalid", `${file} has errors:\n${lines.join("\n")}`);
}

/** Who issues tokens of a tenant (v2.0 and v1.0), and where its keys are. */
export function issuerOf({ authority }: EntraFile, tenantId: string): { issuers: string[]; keysUrl: string } {
  const { origin } = new URL(authority);
  return {
    issuers: [`${origin}/${tenantId}/v2.0`, `https://sts.windows.net/${tenantId}/`],
    keysUrl: `${origin}/${tenantId}/discovery/v2.0/keys`,
  };
}
