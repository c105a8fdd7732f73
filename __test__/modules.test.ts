import { readFileSync } from "node:fs";
import { join } from "node:path";
import { AIMessage } from "@langchain/core/messages";
import * as commonjs from "langchain-aws-native";
import { error, startBedrock } from "langchain-aws-native/testing";
import { version } from "../langchain/version.js";
import { run } from "./support/child.js";
import { ourModel } from "./support/models.js";
import { rejection } from "./support/rejection.js";

const root = join(__dirname, "..");
const packageJson = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { version: string };

const PROGRAM = `
  const bedrock = await startBedrock();
  const model = new ChatBedrockConverse({ ...bedrock.connection, maxRetries: 0 });
  const message = await model.invoke("Hello");
  let text = "";
  for await (const chunk of await model.stream("Hello")) text += chunk.text;
  bedrock.reply(throttling());
  const error = await model.invoke("Hello").catch((error) => error);
  await bedrock.close();
  console.log(JSON.stringify([message instanceof AIMessage, text === message.text, error instanceof Error, error.name]));
`;
const GOOD = JSON.stringify([true, true, true, "ThrottlingException"]);

test("as an ES module, with core's ES module", async () => {
  const imports = `
    import { AIMessage } from "@langchain/core/messages";
    import { ChatBedrockConverse } from "langchain-aws-native";
    import { startBedrock, throttling } from "langchain-aws-native/testing";`;
  expect(await run(imports + PROGRAM)).toBe(GOOD);
});

test("as CommonJS, with core's CommonJS", async () => {
  const requires = `
    const { AIMessage } = require("@langchain/core/messages");
    const { ChatBedrockConverse } = require("langchain-aws-native");
    const { startBedrock, throttling } = require("langchain-aws-native/testing");`;
  expect(await run(`${requires} (async () => {${PROGRAM}})();`, { type: "commonjs" })).toBe(GOOD);
});

describe("the entry for batches", () => {
  const PROGRAM = `
    const batch = new BedrockBatch({ model: new ChatBedrockConverse({ region: "us-east-1" }) });
    console.log(batch.model instanceof ChatBedrockConverse);`;

  test("as an ES module", async () => {
    expect(await run(`import { ChatBedrockConverse } from "langchain-aws-native"; import { BedrockBatch } from "langchain-aws-native/batch"; ${PROGRAM}`)).toBe("true");
  });

  test("as CommonJS", async () => {
    const requires = 'const { ChatBedrockConverse } = require("langchain-aws-native"); const { BedrockBatch } = require("langchain-aws-native/batch");';
    expect(await run(requires + PROGRAM, { type: "commonjs" })).toBe("true");
  });

  test("takes the model of the other module kind, too", async () => {
    const source = `
      import { createRequire } from "node:module";
      import { BedrockBatch } from "langchain-aws-native/batch";
      const { ChatBedrockConverse } = createRequire(import.meta.url)("langchain-aws-native");
      ${PROGRAM}`;
    expect(await run(source)).toBe("true");
  });
});

test("in Jest, instanceof holds for messages and errors", async () => {
  const bedrock = await startBedrock();
  const model = ourModel(bedrock);
  expect(await model.invoke("Hello")).toBeInstanceOf(AIMessage);
  bedrock.reply(error("ValidationException", "No."));
  const thrown = await rejection(model.invoke("Hello"));
  expect(thrown).toBeInstanceOf(Error);
  expect(thrown).toBeInstanceOf(commonjs.BedrockRuntimeServiceException);
  await bedrock.close();
});

test("in a worker thread", async () => {
  const source = `
    const { Worker } = require("node:worker_threads");
    const worker = new Worker(${JSON.stringify(`(async () => {
      const { ChatBedrockConverse } = require("langchain-aws-native");
      const { startBedrock } = require("langchain-aws-native/testing");
      const { parentPort } = require("node:worker_threads");
      const bedrock = await startBedrock();
      bedrock.reply("From a worker.");
      parentPort.postMessage((await new ChatBedrockConverse(bedrock.connection).invoke("Hello")).text);
      await bedrock.close();
    })()`)}, { eval: true });
    worker.on("message", (text) => console.log(text));
    worker.on("error", (error) => { throw error; });`;
  expect(await run(source, { type: "commonjs" })).toBe("From a worker.");
});

