import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ConverseCommand, ConverseStreamCommand, CountTokensCommand, type BedrockRuntimeClient } from "@aws-sdk/client-bedrock-runtime";
import { redact, type Recording } from "../../testing/recording.js";
import * as testing from "../../testing/index.js";
import { ask, awsClient, collect, MODEL } from "./support.js";

const ARN = "arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/ab1";

let folder: string;
let file: string;
let aws: testing.Bedrock;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "recording-"));
  file = join(folder, "session.jsonl");
  aws = await testing.startBedrock({ credentials: { accessKeyId: "AKIAMADEUPUPSTREAM00", secretAccessKey: "made-up-upstream-secret" } });
});
afterEach(async () => {
  await aws.close();
  rmSync(folder, { recursive: true });
});

function startRecorder(upstream: testing.Upstream = { url: aws.url, credentials: aws.credentials }): Promise<testing.Bedrock> {
  return testing.startBedrock({ record: file, upstream });
}

function recordings(): Recording[] {
  return readFileSync(file, "utf8").trim().split("\n").map((line) => JSON.parse(line) as Recording);
}

async function textOf(client: BedrockRuntimeClient, question: string, modelId?: string): Promise<string | undefined> {
  return (await client.send(new ConverseCommand(ask(question, modelId)))).output?.message?.content?.[0]?.text;
}

test("a session that was recorded answers like the first time, from the file alone", async () => {
  const call = testing.toolUse("get_weather", { city: "Paris", days: 1.5 }, "id1");
  aws.reply("one", "two", [testing.reasoning("Hm", "sig"), call], testing.throttling("Slow down."), testing.events([{ messageStart: { role: "assistant" } }, { modelStreamErrorException: { message: "Broken." } }]));
  const session = async (client: BedrockRuntimeClient): Promise<unknown[]> => {
    const said: unknown[] = [await textOf(client, "Same"), await textOf(client, "Same")];
    said.push(await collect((await client.send(new ConverseStreamCommand(ask("Weather?")))).stream));
    said.push(await textOf(client, "Busy?").catch((error: Error) => `${error.name}: ${error.message}`));
    const { stream } = await client.send(new ConverseStreamCommand(ask("Broken?")));
    said.push(await collect(stream).catch((error: Error) => `${error.name}: ${error.message}`));
    const { messages } = ask("How long?");
    said.push((await client.send(new CountTokensCommand({ modelId: MODEL, input: { converse: { messages } } }))).inputTokens);
    return said;
  };
  const recorder = await startRecorder();
  const first = await session(awsClient(recorder));
  expect(first).toEqual(["one", "two", expect.any(Array), "ThrottlingException: Slow down.", "ModelStreamErrorException: Broken.", expect.any(Number)]);
  expect(aws.requests.map(({ response }) => response.status)).toEqual([200, 200, 200, 429, 200, 200]);
  expect(recorder.requests[0]!.response.requestId).toBe(aws.requests[0]!.response.requestId);
  await recorder.close();
  await using replay = await testing.startBedrock({ replay: file });
  expect(await session(awsClient(replay))).toEqual(first);
});

test("lines say what was asked and answered, and when, without secrets and account ids", async () => {
  aws.replyAlways(({ modelId }) => `I am ${modelId} of account 123456789012, key ${aws.credentials.secretAccessKey}, not 1234567890123.`);
  await using recorder = await startRecorder();
  const client = awsClient(recorder);
  expect(await textOf(client, "Who are you?", ARN)).toContain("account 123456789012");
  await collect((await client.send(new ConverseStreamCommand(ask("AKIAABCDEFGHIJKLMNOP?")))).stream);
  const [whole, stream] = recordings();
  const hidden = ARN.replace("123456789012", "000000000000");
  expect(whole).toMatchObject({
    operation: "converse",
    modelId: hidden,
    request: { messages: ask("Who are you?").messages },
    status: 200,
    contentType: "application/json",
    ms: expect.any(Number),
    response: { output: { message: { content: [{ text: `I am ${hidden} of account 000000000000, key REDACTED, not 1234567890123.` }] } } },
  });
  expect(stream).toMatchObject({ operation: "converse-stream", request: { messages: ask("AKIAREDACTED?").messages }, events: expect.any(Array) });
  expect(stream!.events![0]).toEqual({ ms: expect.any(Number), messageStart: { p: expect.any(String), role: "assistant" } });
  expect(JSON.stringify(stream!.events)).not.toContain(":event-type");
  const all = readFileSync(file, "utf8");
  for (const secret of ["123456789012\"", aws.credentials.accessKeyId, aws.credentials.secretAccessKey, "Signature"]) expect(all).not.toContain(secret);
  await using replay = await testing.startBedrock({ replay: file });
  expect(await textOf(awsClient(replay), "Who are you?", ARN.replace("123456789012", "210987654321"))).toContain("REDACTED");
});

