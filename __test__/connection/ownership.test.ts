/** The package writes on no object that is not its own, and what a server or a caller does to shared objects changes no call. */
import { AIMessage, HumanMessage, ToolMessage } from "@langchain/core/messages";
import { BedrockRuntimeServiceException } from "langchain-aws-native";
import { hang, startBedrock, stall, type Bedrock } from "langchain-aws-native/testing";
import { encodeEvent, encodeFrame } from "../../testing/event_stream.js";
import { ourModel } from "../support/models.js";
import { collect, rejection } from "../support/rejection.js";
import { type SimpleServer, startServer } from "../support/servers/loopback.js";

let bedrock: Bedrock;
beforeAll(async () => void (bedrock = await startBedrock()));
afterEach(() => bedrock.reset());
afterAll(() => bedrock.close());

/** Reads a stream until it has text, aborts, and returns what the stream throws. */
async function abortedStream(controller: AbortController, reason: unknown): Promise<unknown> {
  bedrock.reply(stall("Some words of an answer", { afterEvents: 4 }));
  const stream = await ourModel(bedrock).stream("Hello", { signal: controller.signal });
  return (async () => {
    for await (const chunk of stream) if (chunk.text !== "") controller.abort(reason);
  })().catch((error: unknown) => error);
}

describe("a signal's reason", () => {
  test("that calls share gets no member of theirs", async () => {
    const reason = new Error("The user left.");
    const thrown = await abortedStream(new AbortController(), reason);
    expect(thrown).toBe(reason);
    expect(Object.getOwnPropertyNames(reason).sort()).toEqual(["message", "stack"]);
  });

  test("that is frozen is thrown as it is", async () => {
    const reason = Object.freeze(new Error("The user left."));
    expect(await abortedStream(new AbortController(), reason)).toBe(reason);
  });
});

test("what a credentials function throws gets no member", async () => {
  const reason = Object.freeze(new Error("No login."));
  const model = ourModel(bedrock, { credentials: () => Promise.reject(reason) });
  expect(await rejection(collect(model.stream("Hello")))).toBe(reason);
});

describe("the body of an error", () => {
  let server: SimpleServer;
  afterEach(() => server.close());

  test("cannot replace the prototype, the stack or the members of the error", async () => {
    const forged = `{"message":"No.","__proto__":{"polluted":true},"constructor":1,"stack":"forged","name":"Forged","cause":"forged","toString":1,"$fault":"server","$metadata":{},"$retryable":{},"lc_error_code":"X","hint":"forged","partialOutput":1,"resourceName":"kept"}`;
    server = await startServer((_request, response) => {
      response.writeHead(400, { "content-type": "application/json", "x-amzn-errortype": "ValidationException" }).end(forged);
    });
    const thrown = await rejection(ourModel(bedrock, { endpointUrl: server.url }).invoke("Hello"));
    expect(thrown).toBeInstanceOf(BedrockRuntimeServiceException);
    expect(thrown).toMatchObject({ name: "ValidationException", message: "No.", $fault: "client", resourceName: "kept" });
    expect(thrown.stack).toMatch(/^(?!forged)/);
    expect(thrown).not.toHaveProperty("polluted");
    for (const member of ["cause", "$retryable", "lc_error_code", "hint", "partialOutput"]) expect(Object.hasOwn(thrown, member)).toBe(false);
    expect(String(thrown)).toBe("ValidationException: No.");
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });
});

