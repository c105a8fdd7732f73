import { AIMessageChunk } from "@langchain/core/messages";
import { BedrockRuntimeServiceException, IncompleteStreamError } from "langchain-aws-native";
import { corrupt, error, events, hang, html, reset, stall, startBedrock, status, text, throttling, toolUse, truncated, type Bedrock } from "langchain-aws-native/testing";
import { ourModel } from "../support/models.js";
import { collect, rejection } from "../support/rejection.js";

let bedrock: Bedrock;
beforeAll(async () => {
  bedrock = await startBedrock();
});
afterEach(() => bedrock.reset());
afterAll(() => bedrock.close());

const invoke = (): Promise<unknown> => ourModel(bedrock).invoke("Hello");
const stream = (): Promise<unknown> => collect(ourModel(bedrock).stream("Hello"));

describe.each([
  ["invoke", invoke],
  ["stream", stream],
])("an exception of Bedrock, %s", (_name, call) => {
  test.each([
    ["AccessDeniedException", 403, "client", "MODEL_AUTHENTICATION"],
    ["ResourceNotFoundException", 404, "client", "MODEL_NOT_FOUND"],
    ["ThrottlingException", 429, "client", "MODEL_RATE_LIMIT"],
    ["ValidationException", 400, "client", undefined],
    ["ModelErrorException", 424, "client", undefined],
    ["ModelTimeoutException", 408, "client", undefined],
    ["InternalServerException", 500, "server", undefined],
    ["ServiceUnavailableException", 503, "server", undefined],
    ["SomethingNewException", 418, "client", undefined],
  ] as const)("%s keeps its name, message and metadata", async (name, httpStatusCode, $fault, lc_error_code) => {
    bedrock.reply(error(name as never, "What Bedrock said.", httpStatusCode));
    const thrown = await rejection(call());
    expect(thrown).toBeInstanceOf(Error);
    expect(thrown).toBeInstanceOf(BedrockRuntimeServiceException);
    expect({ ...thrown, name: thrown.name, message: thrown.message }).toMatchObject({ name, message: "What Bedrock said.", $fault });
    expect(thrown.lc_error_code).toBe(lc_error_code);
    expect(thrown.$metadata).toEqual({
      httpStatusCode,
      requestId: bedrock.requests[0]?.response.requestId,
      attempts: 1,
      totalRetryDelay: 0,
    });
    expect(thrown.stack).toContain("ChatBedrockConverse.");
  });

  test("a proxy's page keeps its status and first words", async () => {
    bedrock.reply(html(502));
    const thrown = await rejection(call());
    expect(thrown.message).toMatch(/^HTTP status 502: </);
    expect(thrown.$metadata).toMatchObject({ httpStatusCode: 502 });
  });

  test("a status without a body says so", async () => {
    bedrock.reply(status(503));
    expect((await rejection(call())).message).toBe("The endpoint answered with HTTP status 503 and no text.");
  });

  test("a reset connection is an error, not a hang", async () => {
    bedrock.reply(reset());
    expect((await rejection(call())).message).toMatch(/^Could not reach Bedrock: /);
  });
});

test("retries what may pass, and says how often", async () => {
  bedrock.reply(throttling(), throttling(), "At last.");
  const message = await ourModel(bedrock, { maxRetries: 2 }).invoke("Hello");
  expect(message.text).toBe("At last.");
  expect(message.response_metadata.$metadata).toMatchObject({ attempts: 3 });
});

test("maxRetries: 0 tries once; without it the SDK's three attempts hold", async () => {
  bedrock.replyAlways(throttling());
  await rejection(ourModel(bedrock, { maxRetries: 0 }).invoke("Hello"));
  expect(bedrock.requests).toHaveLength(1);
  const thrown = await rejection(ourModel(bedrock, { maxRetries: undefined }).invoke("Hello"));
  expect(bedrock.requests).toHaveLength(4);
  expect(thrown.$metadata).toMatchObject({ attempts: 3 });
  bedrock.replyAlways("Hello.");
});

