import { ContextOverflowError } from "@langchain/core/errors";
import { BedrockRuntimeServiceException, IncompleteStreamError, type ChatBedrockConverseInput } from "langchain-aws-native";
import { error, events, startBedrock, status, type Bedrock, type StreamEvent } from "langchain-aws-native/testing";
import { encodeEvent, encodeFrame } from "../../testing/event_stream.js";
import { useCleanEnvironment } from "../support/environment.js";
import { ourModel } from "../support/models.js";
import { collect, rejection } from "../support/rejection.js";
import { type Handler, type SimpleServer, startServer } from "../support/servers/loopback.js";

useCleanEnvironment();

let bedrock: Bedrock;
beforeAll(async () => {
  bedrock = await startBedrock();
});
afterEach(() => bedrock.reset());
afterAll(() => bedrock.close());

const invoke = (fields?: ChatBedrockConverseInput): Promise<unknown> => ourModel(bedrock, fields).invoke("Hello");
const stream = (fields?: ChatBedrockConverseInput): Promise<unknown> => collect(ourModel(bedrock, fields).stream("Hello"));

describe("a body that is no event stream, or a broken one", () => {
  const EVENT_STREAM = { "content-type": "application/vnd.amazon.eventstream" };
  const half: StreamEvent[] = [{ messageStart: { role: "assistant" } }, { contentBlockDelta: { contentBlockIndex: 0, delta: { text: "Half" } } }];
  let server: SimpleServer;
  afterEach(() => server.close());

  /** What a stream from such a server fails with. An idle timeout would be a hang that was noticed, so there is none. */
  async function failure(handler: Handler): Promise<Error & Record<string, unknown>> {
    server = await startServer(handler);
    return rejection(collect(ourModel(bedrock, { endpointUrl: server.url, streamIdleTimeout: 0, responseTimeout: 0 }).stream("Hello")));
  }

  test("a frame that claims more than 16 MB, at once", async () => {
    const prelude = encodeFrame({}, Buffer.alloc(17 * 1024 * 1024)).subarray(0, 12);
    const thrown = await failure((_request, response) => {
      response.writeHead(200, EVENT_STREAM);
      response.write(Buffer.concat([...half.map(encodeEvent), prelude]));
    });
    expect(thrown).toBeInstanceOf(IncompleteStreamError);
    expect(thrown.message).toMatch(/longer than 16777216 bytes/);
    expect((thrown.partialOutput as { text: string }).text).toBe("Half");
    await server.sockets.whenOpen(0);
  });

  test("a frame of 5 MB is no problem", async () => {
    const long = "x".repeat(5 * 1024 * 1024);
    const whole: StreamEvent[] = [
      { messageStart: { role: "assistant" } },
      { contentBlockDelta: { contentBlockIndex: 0, delta: { text: long } } },
      { contentBlockStop: { contentBlockIndex: 0 } },
      { messageStop: { stopReason: "end_turn" } },
    ];
    server = await startServer((_request, response) => {
      response.writeHead(200, EVENT_STREAM).end(Buffer.concat(whole.map(encodeEvent)));
    });
    const chunks = await collect(ourModel(bedrock, { endpointUrl: server.url }).stream("Hello"));
    expect(chunks.map((chunk) => chunk.text).join("") === long).toBe(true);
  });

  test("server-sent events, and they say so", async () => {
    const thrown = await failure((_request, response) => {
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.write('data: {"choices":[{"delta":{"content":"Hello"}}]}\n\n');
    });
    expect(thrown).toBeInstanceOf(IncompleteStreamError);
    expect(thrown.message).toBe("Expected an event stream (application/vnd.amazon.eventstream), but the endpoint answered with text/event-stream.");
    expect(thrown.$metadata).toMatchObject({ httpStatusCode: 200 });
    await server.sockets.whenOpen(0);
  });

  test("server-sent events that say they were an event stream", async () => {
    const thrown = await failure((_request, response) => {
      response.writeHead(200, EVENT_STREAM);
      response.write('data: {"choices":[{"delta":{"content":"Hello"}}]}\n\n');
    });
    expect(thrown).toBeInstanceOf(IncompleteStreamError);
  });

  test("JSON instead of events", async () => {
    const thrown = await failure((_request, response) => {
      response.writeHead(200, { "content-type": "application/json" }).end('{"output":{}}');
    });
    expect(thrown).toBeInstanceOf(IncompleteStreamError);
    expect(thrown.message).toContain("application/json");
  });

  test("an empty body", async () => {
    const thrown = await failure((_request, response) => {
      response.writeHead(200, EVENT_STREAM).end();
    });
    expect(thrown).toBeInstanceOf(IncompleteStreamError);
    expect(thrown.message).toContain("messageStop");
  });

  test("random bytes", async () => {
    const noise = Buffer.from(Array.from({ length: 4096 }, (_, place) => (place * 197 + 31) % 256));
    const thrown = await failure((_request, response) => {
      response.writeHead(200, EVENT_STREAM).end(noise);
    });
    expect(thrown).toBeInstanceOf(IncompleteStreamError);
  });

  test("an event that is no JSON", async () => {
    const frame = encodeFrame({ ":event-type": "contentBlockDelta", ":message-type": "event" }, Buffer.from("{"));
    const thrown = await failure((_request, response) => {
      response.writeHead(200, EVENT_STREAM).end(Buffer.concat([encodeEvent({ messageStart: { role: "assistant" } }, 0), frame]));
    });
    expect(thrown).toBeInstanceOf(IncompleteStreamError);
  });

  test("an invoke that is answered with text", async () => {
    server = await startServer((_request, response) => {
      response.writeHead(200, { "content-type": "text/html" }).end("<html>Please log in</html>");
    });
    const thrown = await rejection(invoke({ endpointUrl: server.url }));
    expect(thrown.message).not.toBe("");
    expect(thrown.message).not.toContain("\n");
    expect(server.requests).toHaveLength(1);
  });
});

