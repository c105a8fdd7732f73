import { type BaseMessage, HumanMessage, ToolMessage } from "@langchain/core/messages";
import { NodeHttpHandler } from "@smithy/node-http-handler";
import { startBedrock, type Bedrock } from "langchain-aws-native/testing";
import { MODEL } from "../support/models.js";
import type { Json } from "./dialects.js";
import { messageOf, PROVIDER_MESSAGES, type ProviderMessage, titleOf } from "./provider_messages.js";
import { FAMILIES, hushLangChain, missingIn, refusalOf, saidIn, send, type Sent } from "./sent.js";

/** A conversation that another provider began goes on at Bedrock, with a model of each family. */

jest.setTimeout(120_000);

let bedrock: Bedrock;
beforeAll(async () => {
  bedrock = await startBedrock({ strict: false });
  hushLangChain();
});
afterAll(() => bedrock.close());

/** The message between two of a human, with a result for each of its calls if it was carried out. */
function conversationWith(message: ProviderMessage, isCarriedOut: boolean): BaseMessage[] {
  const answer = messageOf(message);
  const calls = isCarriedOut ? [...(answer.tool_calls ?? []), ...(answer.invalid_tool_calls ?? [])] : [];
  const results = calls.flatMap(({ id }) => (id === undefined ? [] : [new ToolMessage({ content: `Result of ${id}.`, tool_call_id: id })]));
  return [new HumanMessage("Hello."), answer, ...results, new HumanMessage("Go on.")];
}

test("the messages are there", () => {
  expect(PROVIDER_MESSAGES).toHaveLength(370);
  expect(PROVIDER_MESSAGES.filter(({ said }) => said.length > 0).length).toBeGreaterThan(200);
});

test.each(FAMILIES)("each message can be sent to %s, and what it says is in the request or in a warning", async (model) => {
  const faults: object[] = [];
  for (const message of PROVIDER_MESSAGES) {
    for (const isCarriedOut of [true, false]) {
      const messages = conversationWith(message, isCarriedOut);
      const sent = await send(bedrock, messages, { model });
      const fault = sent instanceof Error ? String(sent) : (refusalOf(sent, model) ?? missingIn(sent, [...message.said, ...messages.flatMap(saidIn)]).join());
      if (fault !== "") faults.push({ message: titleOf(message), isCarriedOut, fault });
    }
  }
  expect(faults).toEqual([]);
});

/** What the assistant's turns have of a kind. */
function sentOf(sent: Sent, kind: string): unknown[] {
  const blocks = sent.body.messages.filter(({ role }) => role === "assistant").flatMap(({ content }) => content);
  return blocks.flatMap((block) => (kind in block ? [block[kind]] : []));
}

const legalName = (name: string | undefined): string | undefined => name?.replaceAll(".", "_");

test("each text and each call is sent once", async () => {
  for (const message of PROVIDER_MESSAGES) {
    const sent = (await send(bedrock, conversationWith(message, true), { model: MODEL })) as Sent;
    const { tool_calls = [], invalid_tool_calls = [] } = messageOf(message);
    const calls = [...tool_calls, ...invalid_tool_calls.filter(({ id }) => id !== undefined)];
    const names = (sentOf(sent, "toolUse") as Json[]).map(({ name }) => name);
    expect([titleOf(message), names]).toEqual([titleOf(message), calls.map(({ name }) => legalName(name))]);
    const texts = sentOf(sent, "text").join("");
    for (const text of message.said) expect([titleOf(message), texts.split(text.trim()).length]).toEqual([titleOf(message), 2]);
  }
});

const thought = (text: string): Json => ({ reasoningText: { text, signature: "RXFvQkNrZ0lCeEFCR0FJaVFE" } });
/** Without those that Claude redacted: of them, streamed, ChatAnthropic keeps nothing. */
const THOUGHTS: Record<string, Json[]> = {
  thinking: [thought("Let me see.")],
  thinking_omitted: [thought("")],
  thinking_and_call: [thought("I need the weather.")],
  thinking_between: [thought("One."), thought("Two.")],
};

test("Claude gets its own signed thoughts back, and no other model's", async () => {
  const thoughts = new Map<string, unknown[]>();
  for (const message of PROVIDER_MESSAGES) {
    const sent = (await send(bedrock, conversationWith(message, true), { model: MODEL })) as Sent;
    const reasoning = sentOf(sent, "reasoningContent");
    if (message.api !== "anthropic") expect([titleOf(message), reasoning]).toEqual([titleOf(message), []]);
    else if (message.kind in THOUGHTS) expect([titleOf(message), reasoning]).toEqual([titleOf(message), THOUGHTS[message.kind]]);
    if (reasoning.length > 0) thoughts.set(message.kind, reasoning);
  }
  expect([...thoughts.keys()]).toEqual([...Object.keys(THOUGHTS), "redacted_thinking"]);
});

test("AWS's client for JavaScript sends the same", async () => {
  const clientOptions = { requestHandler: new NodeHttpHandler() };
  for (const message of PROVIDER_MESSAGES) {
    const sent = await send(bedrock, conversationWith(message, true), { model: MODEL });
    expect(await send(bedrock, conversationWith(message, true), { model: MODEL, clientOptions })).toEqual(sent);
  }
});
