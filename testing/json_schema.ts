import { isJsonObject, type JsonObject, type JsonValue } from "./json.js";
import { namesIn, numbersIn } from "./keywords.js";

/** Below this depth only required parts are generated, so that a recursive schema ends. */
const MAX_DEPTH = 6;

/** Only a schema that requires itself without end, which has no valid value, reaches this depth. */
const HOPELESS_DEPTH = 12;

/** Names of properties that get the whole question and not a name in it. */
const WHOLE_QUESTION = /quer(y|ies)|question|search|prompt|text|input|message|sentence|content|expression|request|instruction/i;

/** The question, and the values in it that have not been used. */
interface Source {
  root: JsonValue;
  question: string;
  names: string[];
  numbers: number[];
}

/**
 * A valid value for a JSON schema, from the question where possible: names for strings, numbers for numbers, a mentioned member of an enum.
 * Understands type, enum, const, default, properties, required, items, prefixItems, $ref, anyOf, oneOf, allOf, format and the limits of length, size
 * and range; `pattern`, `not` and conditions are ignored.
 */
export function valueFromSchema(schema: JsonValue, question: string): JsonValue {
  const source = { root: schema, question, names: namesIn(question), numbers: numbersIn(question) };
  return valueOf(schema, source, "", 0);
}

function valueOf(given: JsonValue, source: Source, name: string, depth: number): JsonValue {
  if (depth > HOPELESS_DEPTH) return null;
  const schema = flatten(given, source.root, depth);
  if ("const" in schema) return schema["const"] ?? null;
  if (Array.isArray(schema["enum"])) return enumMember(schema["enum"], source);
  if (schema["default"] !== undefined) return schema["default"];
  switch (typeOf(schema)) {
    case "object":
      return objectOf(schema, source, depth);
    case "array":
      return arrayOf(schema, source, name, depth);
    case "integer":
    case "number":
      return numberOf(schema, source);
    case "boolean":
      return true;
    case "null":
      return null;
    default:
      return stringOf(schema, source, name);
  }
}

/** A schema without $ref, anyOf, oneOf and allOf: references followed, one alternative chosen, all parts of allOf merged. */
function flatten(given: JsonValue, root: JsonValue, depth: number, followed: number = 0): JsonObject {
  if (!isJsonObject(given) || followed > 20) return {};
  const { $ref, anyOf, oneOf, allOf, ...own } = given;
  const flat = (part: JsonValue): JsonObject => flatten(part, root, depth, followed + 1);
  const alternatives = [anyOf, oneOf].filter((list) => Array.isArray(list));
  const parts = [
    ...(typeof $ref === "string" ? [flat(resolvePointer($ref, root))] : []),
    ...alternatives.map((list) => chooseAlternative(list.map(flat), depth)),
    ...(Array.isArray(allOf) ? allOf.map(flat) : []),
  ];
  return [...parts, own].reduce(merge, {});
}

/** The first alternative that is not null; at depth one that is not nested further, if there is one. */
function chooseAlternative(alternatives: JsonObject[], depth: number): JsonObject {
  const isNull = (part: JsonObject): boolean => part["type"] === "null";
  const goesDeeper = (part: JsonObject): boolean => ["object", "array"].includes(String(typeOf(part)));
  const shallow = depth < MAX_DEPTH ? undefined : alternatives.find((part) => !goesDeeper(part));
  return shallow ?? alternatives.find((part) => !isNull(part)) ?? { type: "null" };
}

function merge(left: JsonObject, right: JsonObject): JsonObject {
  const properties = { ...objectIn(left, "properties"), ...objectIn(right, "properties") };
  const required = [...listIn(left, "required"), ...listIn(right, "required")];
  return {
    ...left,
    ...right,
    ...(Object.keys(properties).length > 0 ? { properties } : {}),
    ...(required.length > 0 ? { required } : {}),
  };
}

