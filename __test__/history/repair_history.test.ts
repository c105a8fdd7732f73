import { AIMessage, type BaseMessage, HumanMessage, mapChatMessagesToStoredMessages, mapStoredMessagesToChatMessages, SystemMessage, ToolMessage } from "@langchain/core/messages";
import fc from "fast-check";
import { ChatBedrockConverse, repairHistory, type RepairHistoryOptions } from "langchain-aws-native";
import { messageOf, poisonedHistory, type Said } from "../parity/histories.js";
import { MODEL } from "../support/models.js";

/** `repairHistory`: the history that a call would send, as messages. */

jest.setTimeout(60_000);

const SEED = { seed: 20261126 };
const call = (id: string) => ({ id, name: "pay", args: { amount: 1 }, type: "tool_call" as const });
const calling = (...ids: string[]): AIMessage => new AIMessage({ content: "", tool_calls: ids.map(call), id: "ai-1", response_metadata: { model_provider: "bedrock-converse" } });
const codesOf = (messages: BaseMessage[], options: RepairHistoryOptions): string[] => repairHistory(messages, options).warnings.map(({ code, path }) => `${code} ${path}`);

test("a history that is right stays as it is", () => {
  const messages = [new SystemMessage("Be brief."), new HumanMessage("Pay."), calling("1"), new ToolMessage({ tool_call_id: "1", content: "Paid." })];
  const repaired = repairHistory(messages);
  expect(repaired.warnings).toEqual([]);
  expect(repaired.messages).toHaveLength(4);
  repaired.messages.forEach((message, index) => expect(message).toBe(messages[index]));
});

test("a missing result is added behind the call; all else stays the same object", () => {
  const messages = [new SystemMessage("Be brief."), new HumanMessage("Pay."), calling("1", "2"), new ToolMessage({ tool_call_id: "2", content: "Paid." }), new SystemMessage("Be kind."), new HumanMessage("Wait.")];
  const { messages: repaired, warnings } = repairHistory(messages);
  expect(warnings.map(({ code, path }) => [code, path])).toEqual([["tool_result_missing", "messages[2]"]]);
  expect(repaired.map((message) => messages.indexOf(message as never))).toEqual([0, 1, 2, 3, -1, 4, 5]);
  expect(repaired[4]).toMatchObject({ type: "tool", tool_call_id: "1", status: "error", content: "The tool call was not carried out: the conversation went on without its result." });
});

test("a result that is added, or that came late, stands directly behind its call, also before a system message", () => {
  const system = new SystemMessage("Be kind.");
  const typesOf = (messages: BaseMessage[]): string[] => repairHistory(messages).messages.map(({ type }) => type);
  expect(typesOf([new HumanMessage("Pay."), calling("1"), system, new HumanMessage("Wait.")])).toEqual(["human", "ai", "tool", "system", "human"]);
  const late = [new HumanMessage("Pay."), calling("1"), system, new HumanMessage("Wait."), new AIMessage("Yes?"), new ToolMessage({ tool_call_id: "1", content: "Paid." }), new HumanMessage("So?")];
  expect(typesOf(late)).toEqual(["human", "ai", "tool", "system", "human", "ai", "human"]);
});

test("a message that changes keeps its id and metadata", () => {
  const unread = new AIMessage({ id: "ai-7", name: "bot", content: "I pay.", invalid_tool_calls: [{ id: "1", name: "pay", args: '{"amount', type: "invalid_tool_call" }], response_metadata: { model_provider: "openai" }, usage_metadata: { input_tokens: 1, output_tokens: 2, total_tokens: 3 } });
  const answered = [new HumanMessage("Pay."), unread, new ToolMessage({ id: "t-1", tool_call_id: "1", content: "Invalid.", artifact: { a: 1 } })];
  const [, ai, result] = repairHistory(answered).messages as [BaseMessage, AIMessage, ToolMessage];
  expect(ai).toMatchObject({ id: "ai-7", name: "bot", content: "I pay.", invalid_tool_calls: [], usage_metadata: { total_tokens: 3 }, response_metadata: { model_provider: "openai" } });
  expect(ai.tool_calls).toEqual([{ id: "1", name: "pay", args: { arguments: '{"amount' }, type: "tool_call" }]);
  expect(result).toBe(answered[2]);
});

