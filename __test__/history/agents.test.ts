import { AIMessage, HumanMessage } from "@langchain/core/messages";
import { tool } from "@langchain/core/tools";
import { Command, MemorySaver } from "@langchain/langgraph";
import { createAgent, humanInTheLoopMiddleware } from "langchain";
import type { RequestWarning } from "langchain-aws-native";
import { startBedrock, toolUse, type Bedrock } from "langchain-aws-native/testing";
import { z } from "zod";
import { ourModel } from "../support/models.js";

/** Agents that were paused for approval, over an endpoint that refuses what Bedrock refuses. */

let bedrock: Bedrock;
beforeAll(async () => void (bedrock = await startBedrock()));
afterEach(() => bedrock.reset());
afterAll(() => bedrock.close());

const pay = tool(({ amount }) => `Paid ${amount}.`, { name: "pay", description: "Pays.", schema: z.object({ amount: z.number() }) });
const CONFIG = { configurable: { thread_id: "1" } };
const NOT_CARRIED_OUT = "The tool call was not carried out: the conversation went on without its result.";

const pausedAgent = () =>
  createAgent({
    model: ourModel(bedrock),
    tools: [pay],
    middleware: [humanInTheLoopMiddleware({ interruptOn: { pay: { allowedDecisions: ["approve", "reject"] } } })],
    checkpointer: new MemorySaver(),
  });

const warningsOf = (messages: { response_metadata: object }[]): string[] => ((messages.at(-1)?.response_metadata as { warnings?: RequestWarning[] }).warnings ?? []).map(({ code }) => code);
const lastBody = () => bedrock.requests.at(-1)?.body;

test("the user writes something else instead of a decision", async () => {
  bedrock.reply(toolUse("pay", { amount: 1 }), "Which bill do you mean?", "The other one, then.");
  const agent = pausedAgent();
  await agent.invoke({ messages: [new HumanMessage("Pay the bill.")] }, CONFIG);
  const { messages } = await agent.invoke({ messages: [new HumanMessage("Wait, which one?")] }, CONFIG);
  expect(messages.at(-1)?.text).toBe("Which bill do you mean?");
  expect(warningsOf(messages)).toEqual(["tool_result_missing"]);
  expect(lastBody()?.messages?.at(-1)?.content).toMatchObject([{ toolResult: { status: "error", content: [{ text: NOT_CARRIED_OUT }] } }, { text: "Wait, which one?" }]);
  const later = await agent.invoke({ messages: [new HumanMessage("The other one.")] }, CONFIG);
  expect(later.messages.at(-1)?.text).toBe("The other one, then.");
});

test("one call is approved and one rejected", async () => {
  bedrock.reply({ content: [toolUse("pay", { amount: 1 }), toolUse("pay", { amount: 2 })] } as never, "One is paid.", "Bye.");
  const agent = pausedAgent();
  await agent.invoke({ messages: [new HumanMessage("Pay both.")] }, CONFIG);
  const decisions = [{ type: "approve" }, { type: "reject", message: "Not this one." }];
  const { messages } = await agent.invoke(new Command({ resume: { decisions } }), CONFIG);
  expect(messages.at(-1)?.text).toBe("One is paid.");
  const results = JSON.stringify(lastBody()?.messages?.at(-1));
  expect(results).toContain("Not this one.");
  const later = await agent.invoke({ messages: [new HumanMessage("Thanks.")] }, CONFIG);
  expect(later.messages.at(-1)).toBeInstanceOf(AIMessage);
});