/** A sentence for each wording of langchain-aws 1.9.1, strands-agents 1.62 and the models' own documentation. */
const OVERFLOWS = [
  "Input is too long for requested model.",
  "The model returned the following errors: prompt is too long: 205000 tokens > 200000 maximum",
  "The model returned the following errors: Input Tokens Exceeded: Number of input tokens exceeds maximum length.",
  "This model's maximum context length is 131072 tokens. Please reduce the length of the prompt",
  "The model returned the following errors: {'code': 'context_length_exceeded'}",
  "Your input exceeds the context window of this model. Please adjust your input and try again.",
  "Input tokens exceed the configured limit of 272000 tokens. Your messages resulted in 300000 tokens.",
  "The number of input tokens would exceed model maximum of 262144.",
  "Too many input tokens. Max input tokens: 8192, request input token count: 8300",
  "The input (40000 tokens) is longer than the model's context length (32768 tokens).",
  "The model returned the following errors: input length and `max_tokens` exceed context limit: 190000 + 20000 > 204798, decrease input length or `max_tokens` and try again",
  "The model returned the following errors: messages: too many total text bytes: 12000000 > 9000000",
  "too many tokens: total number of tokens in the prompt cannot exceed 4081",
];

describe.each([
  ["invoke", invoke],
  ["stream", stream],
])("an input that is too long, %s", (_kind, call) => {
  test.each(OVERFLOWS)("%s: core's ContextOverflowError", async (message) => {
    bedrock.reply(error("ValidationException", message));
    const thrown = await rejection(call());
    expect(thrown).toBeInstanceOf(ContextOverflowError);
    expect(ContextOverflowError.isInstance(thrown)).toBe(true);
    expect(thrown.message).toContain(message);
    expect(thrown.$metadata).toMatchObject({ httpStatusCode: 400, attempts: 1 });
    expect(thrown.cause).toBeInstanceOf(BedrockRuntimeServiceException);
  });

  test.each([
    ["ThrottlingException", "Too many tokens, please wait before trying again."],
    ["ThrottlingException", "Input is too long for requested model."],
    ["ValidationException", "The provided model identifier is invalid."],
    ["ValidationException", "The maximum tokens you requested exceeds the model limit of 8192. Try again with a maximum tokens value that is lower than 8192."],
    ["ValidationException", "The model returned the following errors: max_tokens: 200000 > 64000, which is the maximum allowed number of output tokens for this model"],
    ["ServiceQuotaExceededException", "Too many tokens per day, please wait before trying again."],
  ] as const)("not for a %s: %s", async (name, message) => {
    bedrock.reply(error(name, message));
    const thrown = await rejection(call());
    expect(ContextOverflowError.isInstance(thrown)).toBe(false);
    expect(thrown).toMatchObject({ name, message });
  });
});

