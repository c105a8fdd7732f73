import { parseArgs } from "node:util";

/** An option of a command, as `--name value` or, without `value`, as `--name` and `--no-name`; or an argument that is given by its place. */
export interface Option {
  /** Given by its place, in the order of the options, instead of by name; the last ones may be optional. */
  place?: "required" | "optional";
  /** The name of the value in the help; an option without it is a switch. */
  value?: string;
  /** Whether a switch is on by default; the help then shows its negation. */
  isOn?: true;
  help: string;
}

/** A command, such as `mock`. */
export interface Command<Name extends string = string> {
  name: string;
  /** One line for the list of commands. */
  summary: string;
  /** The lines of `--help` after the usage. */
  details?: string;
  options: Record<Name, Option>;
  run(given: Given<Name>): Promise<void>;
}

/** The options and arguments that were given: texts, and for switches whether they are on. */
export type Given<Name extends string = string> = Partial<Record<Name, string | boolean>>;

/** An error of the command line: printed as one sentence, without a stack. */
export class UsageError extends Error {}

/** The options and arguments of a command, or `help`. */
export function parseOptions<Name extends string>(command: Command<Name>, args: string[]): Given<Name> | "help" {
  const { named, placed } = byPlace(command.options);
  const switches = named.filter(([, { value }]) => !value).map(([name]) => name);
  const negated = switches.map((name) => `no-${name}`);
  const types = named.map(([name, { value }]) => [name, { type: value ? "string" : "boolean" }] as const);
  const options = Object.fromEntries([...types, ...[...negated, "help"].map((name) => [name, { type: "boolean" }] as const)]);
  const { values, positionals } = parse(command, args, options);
  if (values["help"]) return "help";
  const given = Object.entries(values).map(([name, value]) => (negated.includes(name) ? [name.slice("no-".length), false] : [name, value]));
  return Object.fromEntries([...given, ...argumentsOf(command, placed, positionals)]) as Given<Name>;
}

type Entry = [name: string, option: Option];

function byPlace(options: Record<string, Option>): { named: Entry[]; placed: Entry[] } {
  const all = Object.entries(options);
  return { named: all.filter(([, { place }]) => place === undefined), placed: all.filter(([, { place }]) => place !== undefined) };
}

function argumentsOf(command: Command<never>, placed: Entry[], positionals: string[]): [string, string][] {
  const missing = placed.slice(positionals.length).find(([, { place }]) => place === "required");
  if (missing) throw mistake(command, `The argument ${missing[0]} is missing`);
  const surplus = positionals[placed.length];
  if (surplus !== undefined) throw mistake(command, `Unexpected argument '${surplus}'`);
  return positionals.map((value, index) => [placed[index]?.[0] ?? "", value]);
}

type Parsed = { values: Record<string, unknown>; positionals: string[] };

function parse(command: Command<never>, args: string[], options: Record<string, { type: "string" | "boolean" }>): Parsed {
  try {
    return parseArgs({ args, options, strict: true, allowPositionals: true });
  } catch (error) {
    const [sentence = ""] = (error as Error).message.split(". ");
    throw mistake(command, sentence.replace(/\.$/, ""));
  }
}

function mistake({ name }: Command<never>, what: string): UsageError {
  return new UsageError(`${what}. See: langchain-aws-native ${name} --help`);
}

/** The help of a command. */
export function helpOf({ name, summary, details, options }: Command): string {
  const { named, placed } = byPlace({ ...options, help: { help: "show this" } });
  const usage = ["[options]", ...placed.map(([argument, { place }]) => (place === "optional" ? `[${argument}]` : argument))].join(" ");
  const lines = [...placed.map(([argument, { help }]) => [argument, help]), ...named.map(([option, { value, isOn, help }]) => [`--${isOn ? "no-" : ""}${option}${value ? ` ${value}` : ""}`, help])];
  const width = Math.max(...lines.map(([left = ""]) => left.length));
  const list = lines.map(([left = "", help]) => `  ${left.padEnd(width)}  ${help}`).join("\n");
  return `Usage: langchain-aws-native ${name} ${usage}\n\n${summary}\n${details ? `\n${details}\n` : ""}\n${list}\n`;
}
