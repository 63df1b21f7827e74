import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import type * as Cedar from "@cedar-policy/cedar-wasm/nodejs";
import { messageOf, SignalboxError } from "../errors.ts";
import type { Person } from "../identity/directory.ts";
import { readStages } from "./stages.ts";

const cedar: typeof Cedar = createRequire(import.meta.url)("@cedar-policy/cedar-wasm/nodejs");

/** Who asks: a person of the directory, or a stranger whom only the channel knows. */
export type Principal = Pick<Person, "aadObjectId" | "upn" | "roles" | "clearance"> | undefined;

export type PolicyRequest = {
  principal: Principal;
  action: string;
  resource: { type: "Tool" | "Approval" | "Turn" | "Run" | "Agent" | "Fleet"; id: string };
  context: Record<string, string | number | boolean | readonly string[]>;
};

/** Stands where a rule's id would, when no rule permits and none forbids. */
export const NO_POLICY = "no-policy";
/** Stands where a rule's id would, when the policies could not be asked. */
export const POLICY_ERROR = "policy-error";
/**
 * `policyId` names the rule that decided, or why no rule could ("no-policy", "policy-error"); `stages` are the `@stages` of
 * all rules that decided, and `rules` are those.
 */
export type PolicyAnswer = {
  permitted: boolean;
  policyId: string;
  reason: string;
  rules?: readonly string[];
  stages?: readonly string[];
};

/** The texts of one version of the policies: what a run that began under them is judged by until its end. */
export type PolicyTexts = { schema: string; files: Record<string, string> };

/** One rule, as it stands in its file. */
export type Rule = {
  id: string;
  file: string;
  effect: "permit" | "forbid";
  /** the actions that it speaks about; none where it speaks about all */
  actions: readonly string[];
  reason: string;
  text: string;
  stages: string | undefined;
};

/** The policies of one version, parsed once. `version` is a hash over their text: it is kept with every decision. */
export type Policies = {
  version: string;
  texts: PolicyTexts;
  rules: readonly Rule[];
  /** never throws: what cannot be asked is refused */
  ask(request: PolicyRequest): PolicyAnswer;
};

/**
 * Reads `*.cedar` and `schema.cedarschema`, and refuses what does not parse or does not fit the schema.
 * @throws SignalboxError "policy-invalid" naming the file, the rule and the cure
 */
export function loadPolicies(folder: string): Policies {
  const names = readdirSync(folder).filter((name) => name.endsWith(".cedar"));
  return parsePolicies({
    schema: readFileSync(join(folder, "schema.cedarschema"), "utf8"),
    files: Object.fromEntries(names.sort().map((name) => [name, readFileSync(join(folder, name), "utf8")])),
  });
}

/** @throws SignalboxError "policy-invalid" */
export function parsePolicies({ schema, files }: PolicyTexts): Policies {
  const rules = new Map<string, Rule>();
  const texts: Record<string, string> = {};
  const hash = createHash("sha256").update(schema);
  for (const [file, text] of Object.entries(files).sort(([a], [b]) => (a < b ? -1 : 1))) {
    hash.update(`\n${file}\n${text}`);
    for (const rule of rulesOf(file, text)) {
      if (texts[rule.id] !== undefined)
        throw invalid(file, `the id "${rule.id}" is used twice: give each rule its own`);
      texts[rule.id] = rule.text;
      rules.set(rule.id, rule);
    }
  }
  const policies = { staticPolicies: texts };
  const checked = cedar.validate({ schema, policies });
  if (checked.type === "failure") throw invalid("schema.cedarschema", checked.errors.map((e) => e.message).join("; "));
  const [first] = checked.validationErrors;
  if (first !== undefined) throw invalid(`rule ${first.policyId}`, first.error.message);

  const version = hash.digest("hex").slice(0, 12);
  const parsedSet = cedar.preparsePolicySet(version, policies);
  const parsedSchema = cedar.preparseSchema(version, schema);
  if (parsedSet.type === "failure") throw invalid("the policies", parsedSet.errors.map((e) => e.message).join("; "));
  if (parsedSchema.type === "failure")
    throw invalid("schema.cedarschema", parsedSchema.errors.map((e) => e.message).join("; "));
  return {
    version,
    texts: { schema, files },
    rules: [...rules.values()],
    ask: (request) => ask(version, rules, request),
  };
}

