import { NodeHttpHandler } from "@smithy/node-http-handler";
import { BedrockEmbeddings, IncompleteStreamError } from "langchain-aws-native";
import { corrupt, error, events, hang, reset, slow, stall, startBedrock, throttling, truncated, type Answer, type Bedrock, type StreamEvent } from "langchain-aws-native/testing";
import { type Call, expectDisconnect, invoke, stream } from "../support/calls.js";
import { useCleanEnvironment } from "../support/environment.js";
import { ourModel, ourModelByClient } from "../support/models.js";
import { collect, rejection } from "../support/rejection.js";

/** What goes wrong on the connection, on both ways to Bedrock: the same errors, limits and permits. */

useCleanEnvironment();

let bedrock: Bedrock;
beforeEach(async () => {
  bedrock = await startBedrock();
});
afterEach(() => bedrock.close());

const streamEvents: Call = (model, options) => collect(model.streamEvents("Hello", options as undefined) as unknown as AsyncIterable<unknown>);

const CALL_OF_A_TOOL: StreamEvent[] = [
  { messageStart: { role: "assistant" } },
  { contentBlockDelta: { contentBlockIndex: 0, delta: { text: "Let me see." } } },
  { contentBlockStart: { contentBlockIndex: 1, start: { toolUse: { toolUseId: "t1", name: "pay" } } } },
  { contentBlockDelta: { contentBlockIndex: 1, delta: { toolUse: { input: '{"amount": 1' } } } },
];

describe.each([
  ["the native client", ourModel],
  ["AWS's client for JavaScript", ourModelByClient],
])("by %s", (_way, modelOf) => {
  describe("half an answer is an error that has it", () => {
    test.each<[string, Answer]>([
      ["the connection breaks off", truncated("One two three four.", { afterEvents: 3 })],
      ["an event is corrupt", corrupt("One two three four.", { event: 3 })],
      ["the stream ends without messageStop", events(CALL_OF_A_TOOL.slice(0, 2))],
    ])("%s", async (_fault, answer) => {
      bedrock.replyAlways(answer);
      const thrown = await rejection(stream(modelOf(bedrock)));
      expect(thrown).toBeInstanceOf(IncompleteStreamError);
      expect((thrown.partialOutput as { text: string }).text).not.toBe("");
      expect(await rejection(streamEvents(modelOf(bedrock)))).toBeInstanceOf(IncompleteStreamError);
      expect(await rejection(invoke(modelOf(bedrock, { streaming: true })))).toBeInstanceOf(IncompleteStreamError);
    });

    test("without the tool call that it was in", async () => {
      bedrock.reply(events(CALL_OF_A_TOOL));
      const { partialOutput } = await rejection(stream(modelOf(bedrock)));
      expect(partialOutput).toMatchObject({ text: "Let me see.", tool_calls: [], tool_call_chunks: [] });
    });

    test("an answer without its metadata is whole", async () => {
      bedrock.reply(events([...CALL_OF_A_TOOL.slice(0, 2), { contentBlockStop: { contentBlockIndex: 0 } }, { messageStop: { stopReason: "end_turn" } }]));
      expect(await stream(modelOf(bedrock))).not.toHaveLength(0);
    });
  });

  test.each<[string, Call]>([
    ["invoke", invoke],
    ["stream", stream],
    ["events", streamEvents],
  ])("an exception has its name, its code and its metadata, %s", async (_kind, call) => {
    bedrock.replyAlways(throttling("Slow down."));
    const thrown = await rejection(call(modelOf(bedrock)));
    expect(thrown).toMatchObject({ name: "ThrottlingException", message: "Slow down.", lc_error_code: "MODEL_RATE_LIMIT", $fault: "client" });
    expect(thrown.$metadata).toMatchObject({ httpStatusCode: 429, attempts: 1 });
  });

  test("an exception in the middle of a stream, with what had come", async () => {
    bedrock.reply(events([...CALL_OF_A_TOOL.slice(0, 2), { throttlingException: { message: "Slow down." } } as never]));
    const thrown = await rejection(stream(modelOf(bedrock)));
    expect(thrown).toMatchObject({ name: "ThrottlingException", message: "Slow down.", lc_error_code: "MODEL_RATE_LIMIT", $metadata: { httpStatusCode: 200 } });
    expect((thrown.partialOutput as { text: string }).text).toBe("Let me see.");
  });

  test("a failure is tried again", async () => {
    bedrock.reply(error("ServiceUnavailableException", "Not now."), reset());
    expect(await modelOf(bedrock, { maxRetries: 2 }).invoke("Hello")).toMatchObject({ text: "You said: Hello" });
    expect(bedrock.requests).toHaveLength(3);
  });

  describe("time limits", () => {
    test.each<[string, Call, Answer, object, string]>([
      ["no answer, invoke", invoke, hang(), { responseTimeout: 80 }, "80 ms while waiting for the answer"],
      ["half an answer, invoke", invoke, stall("Hello."), { responseTimeout: 80 }, "80 ms while waiting for the answer"],
      ["no answer, stream", stream, hang(), { responseTimeout: 80 }, "80 ms while waiting for the initial response"],
      ["a head and nothing else", stream, stall("Hello.", { afterEvents: 0 }), { responseTimeout: 80 }, "80 ms while waiting for the initial response"],
      ["silence between events", stream, stall("Half an answer", { afterEvents: 3 }), { streamIdleTimeout: 80 }, "80 ms while waiting for the next chunk"],
    ])("%s", async (_what, call, answer, options, sentence) => {
      bedrock.reply(answer);
      const thrown = await rejection(call(modelOf(bedrock, options)));
      expect(thrown).toMatchObject({ message: `Bedrock Converse timed out after ${sentence}.`, code: "ETIMEDOUT", lc_error_code: "MODEL_STREAM_TIMEOUT" });
      await expectDisconnect(bedrock);
    });

    test("a stream that goes on is not limited by the wait for its answer", async () => {
      bedrock.reply(slow("One two three four five six.", { pace: 30 }));
      expect(await stream(modelOf(bedrock, { responseTimeout: 120 }))).not.toHaveLength(0);
    });
  });

  test("leaving the loop over a stream ends the request", async () => {
    bedrock.reply(stall("One two three four.", { afterEvents: 3 }));
    for await (const chunk of await modelOf(bedrock).stream("Hello")) if (chunk.text !== "") break;
    await expectDisconnect(bedrock);
  });

  describe("maxConcurrency", () => {
    test("1: a call in the loop over a stream", async () => {
      const model = modelOf(bedrock, { maxConcurrency: 1 });
      const answers: string[] = [];
      for await (const chunk of await model.stream("Hello")) {
        if (answers.length === 0 && chunk.text) answers.push((await model.invoke("meanwhile")).text);
      }
      expect(answers).toEqual(["You said: meanwhile"]);
    });

    test("2: never more at once", async () => {
      let [underWay, most] = [0, 0];
      bedrock.replyAlways(async () => {
        most = Math.max(most, ++underWay);
        await new Promise((resolve) => setImmediate(resolve));
        underWay--;
        return "Hello.";
      });
      await modelOf(bedrock, { maxConcurrency: 2 }).batch(["a", "b", "c", "d", "e"]);
      expect(most).toBeLessThanOrEqual(2);
    });
  });

  test("streams one after the other share a connection", async () => {
    const model = modelOf(bedrock);
    for (let count = 0; count < 5; count++) await stream(model);
    // A connection is free again when the rest of its answer was read, which the next stream does not wait for.
    expect(bedrock.connections).toBeLessThan(5);
  });
});

