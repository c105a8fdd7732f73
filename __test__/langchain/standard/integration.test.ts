import { AIMessage, AIMessageChunk, getBufferString, HumanMessage, SystemMessage } from "@langchain/core/messages";
import { reasoning, startBedrock, text, type Bedrock } from "langchain-aws-native/testing";
import { deferred } from "../../support/environment.js";
import { ourModel } from "../../support/models.js";
import { collect } from "../../support/streams.js";

/** What LangChain's standard integration tests ask of every chat model; this file has the ways to ask. */

let bedrock: Bedrock;
beforeEach(async () => void (bedrock = await startBedrock()));
afterEach(() => bedrock.close());

function expectAnswer(message: unknown, answer: string): void {
  expect(message).toBeInstanceOf(AIMessage);
  expect((message as AIMessage).text).toBe(answer);
}

const HELLO = [{ role: "user", content: [{ text: "Hello" }] }];

test("invoke gives an AIMessage with text", async () => {
  bedrock.reply("Hello to you.");
  expectAnswer(await ourModel(bedrock).invoke("Hello"), "Hello to you.");
  expect(bedrock.requests[0]).toMatchObject({ operation: "converse", body: { messages: HELLO } });
});

describe("stream", () => {
  test("gives AIMessageChunks, whose text is the answer", async () => {
    bedrock.reply("Hello to you.");
    const chunks = await collect(await ourModel(bedrock).stream("Hello"));
    for (const chunk of chunks) expect(chunk).toBeInstanceOf(AIMessageChunk);
    expect(chunks.filter((chunk) => chunk.text !== "").length).toBeGreaterThan(1);
    expect(chunks.map((chunk) => chunk.text).join("")).toBe("Hello to you.");
    expect(bedrock.requests[0]).toMatchObject({ operation: "converse-stream", body: { messages: HELLO } });
  });

  test("gives content that is a string or content blocks, each of a type", async () => {
    bedrock.reply([reasoning("Someone greets me.", "c2ln"), text("Hello to you.")]);
    const chunks = await collect(await ourModel(bedrock).stream("Hello"));
    const contents = chunks.map(({ content }) => content);
    const blocks = contents.flatMap((content) => (typeof content === "string" ? [] : content));
    expect(blocks.length).toBeGreaterThan(0);
    for (const block of blocks) expect(block).toMatchObject({ type: expect.any(String) });
    for (const content of contents) expect(typeof content === "string" || Array.isArray(content)).toBe(true);
  });
});

describe("batch", () => {
  test("gives an answer for each question, in their order", async () => {
    bedrock.replyAlways(({ body }) => `You said ${String(body.messages?.[0]?.content[0]?.["text"])}.`);
    const answers = await ourModel(bedrock).batch(["Hello", "Hey"]);
    expect(answers).toHaveLength(2);
    expectAnswer(answers[0], "You said Hello.");
    expectAnswer(answers[1], "You said Hey.");
  });

  test("asks all questions at once", async () => {
    const bothAreHere = deferred();
    let count = 0;
    bedrock.replyAlways(async () => {
      if (++count === 2) bothAreHere.resolve();
      await bothAreHere.promise;
      return "Hello to you.";
    });
    for (const answer of await ourModel(bedrock).batch(["Hello", "Hey"])) expectAnswer(answer, "Hello to you.");
  });
});

describe("streamEvents", () => {
  test("tells the start first, the end last and the stream between", async () => {
    const events = await collect(ourModel(bedrock).streamEvents("Hello", { version: "v2" }));
    const names = events.map(({ event }) => event);
    expect(names.length).toBeGreaterThanOrEqual(3);
    expect(names[0]).toBe("on_chat_model_start");
    expect(names.at(-1)).toBe("on_chat_model_end");
    expect(new Set(names.slice(1, -1))).toEqual(new Set(["on_chat_model_stream"]));
  });

  test("ends with the text of all its chunks", async () => {
    bedrock.reply("Hello to you.");
    const events = await collect(ourModel(bedrock).streamEvents("Hello", { version: "v2" }));
    const chunks = events.flatMap(({ event, data }) => (event === "on_chat_model_stream" ? [data.chunk as AIMessageChunk] : []));
    const output = events.at(-1)?.data.output as AIMessage;
    expect(output.text).toBe("Hello to you.");
    expect(chunks.map((chunk) => chunk.text).join("")).toBe(output.text);
  });
});

describe("a conversation", () => {
  test("of human and AI messages goes on", async () => {
    bedrock.reply("Fine.");
    const messages = [new HumanMessage("Hello"), new AIMessage("Hello to you."), new HumanMessage("How are you?")];
    expectAnswer(await ourModel(bedrock).invoke(messages), "Fine.");
    expect(bedrock.requests[0]?.body.messages).toEqual([
      ...HELLO,
      { role: "assistant", content: [{ text: "Hello to you." }] },
      { role: "user", content: [{ text: "How are you?" }] },
    ]);
  });

  test("with several messages of one side in a row goes on, in turns", async () => {
    bedrock.reply("Fine.");
    const messages = [
      ...[new SystemMessage("Be kind."), new SystemMessage("Be brief.")],
      ...[new HumanMessage("Hello"), new HumanMessage("Anyone?")],
      ...[new AIMessage("Hello to you."), new AIMessage("I am here.")],
      new HumanMessage("How are you?"),
    ];
    expectAnswer(await ourModel(bedrock).invoke(messages), "Fine.");
    expect(bedrock.requests[0]?.body).toMatchObject({
      system: [{ text: "Be kind." }, { text: "Be brief." }],
      messages: [
        { role: "user", content: [{ text: "Hello" }, { text: "Anyone?" }] },
        { role: "assistant", content: [{ text: "Hello to you." }, { text: "I am here." }] },
        { role: "user", content: [{ text: "How are you?" }] },
      ],
    });
  });
});

describe("a stop sequence", () => {
  beforeEach(() => void bedrock.reply({ content: "Hello to ", stopReason: "stop_sequence" }));

  test("can be an option of the call", async () => {
    expectAnswer(await ourModel(bedrock).invoke("Hello", { stop: ["you"] }), "Hello to ");
    expect(bedrock.requests[0]?.body.inferenceConfig).toEqual({ stopSequences: ["you"] });
  });

  test("can be an option of the constructor", async () => {
    expectAnswer(await ourModel(bedrock, { stop: ["you"] }).invoke("Hello"), "Hello to ");
    expect(bedrock.requests[0]?.body.inferenceConfig).toEqual({ stopSequences: ["you"] });
  });
});

describe("a cache", () => {
  const question = new HumanMessage({ content: [{ type: "text", text: "Hello" }] });

  test("keeps the answer to content blocks under the key that the model tells, and gives it again", async () => {
    bedrock.reply("Hello to you.");
    const model = ourModel(bedrock, { cache: true });
    const lookUp = (): unknown => model.cache?.lookup(getBufferString([question]), model._getSerializedCacheKeyParametersForCall({}));
    await model.invoke([question]);
    const kept = await lookUp();
    expect(kept).toEqual([expect.objectContaining({ text: "Hello to you.", message: expect.any(AIMessage) })]);
    const [{ message }] = kept as [{ message: AIMessage }];
    expect(await model.invoke([question])).toEqual(message);
    expect(await lookUp()).toEqual(kept);
    expect(bedrock.requests).toHaveLength(1);
  });
});
