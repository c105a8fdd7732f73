#!/usr/bin/env node
import { version } from "../langchain/version.js";
import { batch } from "./batch/command.js";
import { chat } from "./chat.js";
import { type Command, helpOf, parseOptions, UsageError } from "./command.js";
import { doctor } from "./doctor.js";
import { explain } from "./explain.js";
import { mock } from "./mock.js";
import { models } from "./models.js";

const COMMANDS: Command[] = [mock, chat, batch, doctor, models, explain];

/** Runs the command that the arguments name. Errors are one sentence: exit code 2 for the command line, 1 for everything else. */
async function main([name, ...args]: string[]): Promise<void> {
  if (name === undefined || name === "--help" || name === "help") return print(help());
  if (name === "--version") return print(`${version}\n`);
  const command = COMMANDS.find((known) => known.name === name);
  if (!command) throw new UsageError(`There is no command ${name}. See: langchain-aws-native --help`);
  const given = parseOptions(command, args);
  if (given === "help") return print(helpOf(command));
  await command.run(given);
}

function help(): string {
  const width = Math.max(...COMMANDS.map(({ name }) => name.length));
  const list = COMMANDS.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}`).join("\n");
  return `Usage: langchain-aws-native <command> [options]\n\n${list}\n\nlangchain-aws-native <command> --help says more.\n`;
}

function print(text: string): void {
  process.stdout.write(text);
}

main(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = error instanceof UsageError ? 2 : 1;
});
