import { isObject } from "../json.js";
import type { Shape } from "./shapes.js";

/**
 * The first value of a wrong type, as a sentence. AWS cannot parse such a request.
 *
 * Members of an unknown name are passed over, as AWS does: a client may be older or newer than the service.
 */
export function checkTypes(body: unknown, shape: Shape): string | undefined {
  return typeFault(body, shape, "");
}

/** The limits of single values in the service model; all broken ones are in one sentence, as at AWS. */
export function checkLimits(body: unknown, shape: Shape): string | undefined {
  const faults: string[] = [];
  collectLimits(body, shape, "", faults);
  if (faults.length === 0) return undefined;
  return `${faults.length} validation error${faults.length === 1 ? "" : "s"} detected: ${faults.join("; ")}`;
}

/** Unions with no member or more than one. */
export function checkUnions(body: unknown, shape: Shape): string | undefined {
  return firstFault(body, shape, "", (value, inner, path) => {
    if (inner.kind !== "union" || !isObject(value)) return undefined;
    const known = Object.keys(inner.members);
    const present = known.filter((name) => isPresent(value[name]));
    if (present.length === 1) return undefined;
    const rule = present.length === 0 ? "must set one" : "must set only one";
    return `${inner.name} object at ${path} ${rule} of the following keys: ${known.join(", ")}.`;
  });
}

/** Bytes that are not base64. */
export function checkBlobs(body: unknown, shape: Shape): string | undefined {
  return firstFault(body, shape, "", (value, inner, path) => {
    if (inner.kind !== "blob" || typeof value !== "string" || isBase64(value)) return undefined;
    return `The value at ${path} is invalid. Provide base64-encoded bytes for the field and try again.`;
  });
}

/** `null` counts as absent. */
function isPresent(value: unknown): boolean {
  return value !== undefined && value !== null;
}

function isBase64(value: string): boolean {
  return Buffer.from(value, "base64").toString("base64") === value;
}

function typeFault(value: unknown, shape: Shape, path: string): string | undefined {
  return firstFault(value, shape, path, (inner, { kind, ...rest }, at) => {
    const named = at === "" ? "The request body" : `The value at ${at}`;
    if (kind === "structure" || kind === "union" || kind === "map") return isObject(inner) ? undefined : `${named} must be an object.`;
    if (kind === "list") return Array.isArray(inner) ? undefined : `${named} must be a list.`;
    if (kind === "text") return typeof inner === "string" ? undefined : `${named} must be a string.`;
    if (kind === "blob") return typeof inner === "string" ? undefined : `${named} must be a string of base64.`;
    if (kind === "boolean") return typeof inner === "boolean" ? undefined : `${named} must be true or false.`;
    if (kind !== "number") return undefined;
    if (typeof inner !== "number") return `${named} must be a number.`;
    return "whole" in rest && rest.whole && !Number.isInteger(inner) ? `${named} must be a whole number.` : undefined;
  });
}

type Check = (value: unknown, shape: Shape, path: string) => string | undefined;

/** The first error that `check` finds, in the order of the request. Indexes begin at 0, as in Bedrock's texts. */
function firstFault(value: unknown, shape: Shape, path: string, check: Check): string | undefined {
  if (!isPresent(value)) return undefined;
  const own = check(value, shape, path);
  if (own !== undefined) return own;
  for (const [key, inner, innerShape] of partsOf(value, shape)) {
    const fault = firstFault(inner, innerShape, join(path, String(key)), check);
    if (fault !== undefined) return fault;
  }
  return undefined;
}

/** The parts of a value that the service model has. */
function partsOf(value: unknown, shape: Shape): [key: string | number, value: unknown, shape: Shape][] {
  if (shape.kind === "list" && Array.isArray(value)) return value.map((item: unknown, index) => [index, item, shape.of]);
  if (shape.kind === "map" && isObject(value)) return Object.entries(value).map(([key, item]) => [key, item, shape.value]);
  if (!("members" in shape) || !isObject(value)) return [];
  return Object.entries(shape.members).map(([name, member]) => [name, value[name], member]);
}

function join(path: string, key: string): string {
  return path === "" ? key : `${path}.${key}`;
}

/** Here indexes begin at 1 and are followed by `member`: these texts come from another part of AWS. */
function collectLimits(value: unknown, shape: Shape, path: string, faults: string[]): void {
  if (!isPresent(value)) return;
  faults.push(...limitFaults(value, shape).map((rule) => fault(shown(value), path, rule)));
  if (shape.kind === "map" && isObject(value)) Object.keys(value).forEach((key) => collectLimits(key, shape.key, path, faults));
  if ("required" in shape && isObject(value)) {
    const missing = shape.required.filter((name) => !isPresent(value[name]));
    faults.push(...missing.map((name) => fault("null", join(path, name), "Member must not be null")));
  }
  for (const [key, inner, innerShape] of partsOf(value, shape)) {
    const place = typeof key === "number" ? `${key + 1}.member` : key;
    collectLimits(inner, innerShape, join(path, place), faults);
  }
}

function fault(value: string, path: string, rule: string): string {
  return `Value ${value} at '${path}' failed to satisfy constraint: ${rule}`;
}

function limitFaults(value: unknown, shape: Shape): string[] {
  if (shape.kind === "number") return rangeFaults(Number(value), shape, "value");
  if (shape.kind === "list" && Array.isArray(value)) return rangeFaults(value.length, shape, "length");
  if (shape.kind === "map" && isObject(value)) return rangeFaults(Object.keys(value).length, shape, "length");
  if (shape.kind === "blob") return rangeFaults(String(value).length, { min: shape.min, max: Infinity }, "length");
  if (shape.kind !== "text") return [];
  const text = String(value);
  if (shape.values) return shape.values.includes(text) ? [] : [`Member must satisfy enum value set: [${shape.values.join(", ")}]`];
  const fits = shape.pattern === undefined || new RegExp(`^(?:${shape.pattern})$`).test(text);
  return [...(fits ? [] : [`Member must satisfy regular expression pattern: ${shape.pattern}`]), ...rangeFaults(text.length, shape, "length")];
}

function rangeFaults(size: number, { min, max }: { min: number; max: number }, what: "value" | "length"): string[] {
  return [
    ...(size < min ? [`Member must have ${what} greater than or equal to ${min}`] : []),
    ...(size > max ? [`Member must have ${what} less than or equal to ${max}`] : []),
  ];
}

const LONGEST_SHOWN = 200;

function shown(value: unknown): string {
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return `'${text.length > LONGEST_SHOWN ? `${text.slice(0, LONGEST_SHOWN)}…` : text}'`;
}
