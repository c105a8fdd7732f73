import { readFileSync } from "node:fs";
import { type Bedrock, type BedrockRequest, readScript, startBedrock, type StartBedrockOptions, unscripted, type Upstream } from "../testing/index.js";
import { questionOf } from "../testing/unanswered.js";
import { type Command, type Given, UsageError } from "./command.js";

type Name =
  | ("port" | "region" | "bearer-token" | "strict" | "pace")
  | ("script" | "only-scripted" | "replay" | "record" | "upstream")
  | ("tls" | "tls-key" | "tls-cert");

/** `mock`: the local endpoint as a process, for clients in any language. */
export const mock: Command<Name> = {
  name: "mock",
  summary: "A local Amazon Bedrock Converse endpoint, for tests and demos without an AWS account.",
  details: [
    "Clients need its address as their endpoint, and the credentials that it prints. Answers are made up from the requests unless a script or",
    "recordings have them. A script is a list of answers in JSON, or, in a file that ends in .jsonl, one answer a line.",
    "With --upstream requests go to a real endpoint, signed with AWS_BEARER_TOKEN_BEDROCK or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY if these",
    "are set, and --record keeps what was said. Ctrl-C ends it.",
  ].join("\n"),
  options: {
    port: { value: "number", help: "the port on 127.0.0.1; a free one by default" },
    region: { value: "name", help: "the region that signatures must name; us-east-1 by default" },
    "bearer-token": { value: "token", help: "an API key to accept beside signatures" },
    strict: { isOn: true, help: "also take requests that Amazon Bedrock would refuse" },
    pace: { value: "ms", help: "milliseconds between two events of a stream, or `recorded`; 0 by default" },
    script: { value: "file", help: "answers to give first, in order" },
    "only-scripted": { help: "refuse requests after the last answer of the script" },
    replay: { value: "file", help: "recordings to answer from" },
    record: { value: "file", help: "append what goes upstream and comes back to this file" },
    upstream: { value: "url", help: "the endpoint to ask, or `aws` for the region's own, which --record asks by default" },
    tls: { help: "speak TLS, with a certificate made up" },
    "tls-key": { value: "file", help: "speak TLS, with this key" },
    "tls-cert": { value: "file", help: "and this certificate" },
  },
  run,
};

async function run(given: Given<Name>): Promise<void> {
  const script = typeof given.script === "string" ? readScript(given.script) : [];
  let count = 0;
  const onRequest = (request: BedrockRequest): void => {
    count++;
    print(lineOf(request));
    // It may run for days, so requests are not kept.
    bedrock.requests.splice(bedrock.requests.indexOf(request), 1);
  };
  const bedrock = await startBedrock({ ...optionsOf(given), onRequest });
  bedrock.reply(...script);
  if (given["only-scripted"]) bedrock.replyAlways(unscripted());
  print(introduction(bedrock));
  await interruption();
  await bedrock.close();
  print(`Stopped after ${count} request${count === 1 ? "" : "s"}.`);
}

function optionsOf(given: Given<Name>): StartBedrockOptions {
  const texts = { region: given.region, bearerToken: given["bearer-token"], replay: given.replay, record: given.record };
  return {
    strict: given.strict !== false,
    ...(Object.fromEntries(Object.entries(texts).filter(([, value]) => value !== undefined)) as object),
    ...(given.port === undefined ? {} : { port: numberOf("port", given.port) }),
    ...(given.pace === undefined ? {} : { pace: given.pace === "recorded" ? given.pace : numberOf("pace", given.pace) }),
    ...(given.upstream === undefined && given.record === undefined ? {} : { upstream: upstreamOf(given.upstream) }),
    ...tlsOf(given),
  };
}

function numberOf(name: Name, value: string | boolean): number {
  const number = Number(value);
  if (value === "" || Number.isNaN(number)) throw new UsageError(`--${name} takes a number, not ${value}.`);
  return number;
}

function upstreamOf(url: string | boolean | undefined): Upstream {
  const { AWS_BEARER_TOKEN_BEDROCK: bearerToken, AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey, AWS_SESSION_TOKEN: sessionToken } = process.env;
  const where = typeof url === "string" && url !== "aws" ? { url } : {};
  if (bearerToken) return { ...where, bearerToken };
  if (!accessKeyId || !secretAccessKey) return where;
  return { ...where, credentials: { accessKeyId, secretAccessKey, ...(sessionToken ? { sessionToken } : {}) } };
}

function tlsOf({ tls, "tls-key": key, "tls-cert": cert }: Given<Name>): Pick<StartBedrockOptions, "tls"> {
  if (typeof key === "string" && typeof cert === "string") return { tls: { key: readFileOf("tls-key", key), cert: readFileOf("tls-cert", cert) } };
  if (key !== undefined || cert !== undefined) throw new UsageError("--tls-key and --tls-cert go together.");
  return tls ? { tls: true } : {};
}

function readFileOf(name: Name, file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    throw new UsageError(`--${name} ${file}: ${(error as Error).message}.`);
  }
}

/** What it stands for: models, jobs of batch inference and their files, retrievers. AWS_ENDPOINT_URL would send a client's other services here, too, such as STS. */
const SERVICES = ["BEDROCK_RUNTIME", "BEDROCK", "S3", "BEDROCK_AGENT_RUNTIME", "KENDRA"];

/** The key pair is invented by the endpoint: it is no secret. */
function introduction({ url, region, credentials, certificateFile }: Bedrock): string {
  return [
    `Listening as Amazon Bedrock on ${url}`,
    ...SERVICES.map((service) => `  AWS_ENDPOINT_URL_${service}=${url}`),
    `  AWS_REGION=${region}`,
    `  AWS_ACCESS_KEY_ID=${credentials.accessKeyId}`,
    `  AWS_SECRET_ACCESS_KEY=${credentials.secretAccessKey}`,
    ...(certificateFile === undefined ? [] : [`  AWS_CA_BUNDLE=${certificateFile}`, `  NODE_EXTRA_CA_CERTS=${certificateFile}`]),
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
