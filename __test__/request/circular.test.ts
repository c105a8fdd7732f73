import { AIMessage, HumanMessage } from "@langchain/core/messages";
import { startBedrock, type Bedrock } from "langchain-aws-native/testing";
import { ourModel } from "../support/models.js";
import { rejection } from "../support/rejection.js";

let bedrock: Bedrock;
beforeAll(async () => void (bedrock = await startBedrock()));
afterAll(() => bedrock.close());

function circular(): Record<string, unknown> {
  const object: Record<string, unknown> = {};
  object["itself"] = { within: object };
  return object;
}

test.each([
  ["a tool's arguments", () => [new HumanMessage("Hello"), new AIMessage({ content: "", tool_calls: [{ id: "1", name: "look", args: circular() }] })], "messages[1]"],
  ["a block", () => [new HumanMessage({ content: [{ type: "image", source: circular() } as never] })], "messages[0]"],
  ["a block of a long conversation", () => [new HumanMessage("x".repeat(20_000)), new HumanMessage({ content: [{ type: "image", source: circular() } as never] })], "messages[1]"],
])("%s that contains itself: one sentence, and the place", async (_what, messages, place) => {
  const thrown = await rejection(ourModel(bedrock).invoke(messages()));
  expect(thrown.message).toBe(`${place}: an object contains itself, which JSON cannot carry.`);
  expect(bedrock.requests).toHaveLength(0);
});

test("in an option of the call", async () => {
  const thrown = await rejection(ourModel(bedrock).invoke("Hello", { additionalModelRequestFields: circular() as never }));
  expect(thrown.message).toBe("The options of the call: an object contains itself, which JSON cannot carry.");
});