function rulesOf(file: string, text: string): Rule[] {
  const parts = cedar.policySetTextToParts(text);
  if (parts.type === "failure") throw invalid(file, parts.errors.map((e) => e.message).join("; "));
  // In the order of the file; Cedar gives them in another.
  const inOrder = parts.policies.toSorted((a, b) => text.indexOf(a) - text.indexOf(b));
  return inOrder.map((rule) => {
    const json = cedar.policyToJson(rule);
    const { annotations, ...parsed } = json.type === "success" ? json.json : { annotations: undefined };
    if (!("effect" in parsed) || annotations?.id === undefined || annotations.reason === undefined)
      throw invalid(file, `a rule has no @id or no @reason, and both are shown to people: add them to\n${rule}`);
    const stages = annotations.stages ?? undefined;
    if (stages !== undefined && readStages(stages) === undefined)
      throw invalid(file, `@stages("${stages}") of ${annotations.id} must be a list such as "reviewer 2, lead 1"`);
    const { effect, action } = parsed;
    return {
      id: annotations.id,
      file,
      effect,
      actions: actionsIn(action),
      reason: annotations.reason,
      text: rule,
      stages,
    };
  });
}

function actionsIn(action: Cedar.ActionConstraint): string[] {
  if (action.op === "All") return [];
  const named = "entities" in action ? action.entities : "entity" in action ? [action.entity] : [];
  return named.map((one) => ("__entity" in one ? one.__entity.id : one.id));
}

function ask(version: string, rules: ReadonlyMap<string, Rule>, request: PolicyRequest): PolicyAnswer {
  try {
    return authorize(version, rules, request);
  } catch (error) {
    return { permitted: false, policyId: POLICY_ERROR, reason: messageOf(error) };
  }
}

function authorize(version: string, rules: ReadonlyMap<string, Rule>, request: PolicyRequest): PolicyAnswer {
  const { principal } = request;
  const uid = { type: "Person", id: principal?.aadObjectId ?? "stranger" };
  const roles = (principal?.roles ?? []).map((id) => ({ type: "Role", id }));
  const answer = cedar.statefulIsAuthorized({
    principal: uid,
    action: { type: "Action", id: request.action },
    resource: request.resource,
    context: request.context as Record<string, string | number | boolean | string[]>,
    preparsedPolicySetId: version,
    preparsedSchemaName: version,
    validateRequest: true,
    entities: [
      { uid, attrs: { upn: principal?.upn ?? "", known: principal !== undefined }, parents: roles },
      ...roles.map((role) => ({ uid: role, attrs: {}, parents: [] })),
    ],
  });
  // Cedar skips a rule that errors, a `forbid` too: anything but a clean answer is a no.
  if (answer.type === "failure")
    return { permitted: false, policyId: POLICY_ERROR, reason: answer.errors.map((e) => e.message).join("; ") };
  const { decision, diagnostics } = answer.response;
  const [error] = diagnostics.errors;
  if (error !== undefined) return { permitted: false, policyId: POLICY_ERROR, reason: error.error.message };
  const decided = [...diagnostics.reason].sort();
  const policyId = decided[0] ?? NO_POLICY;
  const stages = decided.flatMap((id) => rules.get(id)?.stages ?? []);
  const reason = rules.get(policyId)?.reason ?? "No policy permits it.";
  return { permitted: decision === "allow", policyId, reason, rules: decided, ...(stages.length > 0 && { stages }) };
}

function invalid(where: string, why: string): SignalboxError {
  return new SignalboxError("policy-invalid", `Policy error in ${where}: ${why}`);
}
