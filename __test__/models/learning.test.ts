import { isDeepStrictEqual } from "node:util";
import { type AIMessage, HumanMessage, SystemMessage } from "@langchain/core/messages";
import type { ChatBedrockConverse, ChatBedrockConverseInput, RequestWarning } from "langchain-aws-native";
import { startBedrock, throughProfile, validation, type Bedrock } from "langchain-aws-native/testing";
import { NO_SYSTEM_TURN } from "../../testing/checks/wordings.js";
import { LESSONS, type Lesson } from "../support/lessons.js";
import { ourModel, ourModelByClient } from "../support/models.js";
import { rejection } from "../support/rejection.js";
import { fold } from "../support/streams.js";

/**
 * What a model refuses in a known sentence is left out of the same request, which is sent once more, and of every later one. The models are unknown, so
 * nothing is left out before; what was learnt is remembered for the process, so that each test has a model of its own.
 */

let bedrock: Bedrock;
beforeAll(async () => void (bedrock = await startBedrock()));
afterEach(() => bedrock.reset());
afterAll(() => bedrock.close());

type ModelOf = (bedrock: Bedrock, fields: ChatBedrockConverseInput) => ChatBedrockConverse;
type Asked = Promise<Pick<AIMessage, "text" | "response_metadata">>;

let count = 0;
const newModel = (): string => `test.learning-${++count}`;

const bound = (model: ChatBedrockConverse, { tools, options = {} }: Lesson) => (tools === undefined ? model.withConfig(options) : model.bindTools(tools as never, options));
const messagesOf = ({ messages = [new HumanMessage("Hi")] }: Lesson): NonNullable<Lesson["messages"]> => messages;
const invoke = (model: ChatBedrockConverse, lesson: Lesson): Asked => bound(model, lesson).invoke(messagesOf(lesson));
const stream = async (model: ChatBedrockConverse, lesson: Lesson): Asked => fold(await bound(model, lesson).stream(messagesOf(lesson)));

const WAYS: [string, ModelOf, typeof invoke][] = [
  ["invoke", ourModel, invoke],
  ["stream", ourModel, stream],
  ["invoke by AWS's client for JavaScript", ourModelByClient, invoke],
  ["stream by AWS's client for JavaScript", ourModelByClient, stream],
];

/** An endpoint that refuses what the lesson is about. */
function refuse({ part, first, refusal }: Lesson): void {
  bedrock.replyAlways(({ body }) => (isDeepStrictEqual(part(body), first) ? refusal : "Well."));
}

function codesOf({ response_metadata }: Awaited<Asked>): string[] {
  return ((response_metadata["warnings"] ?? []) as RequestWarning[]).map(({ code }) => code);
}

describe.each(WAYS)("%s", (_way, modelOf, ask) => {
  test.each(LESSONS.map((lesson): [string, Lesson] => [lesson.what, lesson]))("learns of %s in one request", async (_what, lesson) => {
    refuse(lesson);
    const model = modelOf(bedrock, { model: newModel() });
    const answer = await ask(model, lesson);
    expect(answer.text).toBe("Well.");
    expect(bedrock.requests.map(({ body }) => lesson.part(body))).toEqual([lesson.first, lesson.second]);
    expect(codesOf(answer)).toContain(lesson.code);

    const again = await ask(model, lesson);
    expect(bedrock.requests.slice(2).map(({ body }) => lesson.part(body))).toEqual([lesson.second]);
    expect(codesOf(again)).toContain(lesson.code);
  });

  test("calls the inference profile of the region for a model that has no on-demand throughput", async () => {
    bedrock.replyAlways(throughProfile("Well."));
    const id = newModel();
    const model = modelOf(bedrock, { model: id });
    const lesson = { what: "on demand", refusal: validation(), part: () => undefined, first: 0, second: 0, code: "inference_profile" };
    expect(codesOf(await ask(model, lesson))).toEqual(["inference_profile"]);
    expect(bedrock.requests.map(({ modelId }) => modelId)).toEqual([id, `us.${id}`]);
    await ask(model, lesson);
    expect(bedrock.requests.slice(2).map(({ modelId }) => modelId)).toEqual([`us.${id}`]);
  });

  test.each(["off", "strict"] as const)("%s: nothing is sent twice, and nothing is learnt", async (adaptation) => {
    const lesson = LESSONS.find(({ what }) => what === "temperature") as Lesson;
    refuse(lesson);
    const id = newModel();
    const { name } = await rejection(ask(modelOf(bedrock, { model: id, adaptation }), lesson));
    expect(name).toBe("ValidationException");
    expect(bedrock.requests).toHaveLength(1);
    await ask(modelOf(bedrock, { model: id }), lesson);
    expect(bedrock.requests.slice(1).map(({ body }) => lesson.part(body))).toEqual([lesson.first, lesson.second]);
  });
});