test("keys of Bedrock and of AWS are taken out of any text", () => {
  const key = `ABSK${"x".repeat(60)}=`;
  expect(redact(JSON.stringify({ a: key, b: "bedrock-api-key-abcdefghijklmnopqrstuvwxyz", s3Location: { bucketOwner: "111122223333" } }), [])).toBe(
    '{"a":"ABSKREDACTED","b":"bedrock-api-key-REDACTED","s3Location":{"bucketOwner":"000000000000"}}',
  );
});

test("with neither credentials nor a token, requests go on with the headers they came with", async () => {
  await using withToken = await testing.startBedrock({ bearerToken: "bedrock-api-key-made-up" });
  await using recorder = await startRecorder({ url: withToken.url });
  const answer = await fetch(`${recorder.url}/model/m/converse`, {
    method: "POST",
    headers: { authorization: "Bearer bedrock-api-key-made-up" },
    body: JSON.stringify({ messages: ask("Hello").messages }),
  });
  expect(answer.status).toBe(200);
  expect(withToken.requests[0]!.headers["authorization"]).toBe("Bearer bedrock-api-key-made-up");
  expect(recordings()).toHaveLength(1);
});

test("with a token, requests get it instead of their signature", async () => {
  await using withToken = await testing.startBedrock({ bearerToken: "bedrock-api-key-made-up" });
  await using recorder = await startRecorder({ url: `${withToken.url}/`, bearerToken: "bedrock-api-key-made-up" });
  expect(await textOf(awsClient(recorder), "Hello")).toBe("You said: Hello");
  expect(withToken.requests[0]!.headers["authorization"]).toBe("Bearer bedrock-api-key-made-up");
});

test("over TLS, and without a file", async () => {
  await using secure = await testing.startBedrock({ tls: true });
  await using proxy = await testing.startBedrock({ upstream: { url: secure.url, credentials: secure.credentials, ca: readFileSync(secure.certificateFile!) } });
  expect(await textOf(awsClient(proxy), "Hello")).toBe("You said: Hello");
});

test("a stream that broke is recorded and replayed as one; what the client left is not recorded", async () => {
  aws.reply(testing.truncated("one two", { afterEvents: 2, abrupt: true }), testing.stall("one two", { afterEvents: 2 }));
  const recorder = await startRecorder();
  const client = awsClient(recorder);
  await expect(collect((await client.send(new ConverseStreamCommand(ask("Hello")))).stream)).rejects.toThrow(/aborted/);
  const leave = new AbortController();
  const { stream } = await client.send(new ConverseStreamCommand(ask("Hello")), { abortSignal: leave.signal });
  const reading = (async () => {
    for await (const event of stream ?? []) if (event.contentBlockDelta) leave.abort();
  })();
  await expect(reading).rejects.toThrow();
  await aws.requests[1]!.closed;
  expect(aws.requests[1]!.aborted).toBe(true);
  await recorder.close();
  expect(recordings()).toMatchObject([{ cut: true, events: [expect.anything(), expect.anything()] }]);
  await using replay = await testing.startBedrock({ replay: [file] });
  await expect(collect((await awsClient(replay).send(new ConverseStreamCommand(ask("Hello")))).stream)).rejects.toThrow(/aborted/);
});