/** `#/$defs/Address` in the schema's root; `#` is the root itself. */
function resolvePointer(pointer: string, root: JsonValue): JsonValue {
  const steps = pointer.replace(/^#\/?/, "").split("/").filter((step) => step !== "");
  return steps.reduce<JsonValue>((value, step) => {
    const key = decodeURIComponent(step).replaceAll("~1", "/").replaceAll("~0", "~");
    if (Array.isArray(value)) return value[Number(key)] ?? {};
    return isJsonObject(value) ? (value[key] ?? {}) : {};
  }, root);
}

function typeOf(schema: JsonObject): JsonValue {
  const { type } = schema;
  if (Array.isArray(type)) return type.find((name) => name !== "null") ?? "null";
  if (type !== undefined) return type;
  if ("properties" in schema || "required" in schema) return "object";
  if ("items" in schema || "prefixItems" in schema) return "array";
  return "minimum" in schema || "maximum" in schema ? "number" : "string";
}

/** The required properties; all if none is required, since a call without arguments would show nothing. */
function objectOf(schema: JsonObject, source: Source, depth: number): JsonObject {
  const properties = objectIn(schema, "properties");
  const required = listIn(schema, "required").map(String);
  const optional = depth < MAX_DEPTH ? Object.keys(properties) : [];
  const names = required.length > 0 ? required : optional;
  return Object.fromEntries(names.map((name) => [name, valueOf(properties[name] ?? {}, source, name, depth + 1)]));
}

/** As many items as the schema requires, at least one; a list of names or numbers has all those of the question. */
function arrayOf(schema: JsonObject, source: Source, name: string, depth: number): JsonValue[] {
  const first = listIn(schema, "prefixItems").map((item) => valueOf(item, source, name, depth + 1));
  const minimum = Number(schema["minItems"] ?? 0);
  const items = schema["items"] ?? (first.length > 0 ? false : {});
  const maximum = items === false ? first.length : Number(schema["maxItems"] ?? Infinity);
  const wanted = Math.min(maximum, Math.max(minimum, depth < MAX_DEPTH ? Math.max(1, available(items, source)) : 0));
  while (first.length < wanted) first.push(valueOf(items, source, name, depth + 1));
  return first;
}

function available(items: JsonValue, source: Source): number {
  const schema = flatten(items, source.root, 0);
  if ("enum" in schema || "const" in schema || "format" in schema) return 1;
  const type = typeOf(schema);
  if (type === "string") return source.names.length;
  return type === "number" || type === "integer" ? source.numbers.length : 1;
}

function enumMember(members: JsonValue[], source: Source): JsonValue {
  const words = source.question.toLowerCase().split(/[^\p{L}\p{N}_-]+/u);
  const mentioned = members.find((member) => words.includes(String(member).toLowerCase()));
  if (mentioned !== undefined) source.names = source.names.filter((name) => name.toLowerCase() !== String(mentioned).toLowerCase());
  return mentioned ?? members[0] ?? null;
}

function numberOf(schema: JsonObject, source: Source): number {
  const isInteger = schema["type"] === "integer" || (Array.isArray(schema["type"]) && schema["type"].includes("integer"));
  const at = source.numbers.findIndex((number) => fitsRange(number, schema) && (!isInteger || Number.isInteger(number)));
  if (at >= 0) return source.numbers.splice(at, 1)[0] ?? 0;
  const step = typeof schema["multipleOf"] === "number" ? schema["multipleOf"] : 1;
  const lowest = Number(schema["minimum"] ?? (typeof schema["exclusiveMinimum"] === "number" ? schema["exclusiveMinimum"] + step : -Infinity));
  const highest = Number(schema["maximum"] ?? (typeof schema["exclusiveMaximum"] === "number" ? schema["exclusiveMaximum"] - step : Infinity));
  const value = Math.min(Math.max(step, lowest), highest);
  const stepped = Math.ceil(value / step) * step;
  if (fitsRange(stepped, schema)) return stepped;
  return Number.isFinite(lowest) && Number.isFinite(highest) && !isInteger ? (lowest + highest) / 2 : value;
}

function fitsRange(value: number, schema: JsonObject): boolean {
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum, multipleOf } = schema;
  return (
    (typeof minimum !== "number" || value >= minimum) &&
    (typeof maximum !== "number" || value <= maximum) &&
    (typeof exclusiveMinimum !== "number" || value > exclusiveMinimum) &&
    (typeof exclusiveMaximum !== "number" || value < exclusiveMaximum) &&
    (typeof multipleOf !== "number" || Number.isInteger(value / multipleOf))
  );
}

/** The pattern of a format in a question, and a value for questions without one. */
const FORMATS: Record<string, [pattern: RegExp, example: string]> = {
  date: [/\d{4}-\d{2}-\d{2}/, "2025-01-31"],
  "date-time": [/\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2})?(\.\d+)?(Z|[+-]\d{2}:\d{2})/, "2025-01-31T12:00:00Z"],
  time: [/\d{2}:\d{2}:\d{2}(Z|[+-]\d{2}:\d{2})/, "12:00:00Z"],
  duration: [/P(\d+[YMWD])*(T(\d+[HMS])+)?(?<=\d[YMWDHS])/, "P1D"],
  email: [/[\w.+-]+@[\w-]+(\.[\w-]+)+/, "someone@example.com"],
  uri: [/https?:\/\/[^\s"'<>]*[^\s"'<>.,;:!?)]/, "https://example.com/"],
  url: [/https?:\/\/[^\s"'<>]*[^\s"'<>.,;:!?)]/, "https://example.com/"],
  uuid: [/[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}/i, "123e4567-e89b-42d3-a456-426614174000"],
  hostname: [/([\w-]+\.)+[a-z]{2,}/i, "example.com"],
  ipv4: [/(\d{1,3}\.){3}\d{1,3}/, "192.0.2.1"],
  ipv6: [/([\da-f]{0,4}:){2,7}[\da-f]{0,4}/i, "2001:db8::1"],
};

function stringOf(schema: JsonObject, source: Source, name: string): string {
  const format = FORMATS[String(schema["format"])];
  if (format) return source.question.match(format[0])?.[0] ?? format[1];
  const whole = source.question === "" ? name || "text" : source.question;
  const value = WHOLE_QUESTION.test(name) ? whole : (source.names.shift() ?? whole);
  const longest = Number(schema["maxLength"] ?? Infinity);
  return value.slice(0, longest).padEnd(Number(schema["minLength"] ?? 0), ".");
}

function objectIn(schema: JsonObject, member: string): JsonObject {
  const value = schema[member];
  return isJsonObject(value) ? value : {};
}

function listIn(schema: JsonObject, member: string): JsonValue[] {
  const value = schema[member];
  return Array.isArray(value) ? value : [];
}
