/** Servers that are not quite Bedrock: gateways, proxies, networks that fail. */
import type { AIMessageChunk } from "@langchain/core/messages";
import type { ChatBedrockConverseInput } from "langchain-aws-native";
import { startBedrock, type Bedrock, type StreamEvent } from "langchain-aws-native/testing";
import { encodeEvent } from "../../testing/event_stream.js";
import { useCleanEnvironment } from "../support/environment.js";
import { ourModel } from "../support/models.js";
import { collect, rejection } from "../support/rejection.js";
import { type Handler, type SimpleServer, startServer } from "../support/servers/loopback.js";

useCleanEnvironment();

let bedrock: Bedrock;
let server: SimpleServer | undefined;
beforeAll(async () => void (bedrock = await startBedrock()));
afterEach(async () => {
  bedrock.reset();
  await server?.close();
  server = undefined;
});
afterAll(() => bedrock.close());

async function modelAt(handler: Handler, fields: ChatBedrockConverseInput = {}): Promise<ReturnType<typeof ourModel>> {
  server = await startServer(handler);
  return ourModel(bedrock, { endpointUrl: server.url, ...fields });
}

const ANSWER: StreamEvent[] = [
  { messageStart: { role: "assistant" } },
  { contentBlockDelta: { contentBlockIndex: 0, delta: { text: "Whole." } } },
  { contentBlockStop: { contentBlockIndex: 0 } },
  { messageStop: { stopReason: "end_turn" } },
];
const METADATA: StreamEvent = { metadata: { usage: { inputTokens: 1, outputTokens: 2, totalTokens: 3 }, metrics: { latencyMs: 1 } } };
const EVENT_STREAM = { "content-type": "application/vnd.amazon.eventstream" };
const textOf = (chunks: AIMessageChunk[]): string => chunks.map((chunk) => chunk.text).join("");

describe("a connection that the server keeps open after the answer", () => {
  /** Sends the events and does not end the response. */
  const keepOpen =
    (events: StreamEvent[]): Handler =>
    (_request, response) => {
      response.writeHead(200, EVENT_STREAM);
      response.write(Buffer.concat(events.map(encodeEvent)));
    };

  test("does not hold up chunks", async () => {
    const model = await modelAt(keepOpen([...ANSWER, METADATA]), { streamIdleTimeout: 0, responseTimeout: 0 });
    const chunks = await collect(model.stream("Hello"));
    expect(textOf(chunks)).toBe("Whole.");
    expect(chunks.reduce((sum, chunk) => sum.concat(chunk)).usage_metadata).toMatchObject({ total_tokens: 3 });
  });

  test("does not hold up content-block events", async () => {
    const model = await modelAt(keepOpen([...ANSWER, METADATA]), { streamIdleTimeout: 0, responseTimeout: 0 });
    expect(((await (model.streamEvents("Hello") as unknown as PromiseLike<AIMessageChunk>)) as AIMessageChunk).text).toBe("Whole.");
  });

  test("does not lose the answer when metadata does not come", async () => {
    const model = await modelAt(keepOpen(ANSWER), { streamIdleTimeout: 50 });
    expect(textOf(await collect(model.stream("Hello")))).toBe("Whole.");
  });
});

test("streams one after the other share a connection", async () => {
  const model = await modelAt((_request, response) => void response.writeHead(200, EVENT_STREAM).end(Buffer.concat([...ANSWER, METADATA].map(encodeEvent))));
  for (let count = 0; count < 5; count++) expect(textOf(await collect(model.stream("Hello")))).toBe("Whole.");
  expect(server?.sockets.accepted).toBe(1);
});

describe("a 429 without AWS's error name", () => {
  test.each([
    ["JSON", "application/json", '{"message":"Slow down."}', "Slow down."],
    ["text", "text/plain", "rate limit", "HTTP status 429: rate limit"],
    ["nothing", "text/plain", "", "The endpoint answered with HTTP status 429 and no text."],
  ])("with %s is tried again, and is throttling", async (_name, type, body, message) => {
    let attempts = 0;
    const model = await modelAt((_request, response) => void (attempts++, response.writeHead(429, { "content-type": type }).end(body)), { maxRetries: 1 });
    const thrown = await rejection(model.invoke("Hello"));
    expect(attempts).toBe(2);
    expect(thrown).toMatchObject({ name: "ThrottlingException", message, lc_error_code: "MODEL_RATE_LIMIT", $metadata: { httpStatusCode: 429, attempts: 2 } });
  });

  test("and then an answer", async () => {
    let attempts = 0;
    const answer = JSON.stringify({ output: { message: { role: "assistant", content: [{ text: "Now." }] } }, stopReason: "end_turn" });
    const model = await modelAt((_request, response) => void (attempts++ === 0 ? response.writeHead(429).end() : response.writeHead(200, { "content-type": "application/json" }).end(answer)), { maxRetries: 1 });
    expect((await model.invoke("Hello")).text).toBe("Now.");
  });
});

test("a body without end is not read without end, and not asked for again", async () => {
  let attempts = 0;
  const spaces = Buffer.alloc(1024 * 1024, " ");
  const model = await modelAt(
    (_request, response) => {
      attempts++;
      response.writeHead(200, { "content-type": "application/json" });
      const more = (): void => {
        while (!response.destroyed && response.write(spaces));
      };
      response.on("drain", more);
      more();
    },
    { maxRetries: 2 },
  );
  const thrown = await rejection(model.invoke("Hello"));
  expect(thrown.message).toBe("The answer could not be read: it is longer than 64 MB, as no answer of Bedrock is.");
  expect(attempts).toBe(1);
});

describe("a failure below HTTP has a code and its causes", () => {
  const failure = (fields: ChatBedrockConverseInput): Promise<Error & Record<string, unknown>> => rejection(ourModel(bedrock, { maxRetries: 0, ...fields }).invoke("Hello"));

  /** The messages of an error and of all its causes. */
  function chain(error: unknown): string[] {
    return error instanceof Error ? [error.message, ...chain(error.cause)] : [];
  }

  test("a refused connection", async () => {
    const thrown = await failure({ endpointUrl: "http://127.0.0.1:1" });
    expect(thrown).toMatchObject({ code: "ECONNREFUSED", message: expect.stringMatching(/^Could not reach Bedrock: ECONNREFUSED: /) });
    expect(chain(thrown).length).toBeGreaterThan(1);
    expect(chain(thrown).at(-1)).toMatch(/[Cc]onnection refused/);
    expect(thrown).not.toHaveProperty("causes");
  });

  test("a name that does not resolve", async () => {
    const thrown = await failure({ endpointUrl: "http://no-such-host.invalid" });
    expect(["ENOTFOUND", "EAI_AGAIN"]).toContain(thrown.code);
    expect(thrown.cause).toBeInstanceOf(Error);
  });

  test("a response timeout", async () => {
    const model = await modelAt(() => undefined, { responseTimeout: 50 });
    expect(await rejection(model.invoke("Hello"))).toMatchObject({ code: "ETIMEDOUT", lc_error_code: "MODEL_STREAM_TIMEOUT" });
  });

  test("a CA file that is none is a wrong configuration", async () => {
    const thrown = await failure({ endpointUrl: "https://127.0.0.1:1", caBundle: __filename });
    expect(thrown.message).toMatch(/^The connection cannot be set up: the CA file .* cannot be used: /);
  });
});
