import { toJsonSchema } from "@langchain/core/utils/json_schema";
import { isStandardJsonSchema, isStandardSchema, type SerializableSchema } from "@langchain/core/utils/standard_schema";
import { type InteropZodType, isInteropZodSchema } from "@langchain/core/utils/types";
import type { DocumentType } from "../types/document.js";

type JsonSchema = { [keyword: string]: DocumentType };

/** A zod schema (3 or 4), a Standard Schema that can be written as JSON schema, or a JSON schema. */
export type Schema = InteropZodType | SerializableSchema | Record<string, unknown>;

/** A schema of any kind as JSON schema. The output of zod's own conversion is one already, although it also looks like a Standard Schema. */
export function convertToJsonSchema(schema: unknown): DocumentType | undefined {
  if (isJsonSchema(schema as DocumentType) && "$schema" in (schema as JsonSchema)) return schema as JsonSchema;
  if (isInteropZodSchema(schema) || isStandardJsonSchema(schema)) return toJsonSchema(schema as InteropZodType) as DocumentType;
  if (!isStandardSchema(schema)) return schema as DocumentType | undefined;
  throw new Error(
    `ChatBedrockConverse: a Standard Schema of ${schema["~standard"].vendor} cannot be sent, since it does not tell its JSON schema ('~standard'.jsonSchema): use the library's conversion, zod or a JSON schema.`,
  );
}

/** Adds `type: "object"` at the root, which Bedrock requires of a tool's input schema, also of a union. */
export function withObjectRoot(schema: DocumentType | undefined): DocumentType {
  if (schema === undefined || schema === null) return { type: "object", properties: {} };
  return isJsonSchema(schema) && !("type" in schema) ? { type: "object", ...schema } : schema;
}

const FORMATS = new Set<DocumentType>(["date-time", "time", "date", "duration", "email", "hostname", "uri", "ipv4", "ipv6", "uuid"]);
const CONSTRAINTS = new Set(
  ["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"].concat("minLength", "maxLength", "maxItems", "uniqueItems"),
);
const SCHEMAS = new Set(["items", "prefixItems", "anyOf", "oneOf", "allOf"]);
const MAPS_OF_SCHEMAS = new Set(["properties", "$defs", "definitions"]);

/**
 * A schema in the subset that Bedrock accepts for structured output: objects get `additionalProperties: false`, and constraints that it refuses
 * are moved into the description, as in Anthropic's SDKs. The receiver of the answer has to validate them.
 * https://docs.aws.amazon.com/bedrock/latest/userguide/structured-output.html
 */
export function convertToStrictSchema(schema: DocumentType): DocumentType {
  if (!isJsonSchema(schema)) return schema;
  const strict: JsonSchema = {};
  const constraints: string[] = [];
  for (const [keyword, value] of Object.entries(schema)) {
    if (isRefused(keyword, value)) constraints.push(...describeConstraint(keyword, value));
    // zod writes a pattern beside its formats, with syntax that Bedrock refuses.
    else if (keyword === "pattern" && FORMATS.has(schema.format ?? null)) continue;
    else if (keyword === "oneOf" && !("anyOf" in schema)) strict.anyOf = convertMember(keyword, value);
    else strict[keyword] = convertMember(keyword, value);
  }
  if (schema.type === "object" || "properties" in schema) strict.additionalProperties ??= false;
  if (constraints.length > 0) strict.description = [schema.description ?? [], `{${constraints.join(", ")}}`].flat().join("\n\n");
  return strict;
}

function convertMember(keyword: string, value: DocumentType): DocumentType {
  if (SCHEMAS.has(keyword)) return Array.isArray(value) ? value.map(convertToStrictSchema) : convertToStrictSchema(value);
  if (!MAPS_OF_SCHEMAS.has(keyword) || !isJsonSchema(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, convertToStrictSchema(member)]));
}

function isRefused(keyword: string, value: DocumentType): boolean {
  if (keyword === "minItems") return Number(value) > 1;
  return CONSTRAINTS.has(keyword) || (keyword === "format" && !FORMATS.has(value));
}

/** Nothing for the bounds of JavaScript's safe integers, which zod writes for every integer. */
function describeConstraint(keyword: string, value: DocumentType): string[] {
  return Math.abs(Number(value)) === Number.MAX_SAFE_INTEGER ? [] : [`${keyword}: ${JSON.stringify(value)}`];
}

function isJsonSchema(value: DocumentType): value is JsonSchema {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