test("the pace of a recording can be kept", async () => {
  const line = (ms: number): Recording => ({ operation: "converse", modelId: MODEL, request: { messages: ask("Hello").messages }, status: 200, contentType: "application/json", ms, response: {} });
  const events = [{ ms: 40, messageStart: { role: "assistant" } }, { ms: 80, messageStop: { stopReason: "end_turn" } }];
  writeFileSync(file, [line(30), { ...line(10), operation: "converse-stream", contentType: "application/vnd.amazon.eventstream", response: undefined, events }].map((one) => JSON.stringify(one)).join("\n"));
  await using replay = await testing.startBedrock({ replay: file, pace: "recorded" });
  const client = awsClient(replay);
  await client.send(new ConverseCommand(ask("Hello")));
  expect(await collect((await client.send(new ConverseStreamCommand(ask("Hello")))).stream)).toHaveLength(2);
  await Promise.all(replay.requests.map(({ closed }) => closed));
  const [whole, stream] = replay.requests.map(({ response }) => response.duration ?? 0);
  expect(whole).toBeGreaterThanOrEqual(29);
  expect(stream).toBeGreaterThanOrEqual(79);
});

describe("what nobody recorded", () => {
  beforeEach(async () => {
    await using recorder = await startRecorder();
    await textOf(awsClient(recorder), "Hello");
  });

  test("fails with what was asked, and where it is different", async () => {
    await using replay = await testing.startBedrock({ replay: file });
    const client = awsClient(replay);
    await expect(textOf(client, "Hi")).rejects.toThrow(
      `Nobody recorded an answer to this request (messages.0.content.0.text is "Hello" in the next recording): converse of ${MODEL} with {"messages":[{"role":"user","content":[{"text":"Hi"}]}]}`,
    );
    await expect(textOf(client, "Hello", "another-model")).rejects.toThrow(/\(modelId is "anthropic/);
    expect(await textOf(client, "Hello")).toBe("You said: Hello");
    await expect(textOf(client, "Hello")).rejects.toThrow(/\(no recording of this operation is left\)/);
    replay.reply("scripted");
    expect(await textOf(client, "Hello")).toBe("scripted");
  });

  test("is made up without strict, or asked upstream", async () => {
    await using lenient = await testing.startBedrock({ replay: file, strict: false });
    expect(await textOf(awsClient(lenient), "Hi")).toBe("You said: Hi");
    await using both = await testing.startBedrock({ replay: file, record: file, upstream: { url: aws.url, credentials: aws.credentials } });
    const before = aws.requests.length;
    expect([await textOf(awsClient(both), "Hello"), await textOf(awsClient(both), "Hi")]).toEqual(["You said: Hello", "You said: Hi"]);
    expect(aws.requests.length - before).toBe(1);
    expect(recordings()).toHaveLength(2);
  });
});

describe("what is wrong is said at the start", () => {
  test.each([
    ["{", /session\.jsonl:1: This is not JSON/],
    ['{"operation":"converse"}', /session\.jsonl:1: This is no recording: it has no modelId, no request, no status\.$/],
  ])("a file with %s", async (text, message) => {
    writeFileSync(file, text);
    await expect(testing.startBedrock({ replay: file })).rejects.toThrow(message);
  });

  test("a file that is not there, a folder that is not there, nowhere to ask", async () => {
    await expect(testing.startBedrock({ replay: file })).rejects.toThrow(`${file}: There is no such file.`);
    await expect(testing.startBedrock({ record: join(folder, "none", "x.jsonl"), upstream: {} })).rejects.toThrow(/x\.jsonl: Recordings cannot be written here: ENOENT/);
    await expect(testing.startBedrock({ record: file })).rejects.toThrow(/^`record` needs `upstream`/);
  });

  test("an upstream that does not answer is an error of the call", async () => {
    await aws.close();
    await using proxy = await testing.startBedrock({ upstream: { url: aws.url } });
    const error = await textOf(awsClient(proxy), "Hello").catch((error: Error) => error);
    expect(error).toMatchObject({ name: "UpstreamException", message: expect.stringContaining(`${aws.url} did not answer: connect ECONNREFUSED`) });
  });
});