test("a result without its call becomes the user's words, media and all", () => {
  const orphan = new ToolMessage({ name: "camera", tool_call_id: "9", content: [{ type: "text", text: "Here." }, { type: "image_url", image_url: { url: "data:image/png;base64,AAAA" } }] });
  const { messages } = repairHistory([orphan, new AIMessage("Nice."), new HumanMessage("Thanks.")]);
  expect(messages.map(({ type }) => type)).toEqual(["human", "ai", "human"]);
  expect(messages[0]?.content).toEqual([
    { type: "text", text: 'Result of "camera" for the tool call "9", which is not in this conversation:' },
    { type: "text", text: "Here." },
    { type: "image", image: { format: "png", source: { bytes: new Uint8Array([0, 0, 0]) } } },
  ]);
});

test("with a model also what it does not take", () => {
  const messages = [new AIMessage("Hello."), new HumanMessage("Hi."), new AIMessage("So:")];
  expect(repairHistory(messages, { model: "amazon.nova-pro-v1:0" }).messages.map(({ type }) => type)).toEqual(["human", "ai", "human", "ai"]);
  expect(repairHistory(messages, { model: "anthropic.claude-opus-5-5" }).messages.map(({ type }) => type)).toEqual(["ai", "human", "ai", "human"]);
});

test("strict throws the first repair; pairs of role and text are messages, too", () => {
  expect(() => repairHistory([["human", "Pay."], calling("1")], { adaptation: "strict" })).toThrow(/^messages\[1\]: The tool call "1" of "pay" has no result/);
  expect(repairHistory([["human", "Pay."]]).messages[0]).toEqual(new HumanMessage("Pay."));
});

test.each<[string, unknown[], RegExp]>([
  ["no list", ["Hi"], /^repairHistory: messages must be an array of messages, but it is a string\.$/],
  ["a wrong option", [[], { adaptation: "off" }], /^repairHistory: adaptation must be "warn" or "strict", but it is a string\.$/],
  ["an empty human message", [[new HumanMessage("")]], /^messages\[0\]: Invalid message content: empty string\./],
])("%s is refused with one sentence", (_what, args, sentence) => {
  expect(() => (repairHistory as (...args: unknown[]) => unknown)(...args)).toThrow(sentence);
});

const model = new ChatBedrockConverse({ model: MODEL, region: "us-east-1" });
const sentOf = async (messages: BaseMessage[]): Promise<unknown> => model.explainRequest(messages).then(({ body, warnings }) => ({ messages: body.messages, system: body.system, warnings }));

/** A cache point at the beginning of a message stands behind the results before it: one that is added comes behind it, or before it once it is a message. */
const beginsWithPoint = ({ by, content }: Said): boolean => by === "human" && typeof content === "object" && Object.hasOwn(Object(content[0]), "cachePoint");
const throughStore = (messages: BaseMessage[]): BaseMessage[] => mapStoredMessagesToChatMessages(JSON.parse(JSON.stringify(mapChatMessagesToStoredMessages(messages))));

test("what is sent of a repaired history is what is sent of the history, and it needs no repair, also once it was stored", async () => {
  let repairs = 0;
  await fc.assert(
    fc.asyncProperty(poisonedHistory, async (said: Said[]) => {
      fc.pre(!said.some(beginsWithPoint));
      const messages = said.map(messageOf);
      const before = await sentOf(messages).catch((error: Error) => error.message);
      if (typeof before === "string") return;
      const { messages: repaired, warnings } = repairHistory(messages, { model: MODEL });
      repairs += Number(warnings.length > 0);
      expect(codesOf(repaired, { model: MODEL })).toEqual([]);
      const { warnings: all, ...sent } = before as { warnings: { code: string }[] };
      const others = all.filter(({ code }) => !warnings.some((warning) => warning.code === code));
      const { warnings: left, ...resent } = (await sentOf(repaired)) as { warnings: { code: string }[] };
      expect(resent).toEqual(sent);
      expect(left.map(({ code }) => code)).toEqual(others.map(({ code }) => code));
      // What is stored comes back with other keys where LangChain escapes them.
      expect(codesOf(throughStore(repaired), { model: MODEL })).toEqual([]);
    }),
    { ...SEED, numRuns: 1500 },
  );
  expect(repairs).toBeGreaterThan(300);
});