describe.each([
  ["the native client", {}],
  ["AWS's client for JavaScript", { clientOptions: { requestHandler: new NodeHttpHandler() } }],
])("embeddings by %s", (_way, fields) => {
  const embeddings = (options: object = {}): BedrockEmbeddings => new BedrockEmbeddings({ ...bedrock.connection, maxRetries: 0, ...fields, ...options });

  test.each(["amazon.titan-embed-text-v2:0", "cohere.embed-english-v3", "amazon.nova-2-multimodal-embeddings-v1:0"])("%s: the vectors of many texts, in their order", async (model) => {
    const texts = Array.from({ length: 120 }, (_, index) => `text ${index}`);
    const vectors = await embeddings({ model }).embedDocuments(texts);
    expect(vectors).toHaveLength(120);
    expect(await embeddings({ model }).embedDocuments([texts[119]!, texts[0]!])).toEqual([vectors[119], vectors[0]]);
  });

  test("an error, a time limit and an abort", async () => {
    bedrock.reply(error("ValidationException", "No."));
    const refused = await rejection(embeddings().embedQuery("Hello"));
    expect(refused.message).toBe("An error occurred while embedding documents with Bedrock: No.");
    expect(refused.cause).toMatchObject({ name: "ValidationException", $metadata: { httpStatusCode: 400 } });
    bedrock.reply(hang());
    const late = await rejection(embeddings({ responseTimeout: 60 }).embedQuery("Hello"));
    expect(late.message).toContain("Bedrock InvokeModel timed out after 60 ms while waiting for the answer.");
    const left = new Error("left");
    const controller = new AbortController();
    bedrock.reply(() => (controller.abort(left), hang()));
    expect(await rejection(embeddings().embedQuery("Hello", { signal: controller.signal }))).toBe(left);
  });
});
