import { inspect } from "node:util";
import { isObject } from "./json.js";
import type { Bedrock } from "./bedrock.js";
import type { BedrockRequest } from "./types.js";

/** A part of a request's body: objects may have more members, lists have just these items. `expect.any(String)` and the like are allowed anywhere. */
export type BodySubset = { [member: string]: unknown };

/**
 * What `expect.extend(bedrockMatchers)` adds to `expect(bedrock)`; for declaration merging with Jest's or Vitest's `Matchers`. Requests of
 * `converse` and `converse-stream` count alike, also those that were refused.
 */
export interface BedrockMatchers<R = unknown> {
  /** Some request has this body, or, without one, there is any request at all. */
  toHaveReceivedConverse(body?: BodySubset): R;
  /** There were `count` requests. */
  toHaveReceivedConverseTimes(count: number): R;
  /** The last request has this body. */
  toHaveReceivedLastConverse(body: BodySubset): R;
  /** The request in this place, counted from 1, has this body. */
  toHaveReceivedNthConverse(place: number, body: BodySubset): R;
  /** No request was refused: by its signature, by Bedrock's rules, or for lack of a scripted or recorded answer. The message describes the request. */
  toHaveRefusedNothing(): R;
}

/** The result of a matcher, for Jest and Vitest. */
export interface MatcherResult {
  pass: boolean;
  message: () => string;
}

/** Matchers for `expect(bedrock)`, for `expect.extend` of Jest and of Vitest. */
export const bedrockMatchers: { [Name in keyof BedrockMatchers]: (bedrock: unknown, ...given: Parameters<BedrockMatchers[Name]>) => MatcherResult } = {
  toHaveReceivedConverse(bedrock, body = {}) {
    const received = conversesOf(bedrock);
    const pass = received.some((request) => differenceOf(body, request) === undefined);
    return { pass, message: () => `${pass ? "No" : "A"} Converse request with ${shown(body)} was expected; ${summary(received, body)}` };
  },

  toHaveReceivedConverseTimes(bedrock, count) {
    const received = conversesOf(bedrock);
    const pass = received.length === count;
    return { pass, message: () => `${pass ? "Not " : ""}${plural(count)} expected; ${summary(received, {})}` };
  },

  toHaveReceivedLastConverse(bedrock, body) {
    const received = conversesOf(bedrock);
    return placed("last", received.at(-1), body, received);
  },

  toHaveReceivedNthConverse(bedrock, place, body) {
    const received = conversesOf(bedrock);
    return placed(`${place}.`, received[place - 1], body, received);
  },

  toHaveRefusedNothing(bedrock) {
    const refused = requestsOf(bedrock).filter(({ response }) => response.refused);
    const list = refused.map(({ operation, response }) => `\n  ${operation}: ${response.errorType}: ${response.errorMessage}`).join("");
    const pass = refused.length === 0;
    return { pass, message: () => (pass ? "A refused request was expected; there was none." : `No refused request was expected; there were:${list}`) };
  },
};

function placed(which: string, request: BedrockRequest | undefined, body: BodySubset, received: BedrockRequest[]): MatcherResult {
  const difference = request ? differenceOf(body, request) : `${plural(received.length)} received`;
  const pass = difference === undefined;
  return { pass, message: () => `The ${which} Converse request was expected ${pass ? "not " : ""}to have ${shown(body)}${pass ? "" : `; ${difference}`}.` };
}

function requestsOf(bedrock: unknown): BedrockRequest[] {
  if (isObject(bedrock) && Array.isArray(bedrock["requests"])) return (bedrock as Partial<Bedrock> as Bedrock).requests;
  throw new TypeError(`This matcher is for what startBedrock() gives, as in expect(bedrock), not for ${inspect(bedrock, { depth: 0 })}.`);
}

function conversesOf(bedrock: unknown): BedrockRequest[] {
  return requestsOf(bedrock).filter(({ operation }) => operation === "converse" || operation === "converse-stream");
}

function differenceOf(body: BodySubset, request: BedrockRequest): string | undefined {
  return difference(body, request.body, "");
}

/** The place where a value differs. */
function difference(expected: unknown, received: unknown, path: string): string | undefined {
  if (isAsymmetric(expected)) return expected.asymmetricMatch(received) ? undefined : mismatch(expected, received, path);
  if (Array.isArray(expected) && Array.isArray(received)) {
    if (expected.length !== received.length) return `${path} has ${received.length} ${received.length === 1 ? "item" : "items"}, not ${expected.length}`;
    return firstDefined(expected.map((item, index) => () => difference(item, received[index], join(path, String(index)))));
  }
  if (isObject(expected) && isObject(received)) {
    return firstDefined(Object.entries(expected).map(([name, member]) => () => difference(member, received[name], join(path, name))));
  }
  return Object.is(expected, received) ? undefined : mismatch(expected, received, path);
}

function firstDefined(attempts: (() => string | undefined)[]): string | undefined {
  for (const attempt of attempts) {
    const found = attempt();
    if (found !== undefined) return found;
  }
  return undefined;
}

/** `expect.any(String)`, `expect.stringContaining("a")` and the like. */
function isAsymmetric(value: unknown): value is { asymmetricMatch(other: unknown): boolean; toAsymmetricMatcher?(): string } {
  return isObject(value) && typeof value["asymmetricMatch"] === "function";
}

function mismatch(expected: unknown, received: unknown, path: string): string {
  return `${path || "the body"} is ${shown(received)}, not ${shown(expected)}`;
}

function join(path: string, name: string): string {
  return path === "" ? name : `${path}.${name}`;
}

function summary(received: BedrockRequest[], body: BodySubset): string {
  const lines = received.map((request, index) => `\n  ${index + 1}. ${differenceOf(body, request) ?? shown(request.body["messages"])}`);
  return `${plural(received.length)} received${lines.length > 0 ? `:${lines.join("")}` : "."}`;
}

function plural(count: number): string {
  return count === 1 ? "1 request was" : `${count} requests were`;
}

function shown(value: unknown): string {
  const text = isAsymmetric(value) ? nameOf(value) : (JSON.stringify(value, (_name, member: unknown) => (isAsymmetric(member) ? nameOf(member) : member)) ?? "absent");
  return text.length > 300 ? `${text.slice(0, 300)}…` : text;
}

/** `Any<String>`, as Jest and Vitest call it. */
function nameOf(matcher: { toAsymmetricMatcher?(): string }): string {
  return matcher.toAsymmetricMatcher?.() ?? String(matcher);
}
