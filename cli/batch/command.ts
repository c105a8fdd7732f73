import { type Command, type Given, UsageError } from "../command.js";
import type { ExitCode } from "./exit_codes.js";
import { showStatus, stopJobs, submitFile, writeResults } from "./jobs.js";
import { runFile } from "./run.js";

type Name =
  | ("action" | "file" | "model" | "region" | "profile" | "endpoint-url" | "max-tokens" | "options" | "schema")
  | ("output" | "checkpoint" | "concurrency" | "in-order" | "whole" | "json")
  | ("name" | "s3-input" | "s3-output" | "role-arn" | "manifest" | "job-options" | "wait");

/** `batch`: many inputs from a file. */
export const batch: Command<Name> = {
  name: "batch",
  summary: "Asks a model all questions of a file, from here or by jobs of Bedrock's, and goes on where it was interrupted.",
  details: [
    "  batch run questions.jsonl --output answers.jsonl   asks them from here, one request each",
    "  batch submit questions.jsonl --name reviews --s3-input s3://bucket/in/ --s3-output s3://bucket/out/ --role-arn arn:…",
    "                                                     starts jobs of batch inference, and writes questions.jsonl.manifest",
    "  batch status questions.jsonl.manifest [--wait]     what is known of them",
    "  batch results questions.jsonl.manifest             waits for them, and gives what became of each question",
    "  batch stop questions.jsonl.manifest                stops them; what was answered stays",
    "",
    'The file has one JSON value a line: a question, "Why is the sky blue?"; a list of messages, [["system", "Be brief."], ["human", "Hello"]] or',
    '[{ "role": "user", "content": "Hello" }], or messages as LangChain stores them; or either with an id, { "id": "17", "input": "Hello" }.',
    "",
    "Results are JSON, one a line: { id, text, usage, stopReason }, or { id, error: { name, message } }. Nothing else is written to standard output.",
    "Progress goes to standard error: as a bar where that is a terminal, otherwise, and with --json, as a line of JSON every five seconds.",
    "",
    "run keeps answers in the checkpoint as they come. Ctrl-C lets the requests under way end, a second one drops them; the same command goes on from the",
    "checkpoint, also after a crash, and asks nothing twice that was answered or refused. What failed in another way is asked again.",
    "",
    "Exit codes: 0 all answered, or jobs under way; 1 some inputs failed; 2 a mistake in the command or in a file; 3 a job failed, expired or was",
    "stopped; 4 it could not go on: credentials, connection, a checkpoint that is in use or of another run, or jobs that lack inputs,",
    "because submit was interrupted; 130 interrupted (143 by SIGTERM).",
  ].join("\n"),
  options: {
    action: { place: "required", help: "run, submit, status, results or stop" },
    file: { place: "required", help: "the questions, or - for standard input; for status, results and stop the manifest, a file or s3://…" },
    model: { value: "id", help: "model id, inference profile id or ARN; Claude Haiku 4.5 by default, or the manifest's" },
    region: { value: "name", help: "AWS region; else AWS_REGION, AWS_DEFAULT_REGION, the profile's" },
    profile: { value: "name", help: "a profile of ~/.aws" },
    "endpoint-url": { value: "url", help: "another endpoint, such as that of `mock`" },
    "max-tokens": { value: "number", help: "how long an answer may be" },
    options: { value: "file", help: "JSON with further options of ChatBedrockConverse, such as temperature" },
    schema: { value: "file", help: "a JSON schema of the answers; results have the object as output" },
    output: { value: "file", help: "run, results: where results go instead of standard output" },
    "in-order": { help: "run, results: in the order of the questions" },
    whole: { help: "run, results: whole messages as LangChain stores them, instead of text, usage and stopReason" },
    checkpoint: { value: "file", help: "run: where answers are kept; by default the file's name with .checkpoint added, for standard input nowhere" },
    concurrency: { value: "number", help: "run: requests at once; 16 by default" },
    name: { value: "text", help: "submit: the name of the batch; the same name and questions are not paid for twice" },
    "s3-input": { value: "uri", help: "submit: where the questions go, s3://bucket/prefix/" },
    "s3-output": { value: "uri", help: "submit: where Bedrock puts the answers" },
    "role-arn": { value: "arn", help: "submit: the role by which Bedrock reads the one and writes the other" },
    manifest: { value: "file", help: "submit: where the jobs are written down; by default the file's name with .manifest added" },
    "job-options": { value: "file", help: "JSON with further options of BedrockBatch, such as timeoutDurationInHours" },
    wait: { help: "status: wait until the jobs have ended" },
    json: { help: "progress as JSON, also on a terminal" },
  },
  run,
};

/** Options of each action, beside those of the model. */
const ACTIONS: Record<string, Name[]> = {
  run: ["output", "in-order", "whole", "checkpoint", "concurrency", "schema"],
  submit: ["name", "s3-input", "s3-output", "role-arn", "manifest", "job-options", "schema"],
  status: ["job-options", "wait"],
  results: ["job-options", "output", "in-order", "whole", "schema"],
  stop: ["job-options"],
};
const COMMON: Name[] = ["action", "file", "model", "region", "profile", "endpoint-url", "max-tokens", "options", "json"];

async function run(given: Given<Name>): Promise<void> {
  const action = String(given.action);
  const options = Object.hasOwn(ACTIONS, action) ? ACTIONS[action] : undefined;
  if (options === undefined) throw new UsageError(`There is no batch ${action}. See: langchain-aws-native batch --help`);
  const foreign = (Object.keys(given) as Name[]).find((name) => !COMMON.includes(name) && !options.includes(name));
  if (foreign !== undefined) throw new UsageError(`batch ${action} has no option --${foreign}. See: langchain-aws-native batch --help`);
  // Nobody may read progress, nor what is printed at the end. `ResultWriter` notices when nobody reads results.
  process.stderr.on("error", () => undefined);
  if (action !== "run" && action !== "results") process.stdout.on("error", () => undefined);
  process.exitCode = await perform(action, given);
}

function perform(action: string, given: Given<Name>): Promise<ExitCode> {
  const { file = "", "endpoint-url": endpointUrl, "s3-input": s3Input, "s3-output": s3Output, "role-arn": roleArn, "job-options": jobOptions, ...texts } = given as Partial<Record<Name, string>>;
  const { model, region, profile, options, schema, output, checkpoint, name, manifest } = texts;
  const common = { file, model, region, profile, endpointUrl, options, schema, maxTokens: numberOf("max-tokens", given), json: given.json === true };
  const results = { output, inOrder: given["in-order"] === true, whole: given.whole === true };
  switch (action) {
    case "run":
      return runFile({ ...common, ...results, checkpoint, concurrency: numberOf("concurrency", given) });
    case "submit":
      return submitFile({ ...common, jobOptions, name, s3Input, s3Output, roleArn, manifest });
    case "status":
      return showStatus({ ...common, jobOptions }, given.wait === true);
    case "results":
      return writeResults({ ...common, ...results, jobOptions });
    default:
      return stopJobs({ ...common, jobOptions });
  }
}

function numberOf(name: Name, given: Given<Name>): number | undefined {
  const value = given[name];
  if (value === undefined) return undefined;
  if (!/^[1-9]\d*$/.test(String(value))) throw new UsageError(`--${name} takes a whole number, not ${value}.`);
  return Number(value);
}
