import { type Command, type Given, UsageError } from "../command.js";
import { runFile } from "./run.js";

type Name =
  | ("action" | "file" | "model" | "region" | "profile" | "endpoint-url" | "max-tokens" | "options")
  | ("output" | "checkpoint" | "concurrency" | "in-order" | "whole" | "json");

/** `batch`: many inputs from a file. */
export const batch: Command<Name> = {
  name: "batch",
  summary: "Asks a model all questions of a file, and goes on where it was interrupted.",
  details: [
    "  batch run questions.jsonl --output answers.jsonl   asks them from here, one request each",
    "",
    'The file has one JSON value a line: a question, "Why is the sky blue?"; a list of messages, [["system", "Be brief."], ["human", "Hello"]] or',
    '[{ "role": "user", "content": "Hello" }], or messages as LangChain stores them; or either with an id, { "id": "17", "input": "Hello" }.',
    "",
    "Results are JSON, one a line: { id, text, usage, stopReason }, or { id, error: { name, message } }. Nothing else is written to standard output.",
    "Progress goes to standard error: as a bar where that is a terminal, otherwise, and with --json, as a line of JSON every five seconds.",
    "",
    "Answers are kept in the checkpoint as they come. Ctrl-C lets the requests under way end, a second one drops them; the same command goes on from the",
    "checkpoint, also after a crash, and asks nothing twice that was answered or refused. What failed in another way is asked again.",
    "",
    "Exit codes: 0 all answered; 1 some failed; 2 a mistake in the command or in the file; 4 no input could be asked any more, or the checkpoint is in use",
    "or of another run; 130 interrupted (143 by SIGTERM).",
  ].join("\n"),
  options: {
    action: { place: "required", help: "run" },
    file: { place: "required", help: "the questions, or - for standard input" },
    model: { value: "id", help: "model id, inference profile id or ARN; Claude Haiku 4.5 by default" },
    region: { value: "name", help: "AWS region; else AWS_REGION, AWS_DEFAULT_REGION, the profile's" },
    profile: { value: "name", help: "a profile of ~/.aws" },
    "endpoint-url": { value: "url", help: "another endpoint, such as that of `mock`" },
    "max-tokens": { value: "number", help: "how long an answer may be" },
    options: { value: "file", help: "JSON with further options of ChatBedrockConverse, such as temperature or outputConfig" },
    output: { value: "file", help: "where results go instead of standard output" },
    checkpoint: { value: "file", help: "where answers are kept; by default the file's name with .checkpoint added, for standard input nowhere" },
    concurrency: { value: "number", help: "requests at once; 16 by default" },
    "in-order": { help: "results in the order of the questions" },
    whole: { help: "whole messages as LangChain stores them, instead of text, usage and stopReason" },
    json: { help: "progress as JSON, also on a terminal" },
  },
  run,
};

async function run(given: Given<Name>): Promise<void> {
  const { action, file = "", "endpoint-url": endpointUrl, ...texts } = given as Partial<Record<Name, string>>;
  if (action !== "run") throw new UsageError(`There is no batch ${action}. See: langchain-aws-native batch --help`);
  const { model, region, profile, options, output, checkpoint } = texts;
  process.exitCode = await runFile({
    ...{ file, model, region, profile, endpointUrl, options, output, checkpoint },
    maxTokens: numberOf("max-tokens", given),
    concurrency: numberOf("concurrency", given),
    inOrder: given["in-order"] === true,
    whole: given.whole === true,
    json: given.json === true,
  });
}

function numberOf(name: Name, given: Given<Name>): number | undefined {
  const value = given[name];
  if (value === undefined) return undefined;
  if (!/^[1-9]\d*$/.test(String(value))) throw new UsageError(`--${name} takes a whole number, not ${value}.`);
  return Number(value);
}