describe("bytes that the caller changes while a call waits", () => {
  const png = (): Uint8Array => new Uint8Array([0x89, 0x50, 0x4e, 0x47, 1, 2, 3, 4, 5]);
  const sent = (): unknown[] => bedrock.requests.map(({ body }) => (body.messages?.[0]?.content[0] as { image?: { source: object } } | undefined)?.image?.source);
  const question = (data: Uint8Array): HumanMessage[] => [
    new HumanMessage({ content: [{ type: "image", mimeType: "image/png", data }, { type: "text", text: "What is this?" }] }),
  ];
  const original = { bytes: Buffer.from(png()).toString("base64") };

  test("for its turn (maxConcurrency) are sent as they were", async () => {
    const model = ourModel(bedrock, { maxConcurrency: 1 });
    let answer = (): void => undefined;
    bedrock.reply(async () => {
      await new Promise<void>((resolve) => (answer = resolve));
      return "First.";
    });
    const first = model.invoke("Hello");
    await until(() => bedrock.requests.length === 1);
    const data = png();
    const second = model.invoke(question(data));
    await new Promise((resolve) => setImmediate(resolve));
    data.fill(0);
    answer();
    await Promise.all([first, second]);
    expect(sent()).toEqual([undefined, original]);
  });

  test("for its credentials are sent as they were", async () => {
    const data = png();
    const credentials = async (): Promise<typeof bedrock.credentials> => {
      data.fill(0);
      return bedrock.credentials;
    };
    await ourModel(bedrock).invoke(question(data), { credentials });
    expect(sent()).toEqual([original]);
  });
});

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
}

test("a BigInt in a tool's arguments keeps its digits", async () => {
  const digits = 123456789012345678901234567890n;
  await ourModel(bedrock).invoke([
    new HumanMessage("Add."),
    new AIMessage({ content: "", tool_calls: [{ id: "call_1", name: "add", args: { a: digits, b: [-1n, "x\"1n"] } }] }),
    new ToolMessage({ tool_call_id: "call_1", content: "done" }),
  ]);
  expect(bedrock.requests[0]?.rawBody.toString()).toContain(`"input":{"a":123456789012345678901234567890,"b":[-1,"x\\"1n"]}`);
});

test("a byte that is no UTF-8 ends neither a stream nor an answer", async () => {
  const payload = Buffer.from(JSON.stringify({ contentBlockIndex: 0, delta: { text: "A?B" } }));
  payload[payload.indexOf("?")] = 0xff;
  const headers = { ":event-type": "contentBlockDelta", ":content-type": "application/json", ":message-type": "event" };
  const body = Buffer.from(JSON.stringify({ output: { message: { role: "assistant", content: [{ text: "A?B" }] } }, stopReason: "end_turn" }));
  body[body.indexOf("?")] = 0xff;
  const server = await startServer((request, response) => {
    if (!request.url?.endsWith("-stream")) return void response.writeHead(200, { "content-type": "application/json" }).end(body);
    const events = [encodeEvent({ messageStart: { role: "assistant" } }, 0), encodeFrame(headers, payload), encodeEvent({ messageStop: { stopReason: "end_turn" } }, 2)];
    response.writeHead(200, { "content-type": "application/vnd.amazon.eventstream" }).end(Buffer.concat(events));
  });
  const model = ourModel(bedrock, { endpointUrl: server.url });
  expect((await collect(model.stream("Hello"))).map((chunk) => chunk.text).join("")).toBe("A\uFFFDB");
  expect((await model.invoke("Hello")).text).toBe("A\uFFFDB");
  await server.close();
});

test("answers arrive while a test runner's timers are faked", async () => {
  // Only the timer that deliveries use: the endpoint and LangChain need the others.
  jest.useFakeTimers({ doNotFake: ["Date", "hrtime", "nextTick", "performance", "queueMicrotask", "setInterval", "clearInterval", "setTimeout", "clearTimeout"] });
  try {
    const long = "x".repeat(70_000);
    bedrock.replyAlways(long);
    const answers = await Promise.all(Array.from({ length: 4 }, () => ourModel(bedrock).invoke("Hello")));
    expect(answers.map(({ text }) => text.length)).toEqual([70_000, 70_000, 70_000, 70_000]);
  } finally {
    jest.useRealTimers();
  }
});

test("a call that hangs is ended by its signal and leaves the reason alone", async () => {
  bedrock.reply(hang());
  const controller = new AbortController();
  const reason = Object.freeze(new Error("Enough."));
  const call = ourModel(bedrock).invoke("Hello", { signal: controller.signal });
  await until(() => bedrock.requests.length === 1);
  controller.abort(reason);
  expect(await rejection(call)).toBe(reason);
});
