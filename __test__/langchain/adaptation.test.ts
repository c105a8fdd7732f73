import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { AIMessage, type AIMessageChunk, HumanMessage, ToolMessage } from "@langchain/core/messages";
import type { EndMessage, RequestWarning } from "langchain-aws-native";
import { startBedrock, type Bedrock } from "langchain-aws-native/testing";
import { ourModel, ourModelByClient } from "../support/models.js";
import { fold } from "../support/streams.js";
import { rejection } from "../support/rejection.js";

/** What was changed in a request is in the answer, however it is asked for; the option says whether anything is changed at all. */

let bedrock: Bedrock;
beforeEach(async () => void (bedrock = await startBedrock()));
afterEach(() => bedrock.close());

/** An agent was paused for an approval, and its user wrote something else. */
const HISTORY = [
  new HumanMessage("Pay the bill."),
  new AIMessage({ content: "", tool_calls: [{ id: "t1", name: "pay", args: {}, type: "tool_call" }] }),
  new HumanMessage("Wait, which bill?"),
];
const MESSAGE =
  'The tool call "t1" of "pay" has no result: one that says so, with the status "error", was sent, since Bedrock refuses a call without a result.';
const WARNING: RequestWarning = { code: "tool_result_missing", message: MESSAGE, path: "messages[1]" };

const warningsOf = ({ response_metadata }: AIMessage | AIMessageChunk): unknown => response_metadata["warnings"];

describe.each([
  ["the native client", ourModel],
  ["AWS's client for JavaScript", ourModelByClient],
])("by %s", (_way, modelOf) => {
  test("the answer has the warning", async () => {
    expect(warningsOf(await modelOf(bedrock).invoke(HISTORY))).toEqual([WARNING]);
    expect(warningsOf(await fold(await modelOf(bedrock).stream(HISTORY)))).toEqual([WARNING]);
    expect(warningsOf(await modelOf(bedrock, { streaming: true }).invoke(HISTORY))).toEqual([WARNING]);
    expect(warningsOf((await modelOf(bedrock).streamEvents(HISTORY, undefined as never)) as unknown as AIMessage)).toEqual([WARNING]);
    expect(bedrock.requests.map(({ response }) => response.status)).toEqual([200, 200, 200, 200]);
  });

  test("the end of the request tells its code and place on the diagnostics channel", async () => {
    const ends: EndMessage[] = [];
    const listen = (message: unknown): void => void ends.push(message as EndMessage);
    subscribe("langchain-aws-native:request:end", listen);
    await modelOf(bedrock).invoke(HISTORY);
    await fold(await modelOf(bedrock).stream(HISTORY));
    await modelOf(bedrock).invoke("Hello");
    unsubscribe("langchain-aws-native:request:end", listen);
    const { code, path } = WARNING;
    expect(ends.map(({ warnings }) => warnings)).toEqual([[{ code, path }], [{ code, path }], undefined]);
  });

  test("strict refuses before anything is sent, off sends", async () => {
    expect((await rejection(modelOf(bedrock, { adaptation: "strict" }).invoke(HISTORY))).message).toBe(`messages[1]: ${MESSAGE}`);
    expect((await rejection(modelOf(bedrock).stream(HISTORY, { adaptation: "strict" }))).message).toBe(`messages[1]: ${MESSAGE}`);
    expect(bedrock.requests).toHaveLength(0);
    expect((await rejection(modelOf(bedrock, { adaptation: "off" }).invoke(HISTORY))).message).toMatch(/^Expected toolResult blocks/);
  });
});

describe("a call that could not be parsed", () => {
  const half = new AIMessage({ content: "Let me see.", invalid_tool_calls: [{ id: "t1", name: "pay", args: '{"amount": 1', error: "cut", type: "invalid_tool_call" }] });

  test("is sent with its result, its arguments as they are", async () => {
    const answer = await ourModel(bedrock).invoke([HISTORY[0]!, half, new ToolMessage({ content: "No.", tool_call_id: "t1" })]);
    expect(bedrock.requests[0]?.body.messages?.slice(1)).toEqual([
      { role: "assistant", content: [{ text: "Let me see." }, { toolUse: { toolUseId: "t1", name: "pay", input: { arguments: '{"amount": 1' } } }] },
      { role: "user", content: [{ toolResult: { toolUseId: "t1", content: [{ text: "No." }] } }] },
    ]);
    expect(warningsOf(answer)).toMatchObject([{ code: "tool_input_no_object", path: "messages[1]" }]);
  });

  test("is left out without one, and the warning has its arguments", async () => {
    const history = [HISTORY[0]!, half, new HumanMessage("And?")];
    const answer = await ourModel(bedrock).invoke(history);
    expect(bedrock.requests[0]?.body.messages?.[1]).toEqual({ role: "assistant", content: [{ text: "Let me see." }] });
    const message = 'The call of "pay" could not be parsed and has no result: it was left out. Its arguments were: {"amount": 1';
    expect(warningsOf(answer)).toEqual([{ code: "tool_call_unreadable", message, path: "messages[1]" }]);
    expect((await rejection(ourModel(bedrock, { adaptation: "strict" }).invoke(history))).message).toBe(`messages[1]: ${message}`);
  });
});

test("a history that fits has no warnings, and its answer no such member", async () => {
  const answer = await ourModel(bedrock).invoke([new HumanMessage("Hello")]);
  expect(answer.response_metadata).not.toHaveProperty("warnings");
  expect(answer).not.toHaveProperty("requestWarnings");
});

test("an unknown value is refused in one sentence", () => {
  expect(() => ourModel(bedrock, { adaptation: "maybe" as never })).toThrow('ChatBedrockConverse: adaptation must be "warn", "strict" or "off", but it is a string.');
});
