import { Validator } from "@langchain/core/utils/json_schema";
import { isSerializableSchema, type SerializableSchema } from "@langchain/core/utils/standard_schema";
import { getSchemaDescription, type InteropZodType, interopSafeParseAsync, isInteropZodSchema } from "@langchain/core/utils/types";
import type { Schema } from "../request/json_schema.js";

export type Output = Record<string, unknown>;

/** The output that the caller asks for. */
export interface OutputSpec {
  name: string;
  description?: string;
  /** The caller's schema, by which the output is checked. */
  schema: Schema;
}

/** An output of the schema; or what is wrong, and what a JSON schema refuses, which is no reason to keep it from the caller. */
export type Checked = { output: Output } | { problem: string; unmatched?: Output };

/** A JSON schema may be wrapped as OpenAI's functions are: `{ name, description, parameters }`. */
export function outputSpec(schema: Schema, configured: string | undefined): OutputSpec {
  const description = getSchemaDescription(schema as InteropZodType);
  if (isTyped(schema)) return { name: configured ?? "extract", description, schema };
  const { name, parameters } = schema as Record<string, unknown>;
  return {
    name: typeof name === "string" ? name : (configured ?? "extract"),
    description,
    schema: typeof parameters === "object" && parameters !== null ? (parameters as Schema) : schema,
  };
}

/** Checks by zod or a Standard Schema, which may also set defaults and transform, or by a JSON schema. */
export async function check(value: unknown, schema: Schema): Promise<Checked> {
  if (isInteropZodSchema(schema)) {
    const { success, data, error } = await interopSafeParseAsync(schema, value);
    return success ? { output: data } : { problem: describe(error?.issues ?? [error as unknown as Error]) };
  }
  if (isSerializableSchema(schema)) {
    const result = await schema["~standard"].validate(value);
    return result.issues ? { problem: describe(result.issues) } : { output: result.value };
  }
  const issues = issuesByJsonSchema(value, schema);
  return issues.length === 0 ? { output: value as Output } : { problem: describe(issues), unmatched: value as Output };
}

/** Errors that only say that something inside has errors, which are told as well. */
const SUMMARIES = new Set(["$ref", "properties", "items", "prefixItems", "allOf", "false"]);

/** None where the schema itself cannot be used to check: a reference to another document, a pattern that JavaScript does not know. */
function issuesByJsonSchema(value: unknown, schema: Record<string, unknown>): Issue[] {
  try {
    // The validator writes members on the schema, so it gets a copy.
    const { valid, errors } = new Validator(JSON.parse(JSON.stringify(schema)), "2020-12", false).validate(value);
    if (valid) return [];
    const issues = errors.filter(({ keyword }) => !SUMMARIES.has(keyword)).map(({ instanceLocation, error }) => ({ path: instanceLocation.split("/").slice(1), message: error }));
    return issues.length > 0 ? issues : [{ message: "It does not match the schema." }];
  } catch {
    return [];
  }
}

interface Issue {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[];
}

function describe(issues: readonly Issue[]): string {
  const problems = issues.map(({ path = [], message }) => {
    const place = path.map((step) => String(typeof step === "object" ? step.key : step)).join(".");
    return place === "" ? message : `${place}: ${message}`;
  });
  return problems.join("; ");
}

function isTyped(schema: Schema): schema is InteropZodType | SerializableSchema {
  return isInteropZodSchema(schema) || isSerializableSchema(schema);
}