test("nobody listening is an error with the system's code", async () => {
  const gone = await startBedrock();
  await gone.close();
  const thrown = await rejection(ourModel(gone).invoke("Hello"));
  expect(thrown.message).toMatch(/^Could not reach Bedrock: ECONNREFUSED/);
  expect(thrown.code).toBe("ECONNREFUSED");
});

describe("half a stream is never success", () => {
  const answer = [text("Let me write that file for you."), toolUse("write_file", { path: "/etc/hosts", content: "127.0.0.1" })];

  test.each([
    ["an end without messageStop", truncated(answer, { afterEvents: 12 }), /incomplete/],
    ["a connection that is cut", truncated(answer, { afterEvents: 12, abrupt: true }), /incomplete/],
    ["a wrong checksum", corrupt(answer, { event: 4 }), /corrupt/],
    ["a wrong prelude", corrupt(answer, { event: 4, what: "preludeCrc" }), /corrupt/],
  ])("%s", async (_case, reply, sentence) => {
    bedrock.reply(reply);
    const chunks: AIMessageChunk[] = [];
    const thrown = await rejection(
      (async () => {
        for await (const chunk of await ourModel(bedrock).stream("Hello")) chunks.push(chunk);
      })(),
    );
    expect(thrown).toBeInstanceOf(IncompleteStreamError);
    expect(thrown.message).toMatch(sentence);
    const partial = thrown.partialOutput as AIMessageChunk;
    expect(partial).toBeInstanceOf(AIMessageChunk);
    expect(partial.text).toBe(chunks.map((chunk) => chunk.text).join(""));
    expect(partial.tool_calls).toEqual([]);
  });

  test("also when invoke streams behind the scenes", async () => {
    bedrock.reply(truncated(answer));
    expect(await rejection(ourModel(bedrock, { streaming: true }).invoke("Hello"))).toBeInstanceOf(IncompleteStreamError);
  });

  test("also on the path of content-block events", async () => {
    bedrock.reply(truncated(answer));
    const run = async (): Promise<unknown> => ourModel(bedrock).streamEvents("Hello");
    expect(await rejection(run().then((events) => collect(events as AsyncIterable<unknown>)))).toBeInstanceOf(IncompleteStreamError);
  });

  test("an answer that is no event stream", async () => {
    bedrock.reply({ kind: "html", status: 200 });
    expect((await rejection(stream())).message).toMatch(/^Expected an event stream .* but the endpoint answered with text\/html/);
  });
});

test("an exception inside a stream is thrown as the same exception before it would be", async () => {
  bedrock.reply(
    events([
      { messageStart: { role: "assistant" } },
      { contentBlockDelta: { contentBlockIndex: 0, delta: { text: "Half" } } },
      { modelStreamErrorException: { message: "The model stumbled.", originalStatusCode: 500, originalMessage: "ouch" } },
    ]),
  );
  const chunks: string[] = [];
  const thrown = await rejection(
    (async () => {
      for await (const chunk of await ourModel(bedrock).stream("Hello")) chunks.push(chunk.text);
    })(),
  );
  expect(chunks.join("")).toBe("Half");
  expect(thrown).toBeInstanceOf(BedrockRuntimeServiceException);
  expect(thrown).toMatchObject({ name: "ModelStreamErrorException", message: "The model stumbled.", originalStatusCode: 500, originalMessage: "ouch" });
  expect((thrown.partialOutput as AIMessageChunk).text).toBe("Half");
});

describe("streamIdleTimeout", () => {
  test.each([
    ["before the first byte", hang(), "initial response"],
    ["between events", stall("Half an answer", { afterEvents: 2 }), "next chunk"],
  ])("ends a silence %s", async (_case, reply, phase) => {
    bedrock.reply(reply);
    const thrown = await rejection(collect(ourModel(bedrock, { streamIdleTimeout: 150 }).stream("Hello")));
    expect(thrown.message).toBe(`Bedrock Converse timed out after 150 ms while waiting for the ${phase}.`);
    expect(thrown.lc_error_code).toBe("MODEL_STREAM_TIMEOUT");
    await bedrock.requests[0]?.closed;
    expect(bedrock.requests[0]?.aborted).toBe(true);
  });
});
