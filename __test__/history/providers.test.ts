import { type BaseMessage, HumanMessage, ToolMessage } from "@langchain/core/messages";
import { NodeHttpHandler } from "@smithy/node-http-handler";
import { startBedrock, type Bedrock } from "langchain-aws-native/testing";
import { MODEL } from "../support/models.js";
import { messageOf, PROVIDER_MESSAGES, type ProviderMessage, titleOf } from "./provider_messages.js";
import { FAMILIES, hushLangChain, missingIn, refusalOf, saidIn, send } from "./sent.js";

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
  const results = calls.map(({ id = "" }) => new ToolMessage({ content: `Result of ${id}.`, tool_call_id: id }));
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

test("AWS's client for JavaScript sends the same", async () => {
  const clientOptions = { requestHandler: new NodeHttpHandler() };
  for (const message of PROVIDER_MESSAGES) {
    const sent = await send(bedrock, conversationWith(message, true), { model: MODEL });
    expect(await send(bedrock, conversationWith(message, true), { model: MODEL, clientOptions })).toEqual(sent);
  }
});
