import { AjvJsonSchemaValidator } from "@modelcontextprotocol/sdk/validation/ajv-provider.js";
import type { JsonSchemaType, JsonSchemaValidator } from "@modelcontextprotocol/sdk/validation/types.js";
import { SignalboxError } from "../../errors.ts";
import type { Definition } from "./definition.ts";

const shared = new AjvJsonSchemaValidator();
const compiled = new WeakMap<Definition, JsonSchemaValidator<unknown>>();

/**
 * Is this the answer that the reviewed definition promises? Most tools are never called in the life of a process: a schema is
 * compiled at its first use.
 * @throws SignalboxError "output-schema-broken"
 */
export function checkOutput(definition: Definition, content: unknown): void {
  const { name, outputSchema } = definition;
  if (outputSchema === undefined) return;
  const validate = compiled.get(definition) ?? compile(outputSchema);
  compiled.set(definition, validate);
  const result = validate(content);
  if (!result.valid)
    throw new SignalboxError(
      "output-schema-broken",
      `The answer of ${name} does not fit its output schema: ${result.errorMessage}. Whoever runs the system must mend it.`,
    );
}

/** Schemas with an id are cached by that id, and another system could take the same one: such a schema is compiled apart. */
function compile(schema: Record<string, unknown>): JsonSchemaValidator<unknown> {
  const ajv = "$id" in schema ? new AjvJsonSchemaValidator() : shared;
  return ajv.getValidator(schema as JsonSchemaType);
}