test("an input that is too long, said inside a stream", async () => {
  bedrock.reply(events([{ messageStart: { role: "assistant" } }, { validationException: { message: "Input is too long for requested model." } }]));
  expect(ContextOverflowError.isInstance(await rejection(stream()))).toBe(true);
});

describe("hints", () => {
  test.each([
    ["AccessDeniedException", "User: arn:aws:iam::1:user/me is not authorized to perform: bedrock:InvokeModel on resource: x", /bedrock:InvokeModel.*IAM/],
    ["AccessDeniedException", "You don't have access to the model with the specified model ID.", /Request access/],
    ["ValidationException", "Invocation of model ID x with on-demand throughput isn’t supported. Retry your request with an inference profile.", /"us\."/],
    ["ValidationException", "The provided model identifier is invalid.", /region/],
    ["InvalidSignatureException", "Signature expired: 20260101T000000Z is now earlier than 20260101T001000Z", /clock/],
    ["InvalidSignatureException", "Signature not yet current: 20260101T000000Z is still later than 20251231T235500Z", /clock/],
  ] as const)("%s: %s", async (name, message, hint) => {
    bedrock.replyAlways(error(name as never, message));
    const thrown = await rejection(invoke());
    expect(thrown.message).toBe(message);
    expect(thrown.hint).toMatch(hint);
    expect(String(thrown.hint)).not.toContain("\n");
  });

  test("none where Bedrock's own words say it", async () => {
    bedrock.reply(error("ValidationException", "temperature must be at most 1."));
    expect(await rejection(invoke())).not.toHaveProperty("hint");
  });
});

test.each([
  [408, "client"],
  [413, "client"],
  [502, "server"],
  [504, "server"],
])("status %d of who knows what keeps its status", async (code, $fault) => {
  bedrock.reply(status(code));
  expect(await rejection(invoke())).toMatchObject({ $fault, $metadata: { httpStatusCode: code } });
});

test("a broken stream has no tool call to run", async () => {
  const server = await startServer((_request, response) => {
    const tool: StreamEvent[] = [
      { messageStart: { role: "assistant" } },
      { contentBlockStart: { contentBlockIndex: 0, start: { toolUse: { toolUseId: "t", name: "delete" } } } },
      { contentBlockDelta: { contentBlockIndex: 0, delta: { toolUse: { input: '{"path":"/"}' } } } },
      { contentBlockStop: { contentBlockIndex: 0 } },
    ];
    response.writeHead(200, { "content-type": "application/vnd.amazon.eventstream" }).end(Buffer.concat(tool.map(encodeEvent)));
  });
  const thrown = await rejection(ourModel(bedrock, { endpointUrl: server.url, streaming: true }).invoke("Hello"));
  expect(thrown).toBeInstanceOf(IncompleteStreamError);
  expect((thrown.partialOutput as { tool_calls?: unknown[] } | undefined)?.tool_calls ?? []).toEqual([]);
  await server.close();
});
