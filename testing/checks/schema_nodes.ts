import { isJsonObject, type JsonObject, type JsonValue } from "../json.js";

/** A schema inside a schema, with its place as JSONPath: `$.properties.email`. */
export interface SchemaNode {
  schema: JsonObject;
  path: string;
}

/** Keywords whose members are schemas by name, lists of schemas, and single schemas. Other keywords may hold values that only look like schemas. */
const BY_NAME = ["properties", "$defs", "definitions", "patternProperties"];
const LISTS = ["anyOf", "oneOf", "allOf", "prefixItems"];
const SINGLE = ["items", "additionalProperties", "contains", "propertyNames", "not", "if", "then", "else"];

/** The schema itself and all schemas in it. */
export function nodesOf(schema: JsonValue | undefined, path: string = "$"): SchemaNode[] {
  if (!isJsonObject(schema)) return [];
  return [{ schema, path }, ...partsOf(schema, path).flatMap(({ value, at }) => nodesOf(value, at))];
}

function partsOf(schema: JsonObject, path: string): { value: JsonValue; at: string }[] {
  return Object.entries(schema).flatMap(([keyword, value]) => {
    const at = `${path}.${keyword}`;
    if (BY_NAME.includes(keyword) && isJsonObject(value)) return Object.entries(value).map(([name, inner]) => ({ value: inner, at: `${at}.${name}` }));
    if (LISTS.includes(keyword) && Array.isArray(value)) return value.map((inner, index) => ({ value: inner, at: `${at}[${index}]` }));
    return SINGLE.includes(keyword) ? [{ value, at }] : [];
  });
}

/** The types of a schema; none if it does not say. */
export function typesOf({ type }: JsonObject): string[] {
  return [type].flat().filter((name) => typeof name === "string");
}

/** Look-around outside character classes: `(?=`, `(?!`, `(?<=`, `(?<!`. */
export function hasLookAround(pattern: string): boolean {
  return /\(\?<?[=!]/.test(withoutClasses(pattern));
}

/** `\1` and `(?P=name)`. Bedrock takes every escaped digit for a back-reference, also in a class (pydantic-ai, 2026-10-29). */
export function hasBackReference(pattern: string): boolean {
  return /(?:^|[^\\])(?:\\\\)*\\\d/.test(pattern) || /\(\?P=/.test(withoutClasses(pattern));
}

function withoutClasses(pattern: string): string {
  return pattern.replace(/\\./gs, "").replace(/\[[^\]]*\]/g, "");
}

/** A definition that contains itself, such as `Node` for `#/$defs/Node`. */
export function recursiveDefinition(root: JsonObject): string | undefined {
  const definitions = new Map(
    ["$defs", "definitions"].flatMap((keyword) => {
      const named = root[keyword];
      return isJsonObject(named) ? Object.entries(named).map(([name, schema]): [string, JsonValue] => [`#/${keyword}/${name}`, schema]) : [];
    }),
  );
  const references = (schema: JsonValue | undefined): string[] => nodesOf(schema).flatMap(({ schema: node }) => (typeof node["$ref"] === "string" ? [node["$ref"]] : []));
  const reaches = (from: string, to: string, seen: Set<string>): boolean =>
    references(definitions.get(from)).some((next) => next === to || (!seen.has(next) && reaches(next, to, seen.add(next))));
  const found = [...definitions.keys()].find((name) => reaches(name, name, new Set()));
  return found?.replace(/^.*\//, "");
}
