import { parseArgs } from "node:util";

/** An option of a command, as `--name value` or, without `value`, as `--name` and `--no-name`. */
export interface Option {
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

/** The options that were given: texts, and for switches whether they are on. */
export type Given<Name extends string = string> = Partial<Record<Name, string | boolean>>;

/** An error of the command line: printed as one sentence, without a stack. */
export class UsageError extends Error {}

/** The options of a command, or `help`. */
export function parseOptions<Name extends string>(command: Command<Name>, args: string[]): Given<Name> | "help" {
  const known: Record<string, Option> = command.options;
  const switches = Object.keys(known).filter((name) => !known[name]?.value);
  const negated = switches.map((name) => `no-${name}`);
  const types = Object.entries(known).map(([name, { value }]) => [name, { type: value ? "string" : "boolean" }] as const);
  const options = Object.fromEntries([...types, ...[...negated, "help"].map((name) => [name, { type: "boolean" }] as const)]);
  const values = parse(command, args, options);
  if (values["help"]) return "help";
  const given = Object.entries(values).map(([name, value]) => (negated.includes(name) ? [name.slice("no-".length), false] : [name, value]));
  return Object.fromEntries(given) as Given<Name>;
}

function parse({ name }: Command<never>, args: string[], options: Record<string, { type: "string" | "boolean" }>): Record<string, unknown> {
  try {
    return parseArgs({ args, options, strict: true, allowPositionals: false }).values;
  } catch (error) {
    const [sentence = ""] = (error as Error).message.split(". ");
    throw new UsageError(`${sentence.replace(/\.$/, "")}. See: langchain-aws-native ${name} --help`);
  }
}

/** The help of a command. */
export function helpOf({ name, summary, details, options }: Command): string {
  const all = { ...options, help: { help: "show this" } };
  const lines = Object.entries<Option>(all).map(([option, { value, isOn, help }]) => [`--${isOn ? "no-" : ""}${option}${value ? ` ${value}` : ""}`, help]);
  const width = Math.max(...lines.map(([left = ""]) => left.length));
  const list = lines.map(([left = "", help]) => `  ${left.padEnd(width)}  ${help}`).join("\n");
  return `Usage: langchain-aws-native ${name} [options]\n\n${summary}\n${details ? `\n${details}\n` : ""}\n${list}\n`;
}
