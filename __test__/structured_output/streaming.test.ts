import { isDeepStrictEqual } from "node:util";
import { RunnableLambda } from "@langchain/core/runnables";
import fc from "fast-check";
import { events, stall, startBedrock, toolUse, type Bedrock, type JsonObject } from "langchain-aws-native/testing";
import { z } from "zod";
import { ourModel } from "../support/models.js";
import { ADA, CHECKED, JSON_PERSON, Person, WAYS } from "../support/person.js";
import { collect, rejection } from "../support/rejection.js";

/** A stream yields the object as it grows. */

let bedrock: Bedrock;
beforeAll(async () => {
  bedrock = await startBedrock();
});
afterEach(() => bedrock.reset());
afterAll(() => bedrock.close());

const Story = z.object({ title: z.string(), lines: z.array(z.string()) });
const STORY = { title: "The engine that \"weaves\" \\ patterns 🧵", lines: ["Ada looked up.", "The cards turned.\n", "And turned again."] };
const WRONG = { name: "Ada Lovelace, who wrote the first program", age: "36" };

/** Whether a value is the beginning of another: strings by their characters, lists and objects by their members. */
function isBeginning(value: unknown, whole: unknown): boolean {
  if (typeof value === "string") return typeof whole === "string" && whole.startsWith(value);
  if (Array.isArray(value)) return Array.isArray(whole) && value.length <= whole.length && value.every((item, index) => isBeginning(item, whole[index]));
  if (typeof value !== "object" || value === null) return value === whole;
  return typeof whole === "object" && whole !== null && Object.entries(value).every(([name, member]) => isBeginning(member, (whole as Record<string, unknown>)[name]));
}

/** Each continues the one before, and none is there twice. */
function expectGrowth(objects: unknown[]): void {
  const halts = objects.slice(1).flatMap((object, index) => (isBeginning(objects[index], object) && !isDeepStrictEqual(objects[index], object) ? [] : [[objects[index], object]]));
  expect(halts).toEqual([]);
}

describe.each(WAYS)("method %s", (method, answer) => {
  test("from its beginning to the whole", async () => {
    bedrock.reply(answer(STORY));
    const objects = await collect(ourModel(bedrock).withStructuredOutput(Story, { method }).stream("A story"));
    expect(objects.length).toBeGreaterThan(5);
    expectGrowth(objects);
    expect(objects.at(-1)).toEqual(STORY);
  });

  test("the last is what the schema makes of it", async () => {
    const Shouted = Story.transform(({ title }) => ({ title: title.toUpperCase() }));
    bedrock.reply(answer(STORY));
    const objects = await collect(ourModel(bedrock).withStructuredOutput(Shouted, { method }).stream("A story"));
    expect(objects.at(-1)).toEqual({ title: STORY.title.toUpperCase() });
    expect(objects[0]).not.toEqual(objects.at(-1));
  });

  test("with includeRaw beside the message", async () => {
    bedrock.reply(answer(STORY));
    const chunks = await collect(ourModel(bedrock).withStructuredOutput(Story, { method, includeRaw: true }).stream("A story"));
    const [message, last] = chunks.slice(-2);
    expect(message?.raw.response_metadata).toBeDefined();
    expect(last).toEqual({ parsed: STORY });
    expect(chunks.slice(0, -2).length).toBeGreaterThan(5);
    expectGrowth(chunks.slice(0, -2).map(({ parsed }) => parsed));
  });

  test("a repaired one comes last, as a whole", async () => {
    bedrock.reply(answer(WRONG), answer(ADA));
    const objects = await collect(ourModel(bedrock).withStructuredOutput(Person, { method }).stream("Who?"));
    expect(objects.at(-1)).toEqual(CHECKED);
    expect(objects.length).toBeGreaterThan(2);
    expectGrowth(objects.slice(0, -1));
    expect(WRONG).toMatchObject(objects.at(-2) ?? {});
    expect(bedrock.requests.map(({ operation }) => operation)).toEqual(["converse-stream", "converse-stream"]);
  });

  test("a chain after it gets the whole, not a sum of its beginnings", async () => {
    bedrock.reply(answer(STORY), answer(STORY));
    const model = ourModel(bedrock).withStructuredOutput(Story, { method });
    expect(await collect(model.pipe(RunnableLambda.from((story) => JSON.stringify(story))).stream("A story"))).toEqual([JSON.stringify(STORY)]);
    const ended = (await collect(model.streamEvents("A story", { version: "v2" }))).at(-1);
    expect(ended).toMatchObject({ event: "on_chain_end", name: "StructuredOutput", data: { output: STORY } });
  });
});

