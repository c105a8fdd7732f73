import { isJsonObject, type JsonObject, type JsonValue } from "../json.js";
import { blocksIn, has, isClaude, isOneOf, objectAt, type Conversation, type Rule } from "./conversation.js";
import { NO_CONTAINS, NO_LOOK_AROUND, NO_STRUCTURED_OUTPUT, STRUCTURED_OUTPUT } from "./families.js";
import { hasBackReference, hasLookAround, nodesOf, recursiveDefinition, typesOf, type SchemaNode } from "./schema_nodes.js";
import * as say from "./wordings.js";

const MOST_STRICT_TOOLS = 20;
const MOST_OPTIONAL_PARAMETERS = 24;

/** Numeric limits, of both types; `minLength` and `maxLength` are accepted, though AWS's documentation says otherwise (pydantic-ai, 2026-05-19). */
const NUMERIC_LIMITS = ["exclusiveMaximum", "exclusiveMinimum", "maximum", "minimum", "multipleOf"];

/** Bedrock's own check of each tool's schema, whatever the model (bifrost #1720; LibreChat #14869 of 2026-08). */
const metaSchema: Rule = ({ tools }) => {
  for (const { block, path } of blocksIn(tools, "toolSpec")) {
    const fault = nodesOf(schemaOf(block)).map(memberFault).find((found) => found !== undefined);
    if (fault !== undefined) return say.invalidSchema(`${path}.inputSchema`, fault);
  }
  return undefined;
};

function memberFault({ schema, path }: SchemaNode): string | undefined {
  const { properties, required } = schema;
  if (properties !== undefined && !isJsonObject(properties)) return `${path}.properties: ${nameOfType(properties)} found, object expected`;
  return required !== undefined && !Array.isArray(required) ? `${path}.required: ${nameOfType(required)} found, array expected` : undefined;
}

function nameOfType(value: JsonValue): string {
  return value === null ? "null" : Array.isArray(value) ? "array" : typeof value;
}

const noStructure: Rule = (conversation) => {
  if (!isOneOf(conversation, NO_STRUCTURED_OUTPUT)) return undefined;
  if (has(conversation.outputConfig, "textFormat")) return say.unsupportedField("outputConfig");
  return blocksIn(conversation.tools, "toolSpec").some(({ block }) => has(block, "strict")) ? say.unsupportedField("strict") : undefined;
};

/** The indexes are of the model's own list, which has no cache points. */
const rootUnions: Rule = (conversation) => {
  const specs = blocksIn(conversation.tools, "toolSpec");
  const index = specs.findIndex(({ block }) => ["anyOf", "oneOf", "allOf"].some((keyword) => has(schemaOf(block), keyword)));
  return index !== -1 && isClaude(conversation) ? say.rootUnion(index) : undefined;
};

const lookAround: Rule = (conversation) => {
  if (!isOneOf(conversation, NO_LOOK_AROUND)) return undefined;
  const nodes = blocksIn(conversation.tools, "toolSpec").flatMap(({ block }) => nodesOf(schemaOf(block)));
  const found = nodes.find(({ schema: { pattern } }) => typeof pattern === "string" && hasLookAround(pattern));
  return found && say.lookAround(`${found.path}.pattern`);
};

/** Schemas that the model is held to by a grammar: of strict tools and of the answer. Where Claude's sentences are known, all models get them. */
const grammars: Rule = (conversation) => {
  if (!isOneOf(conversation, STRUCTURED_OUTPUT)) return undefined;
  for (const { schema, place } of grammarsOf(conversation)) {
    const fault = grammarFault(schema, conversation);
    if (fault !== undefined) return say.byModel(`${place}: ${fault}`);
  }
  return undefined;
};

const manyGrammars: Rule = (conversation) => {
  if (!isClaude(conversation)) return undefined;
  const strict = strictTools(conversation).length;
  if (strict > MOST_STRICT_TOOLS) return say.manyStrictTools(strict);
  const optional = grammarsOf(conversation).flatMap(({ schema }) => nodesOf(schema)).reduce((sum, { schema }) => sum + optionalProperties(schema), 0);
  return optional > MOST_OPTIONAL_PARAMETERS ? say.manyOptionalParameters(optional) : undefined;
};