test("a process ends by itself while a model is still around", async () => {
  const source = `
    import { ChatBedrockConverse } from "langchain-aws-native";
    import { startBedrock } from "langchain-aws-native/testing";
    const bedrock = await startBedrock();
    globalThis.model = new ChatBedrockConverse({ ...bedrock.connection, credentials: async () => bedrock.connection.credentials });
    await model.invoke("Hello");
    await bedrock.close();
    console.log("done");`;
  expect(await run(source)).toBe("done");
});

test("a process with nothing else to do stays for what it has asked", async () => {
  const bedrock = await startBedrock();
  const source = `
    import { ChatBedrockConverse } from "langchain-aws-native";
    const model = new ChatBedrockConverse(${JSON.stringify(bedrock.connection)});
    let text = (await model.invoke("Hello")).text;
    for await (const chunk of await model.stream("Hello")) text += chunk.text;
    console.log(text);`;
  bedrock.reply("A whole answer. ", "And a stream.");
  expect(await run(source)).toBe("A whole answer. And a stream.");
  await bedrock.close();
});

test("no region anywhere is one sentence, at the first call", async () => {
  const source = `
    import { ChatBedrockConverse } from "langchain-aws-native";
    const model = new ChatBedrockConverse({ credentials: { accessKeyId: "AKIA", secretAccessKey: "secret" } });
    await model.invoke("Hello").catch((error) => console.log(error.message));`;
  expect(await run(source)).toBe(
    "No AWS region was found. Pass the option `region`, or set AWS_REGION or AWS_DEFAULT_REGION, or add `region` to your profile in ~/.aws/config.",
  );
});

test("the region and the credentials of a profile are found", async () => {
  const files = join(__dirname, "fixtures", "aws");
  const source = `
    import { ChatBedrockConverse } from "langchain-aws-native";
    import { startBedrock } from "langchain-aws-native/testing";
    const bedrock = await startBedrock({ region: "eu-north-1", credentials: { accessKeyId: "AKIAMADEUPPROFILE", secretAccessKey: "made-up-profile-secret" } });
    await new ChatBedrockConverse({ endpointUrl: bedrock.url, profile: "blue" }).invoke("Hello");
    console.log(bedrock.requests.map((request) => request.response.status).join());
    await bedrock.close();`;
  const environment = { AWS_CONFIG_FILE: join(files, "config"), AWS_SHARED_CREDENTIALS_FILE: join(files, "credentials") };
  expect(await run(source, { environment })).toBe("200");
});

test("no credentials anywhere is one sentence", async () => {
  const source = `
    import { ChatBedrockConverse } from "langchain-aws-native";
    await new ChatBedrockConverse({ region: "us-east-1" }).invoke("Hello").catch((error) => console.log(error.name, "|", error.message));`;
  expect(await run(source)).toMatch(/^CredentialsProviderError \| Could not load credentials from any providers: [^\n]+$/);
});

describe("the package", () => {
  test("says its version once", () => {
    expect(version).toBe(packageJson.version);
    expect(/^version = "(.+)"$/m.exec(readFileSync(join(root, "Cargo.toml"), "utf8"))?.[1]).toBe(packageJson.version);
  });

  test("exports what index.d.ts says", () => {
    const classes = ["AmazonKendraRetriever", "AmazonKnowledgeBaseRetriever", "BedrockEmbeddings", "BedrockRuntimeServiceException", "ChatBedrockConverse"];
    const guardrails = ["GuardrailInterventionError", "GuardrailRunnable", "IncompleteStreamError", "guardrailFindings", "isGuardrailIntervention", "redactIntervenedMessages"];
    expect(Object.keys(jest.requireActual<object>("langchain-aws-native")).sort()).toEqual([...classes, ...guardrails, "mediaFromFile", "repairHistory"].sort());
  });
});
