import { existsSync } from "node:fs";
import { request as requestHttp } from "node:http";
import { request as requestHttps } from "node:https";
import { endpointOfEnvironment } from "../langchain/configuration/endpoint_variables.js";
import { type Command, type Given } from "./command.js";
import { errorText } from "./error_text.js";

type Name = "model" | "region" | "profile" | "endpoint-url" | "json";

/** The result of one check. */
interface Finding {
  check: string;
  /** `false` is a problem, `null` an information. */
  good: boolean | null;
  found: string;
}

/** `doctor`: finds out why a model cannot be reached. */
export const doctor: Command<Name> = {
  name: "doctor",
  summary: "Checks region, credentials, proxy, certificates, clock and connection, and says what to fix.",
  details: "With --model it also asks that model for one token, which costs as much. Its code is 1 when something is wrong.",
  options: {
    model: { value: "id", help: "a model to ask" },
    region: { value: "name", help: "AWS region; else AWS_REGION, AWS_DEFAULT_REGION, the profile's" },
    profile: { value: "name", help: "a profile of ~/.aws" },
    "endpoint-url": { value: "url", help: "another endpoint" },
    json: { help: "print a JSON array" },
  },
  run,
};

async function run(given: Given<Name>): Promise<void> {
  const { model, region, profile, "endpoint-url": endpointUrl } = given as Partial<Record<Name, string>>;
  const findings: Finding[] = [];
  const tell = (check: string, good: boolean | null, found: string): void => {
    findings.push({ check, good, found });
    if (!given.json) process.stdout.write(`${good === null ? "--" : good ? "ok" : "!!"}  ${check}: ${found.replaceAll("\n", "\n    ")}\n`);
  };
  tell("Node.js", true, `${process.version} on ${process.platform} ${process.arch}`);
  try {
    const { ChatBedrockConverse } = await import("langchain-aws-native");
    tell("addon", true, "loaded");
    tell("region", ...regionOf(region));
    tell("credentials", null, credentialsOf(profile));
    for (const [check, good, found] of environmentOf()) tell(check, good, found);
    const bedrock = new ChatBedrockConverse({ model, region, profile, endpointUrl, maxTokens: 1, maxRetries: 0, connectTimeout: 5000 });
    const isReached = await tryOut(() => bedrock.prewarm({ signal: AbortSignal.timeout(20_000) }), "connection", "credentials found and endpoint reached", tell);
    const url = endpointUrl ?? endpointOfEnvironment("AWS_ENDPOINT_URL_BEDROCK_RUNTIME");
    if (isReached) tell("clock", ...(await clockOf(url ?? `https://bedrock-runtime.${bedrock.region || "us-east-1"}.amazonaws.com`)));
    if (isReached && model) await tryOut(() => bedrock.invoke("Hi", { timeout: 60_000 }), "model", `${model} answers`, tell);
    bedrock.close();
  } catch (error) {
    tell("addon", false, errorText(error));
  }
  if (given.json) process.stdout.write(`${JSON.stringify(findings, null, 2)}\n`);
  if (findings.some(({ good }) => good === false)) process.exitCode = 1;
}

async function tryOut(work: () => Promise<unknown>, check: string, done: string, tell: (...finding: [string, boolean, string]) => void): Promise<boolean> {
  try {
    await work();
    tell(check, true, done);
    return true;
  } catch (error) {
    tell(check, false, errorText(error));
    return false;
  }
}

function regionOf(region: string | undefined): [boolean | null, string] {
  if (region !== undefined) return [true, `${region}, from --region`];
  const variable = firstSet("AWS_REGION", "AWS_DEFAULT_REGION");
  return variable === undefined ? [null, "in no variable: the profile or the instance must have it"] : [true, `${process.env[variable]}, from ${variable}`];
}

/** The source of credentials, in the order of docs/configuration.md. No value is shown. */
function credentialsOf(profile: string | undefined): string {
  const variable = firstSet("AWS_BEARER_TOKEN_BEDROCK", "BEDROCK_AWS_ACCESS_KEY_ID");
  if (variable !== undefined) return `from ${variable}`;
  if (profile !== undefined) return `from the profile ${profile}`;
  if (firstSet("AWS_ACCESS_KEY_ID")) return "from AWS_ACCESS_KEY_ID";
  if (firstSet("AWS_PROFILE")) return `from the profile ${process.env["AWS_PROFILE"]} (AWS_PROFILE)`;
  const ofService = firstSet("AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "AWS_CONTAINER_CREDENTIALS_FULL_URI");
  return ofService === undefined ? "in no variable: the default profile or the instance must have them" : `from ${ofService}`;
}

function environmentOf(): [string, boolean | null, string][] {
  const proxy = firstSet("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy");
  const files = ["AWS_CA_BUNDLE", "NODE_EXTRA_CA_CERTS"].filter((name) => process.env[name]);
  return [
    ["proxy", null, proxy === undefined ? "none" : `from ${proxy}`],
    ...files.map((name): [string, boolean, string] => {
      const file = process.env[name] ?? "";
      return existsSync(file) ? ["certificates", true, `${file}, from ${name}`] : ["certificates", false, `${name} names ${file}, which is not there.`];
    }),
  ];
}

function firstSet(...names: string[]): string | undefined {
  return names.find((name) => process.env[name]);
}

/** Signatures are refused when the clock is five minutes off. */
async function clockOf(url: string): Promise<[boolean | null, string]> {
  const date = await dateOf(url).catch(() => undefined);
  if (date === undefined || Number.isNaN(Date.parse(date))) return [null, "could not be compared: the endpoint was not asked directly"];
  const seconds = Math.round((Date.now() - Date.parse(date)) / 1000);
  if (Math.abs(seconds) <= 240) return [true, `${Math.abs(seconds)} s off`];
  return [false, `${Math.abs(seconds)} s ${seconds > 0 ? "ahead" : "behind"}, and AWS refuses signatures that are 300 s off: set the clock by NTP.`];
}

function dateOf(url: string): Promise<string | undefined> {
  const send = url.startsWith("http:") ? requestHttp : requestHttps;
  return new Promise((resolve, reject) => {
    const request = send(url, { method: "HEAD", timeout: 5000 }, (response) => {
      response.resume();
      resolve(response.headers.date);
    });
    request.once("timeout", () => request.destroy(new Error("timeout")));
    request.once("error", reject);
    request.end();
  });
}