function grammarFault(root: JsonObject, conversation: Conversation): string | undefined {
  const fault = nodesOf(root).map(({ schema }) => keywordFault(schema, conversation)).find((found) => found !== undefined);
  const recursive = fault === undefined ? recursiveDefinition(root) : undefined;
  return recursive === undefined ? fault : say.circular(recursive);
}

/** AWS's "Structured output" names these of all models; the last part is Claude's. */
function keywordFault(schema: JsonObject, conversation: Conversation): string | undefined {
  return objectFault(schema) ?? numberFault(schema) ?? arrayFault(schema, conversation) ?? patternFault(schema) ?? (isClaude(conversation) ? claudeFault(schema) : undefined);
}

function objectFault(schema: JsonObject): string | undefined {
  if (!typesOf(schema).includes("object") || schema["additionalProperties"] === false) return undefined;
  return isJsonObject(schema["additionalProperties"]) ? say.mapObject : say.openObject;
}

/** A list of types is taken: only a type alone is looked at (pydantic-ai). */
function numberFault(schema: JsonObject): string | undefined {
  const { type } = schema;
  if (type !== "number" && type !== "integer") return undefined;
  const limits = NUMERIC_LIMITS.filter((keyword) => keyword in schema);
  return limits.length > 0 ? say.unsupportedKeywords(type, limits) : undefined;
}

function arrayFault(schema: JsonObject, conversation: Conversation): string | undefined {
  const isArray = isClaude(conversation) ? typesOf(schema).includes("array") : schema["type"] === "array";
  if ("contains" in schema && isArray && isOneOf(conversation, NO_CONTAINS)) return say.unsupportedKeywords("array", ["contains"]);
  if (schema["type"] !== "array") return undefined;
  if ("maxItems" in schema) return say.unsupportedKeywords("array", ["maxItems"]);
  return typeof schema["minItems"] === "number" && schema["minItems"] > 1 ? say.manyItems : undefined;
}

function patternFault({ pattern }: JsonObject): string | undefined {
  return typeof pattern === "string" && (hasLookAround(pattern) || hasBackReference(pattern)) ? say.unsupportedPattern : undefined;
}

/**
 * `oneOf`: strands #2664; `additionalProperties` beside a union: inspect_ai #4096, both on Bedrock in 2026. `propertyNames`: Anthropic's own API,
 * whose sentences Bedrock passes on.
 */
function claudeFault(schema: JsonObject): string | undefined {
  if ("oneOf" in schema) return say.unsupportedOneOf;
  if ("anyOf" in schema && "additionalProperties" in schema) return say.closedUnion;
  return typesOf(schema).includes("object") && "propertyNames" in schema ? say.unsupportedKeywords("object", ["propertyNames"]) : undefined;
}

function optionalProperties({ properties, required }: JsonObject): number {
  const names = Array.isArray(required) ? required : [];
  return isJsonObject(properties) ? Object.keys(properties).filter((name) => !names.includes(name)).length : 0;
}

function grammarsOf(conversation: Conversation): { schema: JsonObject; place: string }[] {
  const answer = answerSchema(conversation);
  return [...strictTools(conversation), ...(answer ? [{ schema: answer, place: "output_config.format.schema" }] : [])];
}

function strictTools({ tools }: Conversation): { schema: JsonObject; place: string }[] {
  return blocksIn(tools, "toolSpec").flatMap(({ block }, index) => (block["strict"] === true ? [{ schema: schemaOf(block) ?? {}, place: `tools.${index}.custom` }] : []));
}

/** On the wire the schema of the answer is a text. */
function answerSchema({ outputConfig }: Conversation): JsonObject | undefined {
  const structure = objectAt(objectAt(objectAt(outputConfig, "textFormat"), "structure"), "jsonSchema");
  try {
    const schema = JSON.parse(String(structure?.["schema"] ?? "null")) as JsonValue;
    return isJsonObject(schema) ? schema : undefined;
  } catch {
    return undefined;
  }
}

function schemaOf(toolSpec: JsonObject): JsonObject | undefined {
  return objectAt(objectAt(toolSpec, "inputSchema"), "json");
}

export const SCHEMA_RULES: Rule[] = [metaSchema, noStructure, rootUnions, lookAround, grammars, manyGrammars];
