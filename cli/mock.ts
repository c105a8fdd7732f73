import { type Bedrock, type BedrockRequest, readScript, startBedrock, type StartBedrockOptions, unscripted } from "../testing/index.js";
import { questionOf } from "../testing/question.js";
import { type Command, type Given, UsageError } from "./command.js";

type Name = "port" | "region" | "script" | "only-scripted" | "pace" | "strict" | "bearer-token";

/** `mock`: the local endpoint as a process of its own, for clients in any language. */
export const mock: Command<Name> = {
  name: "mock",
  summary: "A local Amazon Bedrock Converse endpoint, for tests and demos without an AWS account.",
  details:
    "Clients need its address as their endpoint, and the credentials that it prints. A script is a list of answers in JSON, or one answer a line in a\n" +
    "file that ends in .jsonl. Without one, and after its last answer, answers are made up from the request. Ctrl-C ends it.",
  options: {
    port: { value: "number", help: "the port on 127.0.0.1; a free one by default" },
    region: { value: "name", help: "the region that signatures must name; us-east-1 by default" },
    script: { value: "file", help: "answers to give, in order" },
    "only-scripted": { help: "refuse requests after the last answer of the script" },
    pace: { value: "ms", help: "milliseconds between two events of a stream; 0 by default" },
    strict: { help: "refuse what Amazon Bedrock would refuse; on by default" },
    "bearer-token": { value: "token", help: "an API key to accept beside signatures" },
  },
  run,
};

async function run(given: Given<Name>): Promise<void> {
  const script = typeof given.script === "string" ? readScript(given.script) : [];
  const bedrock = await startBedrock(optionsOf(given));
  bedrock.reply(...script);
  if (given["only-scripted"]) bedrock.replyAlways(unscripted());
  print(introduction(bedrock));
  await interruption();
  await bedrock.close();
  print(`Stopped after ${bedrock.requests.length} request${bedrock.requests.length === 1 ? "" : "s"}.`);
}

function optionsOf(given: Given<Name>): StartBedrockOptions {
  return {
    onRequest: (request) => print(lineOf(request)),
    strict: given.strict !== false,
    ...(given.port === undefined ? {} : { port: numberOf("port", given.port) }),
    ...(given.pace === undefined ? {} : { pace: numberOf("pace", given.pace) }),
    ...(typeof given.region === "string" ? { region: given.region } : {}),
    ...(typeof given["bearer-token"] === "string" ? { bearerToken: given["bearer-token"] } : {}),
  };
}

function numberOf(name: Name, value: string | boolean): number {
  const number = Number(value);
  if (value === "" || Number.isNaN(number)) throw new UsageError(`--${name} takes a number, not ${value}.`);
  return number;
}

/** The key pair is made up by the endpoint: it is no secret. */
function introduction({ url, region, credentials }: Bedrock): string {
  return [
    `Amazon Bedrock, made up: ${url}`,
    `  AWS_ENDPOINT_URL_BEDROCK_RUNTIME=${url}`,
    `  AWS_REGION=${region}`,
    `  AWS_ACCESS_KEY_ID=${credentials.accessKeyId}`,
    `  AWS_SECRET_ACCESS_KEY=${credentials.secretAccessKey}`,
  ].join("\n");
}

/** One line about a request and its answer. */
function lineOf(request: BedrockRequest): string {
  const { operation, modelId, method, url, response, aborted } = request;
  const time = new Date().toTimeString().slice(0, 8);
  const asked = operation === "unknown" ? `${method} ${url}` : `${operation} ${modelId} ${questionOf(request)}`.trimEnd();
  const error = response.errorType === undefined ? "" : ` ${response.errorType}: ${response.errorMessage}`;
  const ending = aborted ? " the client left" : "";
  return `${time} ${asked} -> ${response.status ?? "no answer"}${error}${ending} in ${Math.round(response.duration ?? 0)} ms`.replace(/\s+/g, " ");
}

/** Resolves at Ctrl-C, or when the process is asked to end. */
function interruption(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => resolve());
  });
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}
