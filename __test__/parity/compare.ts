import { type Addition, withoutAdditions } from "./additions.js";
import { type Outcome, type Way, WAYS } from "./outcome.js";
import type { Aspect, Case, Difference } from "./types.js";

type Json = Record<string, unknown>;

/** Expects that both packages did the same, but for the additions and for what the case says is different. */
export function expectParity(test: Case, peer: Outcome, ours: Outcome, onAddition: (addition: Addition) => void): void {
  const theirs = withoutAdditions(peer, onAddition);
  const own = withoutAdditions(ours, onAddition);
  const differences = differencesOf(test);
  for (const difference of differences) expectDifference(difference, theirs, own);
  const differs = (aspect: Aspect): boolean => differences.some(({ what }) => what === aspect);
  const failing = differences.filter(({ what }) => what === "error").flatMap(({ ours }) => Object.keys(byWay(ours)));
  const isRefused = own.request === undefined && failing.length > 0;
  if (!differs("request") && !isRefused) expect(own.request).toEqual(theirs.request);
  if (theirs.path && own.path) expect(own.path).toEqual(theirs.path);
  // Where one of them refuses to send, all that follows is different too.
  if ((theirs.request === undefined) !== (own.request === undefined)) return;
  for (const [way, aspect] of Object.entries(WAYS) as [Way, Aspect & keyof Outcome][]) {
    if (differs(aspect) || failing.includes(way)) continue;
    expect({ [way]: own.errors[way] ?? own[aspect] }).toEqual({ [way]: theirs.errors[way] ?? theirs[aspect] });
  }
  if (theirs.callbacks && own.callbacks && !differs("callbacks") && !differs("chunks")) expect(own.callbacks).toEqual(theirs.callbacks);
}

export function differencesOf({ differs = [] }: Case): Difference[] {
  return Array.isArray(differs) ? differs : [differs];
}

/** Expects that a difference is there, and that ours is what the case says. */
function expectDifference({ what, ours }: Difference, theirs: Outcome, own: Outcome): void {
  switch (what) {
    case "request":
      expect(own.request).toBe(JSON.stringify(ours));
      expect(theirs.request).not.toBe(own.request);
      return;
    case "error":
      for (const [way, expected] of Object.entries(byWay(ours))) {
        expectMembers(expected, theirs.errors[way as Way] ?? {}, { ...own.errors[way as Way], ...expected }, own.errors[way as Way]);
      }
      return;
    case "chunks":
      expect(own.chunks).not.toEqual(theirs.chunks);
      return expectOnlyMembers(ours as Json, theirs.chunks?.folded, own.chunks?.folded);
    case "events":
      expect(own.events).not.toEqual(theirs.events);
      return expectOnlyMembers(ours as Json, theirs.events?.message, own.events?.message);
    default:
      return expectOnlyMembers(ours as Json, theirs[what] as Json | undefined, own[what] as Json | undefined);
  }
}

/** An error that is expected of some ways of asking, or of all. */
function byWay(error: object): Partial<Record<Way, Json>> {
  const isByWay = Object.keys(error).every((name) => name in WAYS);
  return isByWay ? error : Object.fromEntries(Object.keys(WAYS).map((way) => [way, error]));
}

/** The members of `expected` are ours; the others are theirs, if theirs came about at all. */
function expectOnlyMembers(expected: Json, theirs: Json | undefined, own: Json | undefined): void {
  expectMembers(expected, theirs ?? {}, { ...(theirs ?? own), ...expected }, own);
}

function expectMembers(expected: Json, theirs: Json, whole: Json, own: Json | undefined): void {
  expect(own).toEqual(whole);
  for (const [name, value] of Object.entries(expected)) expect({ [name]: theirs[name] }).not.toEqual({ [name]: value });
}
