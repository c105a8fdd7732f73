import { readFileSync } from "node:fs";
import { assertAnswer, corrupt, error, events, guardrailIntervention, hang, html, reset, slow, stall, status, throttling, throughProfile, truncated, unscripted, validation } from "./answers.js";
import { isObject } from "./json.js";
import type { Answer } from "./types.js";

/** The functions that a script can call by name: `{ "throttling": [] }`, `{ "status": [503] }`, `{ "truncated": ["Hello", { "afterEvents": 2 }] }`. */
const FUNCTIONS: Record<string, (...given: never[]) => Answer> = {
  corrupt,
  error,
  guardrailIntervention,
  hang,
  html,
  reset,
  slow,
  stall,
  status,
  throttling,
  throughProfile,
  truncated,
  unscripted,
  validation,
};

/**
 * The answers of a script: a file of JSON with a list of answers, or, with a name that ends in `.jsonl`, one answer a line. An answer is what
 * `reply` takes, as JSON; what functions such as `throttling` make is written as their name with a list of their arguments, and a script of events
 * as `{ "events": […] }`.
 *
 * @throws Error whose message names the file and the line or the entry.
 */
export function readScript(file: string): Answer[] {
  return readEntries(file).map(({ place, value }) => {
    try {
      const answer = answerOf(value);
      assertAnswer(answer);
      return answer;
    } catch (error) {
      throw new Error(`${place}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
    }
  });
}

/** A value of a JSON file, with the name of its place for messages. */
export interface Entry {
  place: string;
  value: unknown;
}

/** The entries of a list in a JSON file, or the lines of a JSONL file. */
export function readEntries(file: string): Entry[] {
  const text = readText(file);
  if (file.endsWith(".jsonl")) {
    return text
      .split("\n")
      .map((line, index) => ({ line, place: `${file}:${index + 1}` }))
      .filter(({ line }) => line.trim() !== "")
      .map(({ line, place }) => ({ place, value: parse(line, () => place) }));
  }
  const list = parse(text, (line) => `${file}:${line}`);
  if (!Array.isArray(list)) throw new Error(`${file}: A script is a list of answers; only a file that ends in .jsonl has one answer a line.`);
  return list.map((value: unknown, index) => ({ place: `${file}, entry ${index + 1}`, value }));
}

function readText(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const reasons: Record<string, string> = { ENOENT: "There is no such file.", EISDIR: "This is a folder.", EACCES: "This file may not be read." };
    throw new Error(`${file}: ${reasons[code ?? ""] ?? String(error)}`, { cause: error });
  }
}

function parse(text: string, placeOf: (line: number) => string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const place = placeOf(text.slice(0, faultIn(text)).split("\n").length);
    const reason = (error as SyntaxError).message.replace(/,? (\.\.\.)?".*$| in JSON at position .*$/s, "");
    throw new Error(`${place}: This is not JSON: ${reason}.`, { cause: error });
  }
}

/** The length of the part of a text that is valid as the beginning of JSON. (`JSON.parse` does not always report the position.) */
function faultIn(text: string): number {
  let [good, bad] = [0, text.length + 1];
  while (bad - good > 1) {
    const middle = Math.floor((good + bad) / 2);
    if (middle <= text.length && isBeginning(text.slice(0, middle))) good = middle;
    else bad = middle;
  }
  return good;
}

/** Whether more text could complete it to JSON. */
function isBeginning(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch (error) {
    const { message } = error as SyntaxError;
    const position = /position (\d+)/.exec(message)?.[1];
    return /end of JSON input|Unterminated string/.test(message) || Number(position) === text.length;
  }
}

function answerOf(value: unknown): Answer {
  const [name = "", given] = isObject(value) && Object.keys(value).length === 1 ? (Object.entries(value)[0] ?? []) : [];
  if (name === "events") return events(given as never);
  const make = FUNCTIONS[name];
  if (!make) return value as Answer;
  if (!Array.isArray(given)) throw new TypeError(`${name} takes a list of arguments, such as { "${name}": [] }.`);
  const [first, ...others] = given as [unknown, ...unknown[]];
  const takesAnswer = ["corrupt", "slow", "stall", "throughProfile", "truncated"].includes(name);
  return make(...([...(given.length > 0 ? [takesAnswer ? answerOf(first) : first] : []), ...others] as never[]));
}