test("a repaired one grows where the first answer had none", async () => {
  bedrock.reply("I do not know.", toolUse("extract", STORY));
  const objects = await collect(ourModel(bedrock).withStructuredOutput(Story).stream("A story"));
  expect(objects.length).toBeGreaterThan(5);
  expectGrowth(objects);
  expect(objects.at(-1)).toEqual(STORY);
});

test("an answer without an object ends in the error", async () => {
  bedrock.reply("I do not know.", "Really.");
  const error = await rejection(collect(ourModel(bedrock).withStructuredOutput(Person).stream("Who?")));
  expect(error.message).toBe("No tool calls found in the response.");
});

test("with includeRaw it ends in null", async () => {
  bedrock.reply("I do not know.", "Really.");
  const chunks = await collect(ourModel(bedrock).withStructuredOutput(Person, { includeRaw: true }).stream("Who?"));
  expect(chunks).toEqual([{ raw: expect.objectContaining({ content: "Really." }) }, { parsed: null }]);
});

test("the pieces of another call are not mixed in", async () => {
  const start = (contentBlockIndex: number, name: string): JsonObject => ({ contentBlockStart: { contentBlockIndex, start: { toolUse: { toolUseId: `call_${contentBlockIndex}`, name } } } });
  const piece = (contentBlockIndex: number, input: string): JsonObject => ({ contentBlockDelta: { contentBlockIndex, delta: { toolUse: { input } } } });
  const stop = (contentBlockIndex: number): JsonObject => ({ contentBlockStop: { contentBlockIndex } });
  const pieces = [piece(1, '{"name":"A'), piece(0, '{"name":"Bob"'), piece(1, 'da"'), piece(0, "}"), piece(1, ',"age":36}')];
  bedrock.reply(events([{ messageStart: { role: "assistant" } }, start(0, "other"), start(1, "extract"), ...pieces, stop(0), stop(1), { messageStop: { stopReason: "tool_use" } }]));
  const objects = await collect(ourModel(bedrock).withStructuredOutput(JSON_PERSON).stream("Who?"));
  expect(objects).toEqual([{ name: "A" }, { name: "Ada" }, ADA]);
});

test("a member named concat is an object's own", async () => {
  const schema = { type: "object", properties: { concat: { type: "string" } } };
  bedrock.reply(toolUse("extract", { concat: "a".repeat(100) }));
  expect((await collect(ourModel(bedrock).withStructuredOutput(schema).stream("What?"))).at(-1)).toEqual({ concat: "a".repeat(100) });
});

test("a reader who stops ends the request", async () => {
  bedrock.reply(stall(toolUse("extract", STORY), { afterEvents: 8 }));
  for await (const _object of await ourModel(bedrock).withStructuredOutput(Story).stream("A story")) break;
  await bedrock.requests[0]?.closed;
  expect(bedrock.requests[0]?.aborted).toBe(true);
});

test("any object grows to itself", async () => {
  const text = fc.string({ unit: "grapheme", maxLength: 30 });
  const value = fc.letrec((tie) => ({ value: fc.oneof({ depthSize: "small" }, text, fc.array(tie("value"), { maxLength: 3 }), fc.dictionary(text.filter((name) => !["__proto__", "concat"].includes(name)), tie("value"), { maxKeys: 3 })) })).value;
  const model = ourModel(bedrock);
  await fc.assert(
    fc.asyncProperty(value, async (content) => {
      bedrock.reply(toolUse("extract", { content }));
      const objects = await collect(model.withStructuredOutput({ type: "object", properties: { content: {} } }).stream("What?"));
      expectGrowth(objects);
      expect(objects.at(-1)).toEqual({ content });
    }),
    { numRuns: 50 },
  );
});
