/**
 * Runs an example: `node examples/run.mjs NAME`. Without AWS credentials and a region in the environment it talks to an endpoint in this
 * process, whose answers are made up.
 */
import { readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "esbuild";
import { guardrailIntervention, reasoning, startBedrock, text, throttling, toolUse } from "langchain-aws-native/testing";

const folder = dirname(fileURLToPath(import.meta.url));
const names = readdirSync(folder).flatMap((file) => /^(\w+)\.ts$/.exec(file)?.[1] ?? []);

/** What the endpoint says where its own answer would not show the point. */
const ANSWERS = {
  batch: [throttling()],
  reasoning: [[reasoning("s-t-r-a-w-b-e-r-r-y: the letters 3, 8 and 9.", "c2lnbmVk"), text("Three.")], "Three as well."],
  prompt_caching: [
    { content: "You may.", usage: { inputTokens: 12, outputTokens: 3, cacheWriteInputTokens: 3001, cacheReadInputTokens: 0 } },
    { content: "You may.", usage: { inputTokens: 10, outputTokens: 3, cacheWriteInputTokens: 0, cacheReadInputTokens: 3001 } },
  ],
  guardrails: [guardrailIntervention("I cannot talk about that.", { assessment: { topicPolicy: { topics: [{ name: "investments", type: "DENY", action: "BLOCKED" }] } } }), "Gladly."],
  computer_use: [[toolUse("bash", { command: "ls" })], "There are some."],
  fetch_media: ["The picture is one transparent pixel."],
  image_and_document: ["The picture is one transparent pixel. Sales went up by 4 %."],
};

const [name] = process.argv.slice(2);
if (!names.includes(name)) {
  console.error(`${name === undefined ? "Name an example" : `There is no example "${name}"`}: npm run example NAME, where NAME is one of ${names.join(", ")}.`);
  process.exit(1);
}

const { env } = process;
const isConfigured = (env.AWS_REGION || env.AWS_DEFAULT_REGION) && (env.AWS_ACCESS_KEY_ID || env.AWS_PROFILE || env.AWS_BEARER_TOKEN_BEDROCK);
const bedrock = isConfigured ? undefined : await startBedrock({ pace: name === "chat_server" ? 50 : 0 });
if (bedrock) {
  const { accessKeyId, secretAccessKey } = bedrock.credentials;
  Object.assign(env, {
    AWS_ENDPOINT_URL_BEDROCK_RUNTIME: bedrock.url,
    AWS_ENDPOINT_URL_BEDROCK_AGENT_RUNTIME: bedrock.url,
    AWS_ENDPOINT_URL_BEDROCK: bedrock.url,
    AWS_ENDPOINT_URL_S3: bedrock.url,
    BATCH_POLL_INTERVAL: "1",
    AWS_REGION: bedrock.region,
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
  });
  bedrock.reply(...(ANSWERS[name] ?? []));
  process.once("SIGINT", () => void bedrock.close());
}

const outfile = join(folder, "..", ".build", "examples", `${name}.mjs`);
await build({ entryPoints: [join(folder, `${name}.ts`)], outfile, format: "esm", platform: "node", target: "node20" });
const { handler } = await import(pathToFileURL(outfile).href);
if (handler) console.log(await handler({ question: "Why is the sky blue?" }));
if (name !== "chat_server") await bedrock?.close();