test.each(WAYS)("%s: system text goes before the conversation once it was refused in its place", async (_way, modelOf, ask) => {
  const messages = [new HumanMessage("Hi"), new SystemMessage("Be brief.")];
  const part: Lesson["part"] = ({ messages, system }) => [messages?.length, system];
  const first = [2, undefined];
  const second = [1, [{ text: "Be brief." }]];
  const lesson = { what: "system turn", refusal: validation(NO_SYSTEM_TURN), messages, part, first, second, code: "system_turn_moved" };
  refuse(lesson);
  const model = modelOf(bedrock, { model: `anthropic.claude-opus-5-5-${newModel()}` });
  expect(codesOf(await ask(model, lesson))).toEqual(["system_turn_moved"]);
  expect(codesOf(await ask(model, lesson))).toEqual(["system_turn_moved"]);
  expect(bedrock.requests.map(({ body }) => part(body))).toEqual([first, second, second]);
});

test("strict refuses what was learnt before anything is sent; off sends it", async () => {
  const lesson = LESSONS.find(({ what }) => what === "topP") as Lesson;
  refuse(lesson);
  const model = newModel();
  await invoke(ourModel(bedrock, { model }), lesson);
  bedrock.reset();
  expect((await rejection(invoke(ourModel(bedrock, { model, adaptation: "strict" }), lesson))).message).toMatch(/^inferenceConfig: `topP` was left out/);
  expect(bedrock.requests).toHaveLength(0);
  expect((await rejection(invoke(ourModel(bedrock, { model, adaptation: "off" }), lesson))).name).toBe("ValidationException");
});

test("what is refused for another reason, or again, is refused", async () => {
  const model = ourModel(bedrock, { model: newModel() });
  const lesson = LESSONS.find(({ what }) => what === "temperature") as Lesson;
  bedrock.replyAlways(validation("The model returned the following errors: temperature: Input should be less than or equal to 1"));
  await rejection(invoke(model, lesson));
  expect(bedrock.requests).toHaveLength(1);
  bedrock.replyAlways(lesson.refusal);
  await rejection(invoke(model, lesson));
  expect(bedrock.requests).toHaveLength(3);
});

test("two refusals of one request are learnt one after the other", async () => {
  const [temperature, topP] = ["temperature", "topP"].map((name) => LESSONS.find(({ what }) => what === name) as Lesson) as [Lesson, Lesson];
  bedrock.replyAlways(({ body: { inferenceConfig = {} } }) => ("temperature" in inferenceConfig ? temperature.refusal : "topP" in inferenceConfig ? topP.refusal : "Well."));
  const answer = await invoke(ourModel(bedrock, { model: newModel() }), temperature);
  expect(answer.text).toBe("Well.");
  expect(bedrock.requests.map(({ body }) => body.inferenceConfig)).toEqual([{ temperature: 0.5, topP: 0.9 }, { topP: 0.9 }, undefined]);
});

test.each([
  ["the native client", ourModel],
  ["AWS's client for JavaScript", ourModelByClient],
])("calls that are refused at once are all answered, by %s", async (_way, modelOf) => {
  const lesson = LESSONS[0] as Lesson;
  refuse(lesson);
  const model = modelOf(bedrock, { model: newModel() });
  const answers = await bound(model, lesson).batch(Array.from({ length: 8 }, () => "Hi"));
  expect(answers.map(({ text }) => text)).toEqual(Array(8).fill("Well."));
  expect(bedrock.requests.length).toBeLessThanOrEqual(16);
});

test("what one model refuses is not left out for another", async () => {
  const lesson = LESSONS[0] as Lesson;
  refuse(lesson);
  await invoke(ourModel(bedrock, { model: newModel() }), lesson);
  bedrock.replyAlways("Well.");
  await invoke(ourModel(bedrock, { model: newModel() }), lesson);
  expect(lesson.part(bedrock.requests[2]?.body ?? {})).toEqual(lesson.first);
});

test("what is refused of schemas is left out of these only", async () => {
  const tool = (name: string): object => ({ toolSpec: { name, inputSchema: { json: { type: "object", properties: {}, additionalProperties: false } }, strict: true } });
  const isComplex = (body: object): boolean => JSON.stringify(body).includes('"name":"complex"') && JSON.stringify(body).includes('"strict":true');
  bedrock.replyAlways(({ body }) => (isComplex(body) ? validation("Schema is too complex for compilation.") : "Well."));
  const model = ourModel(bedrock, { model: newModel() });
  await model.bindTools([tool("complex")] as never).invoke("Hi");
  await model.bindTools([tool("simple")] as never).invoke("Hi");
  expect(bedrock.requests.map(({ body }) => JSON.stringify(body.toolConfig).includes('"strict":true'))).toEqual([true, false, true]);
});
