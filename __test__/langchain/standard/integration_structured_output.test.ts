import { BaseCallbackHandler } from "@langchain/core/callbacks/base";
import { AIMessage } from "@langchain/core/messages";
import { ChatPromptTemplate } from "@langchain/core/prompts";
import { toJsonSchema } from "@langchain/core/utils/json_schema";
import { startBedrock, toolUse, type Bedrock } from "langchain-aws-native/testing";
import { z } from "zod/v3";
import { Addition, callOf, NUMBERS, SUM_PROMPT, wireSumPrompt, wireTool } from "../../support/adder.js";
import { ourModel } from "../../support/models.js";

/** What LangChain's standard integration tests ask of structured output. */

let bedrock: Bedrock;
beforeEach(async () => void (bedrock = await startBedrock()));
afterEach(() => bedrock.close());

/** Notes the call options that tracers are told. */
class Tracing extends BaseCallbackHandler {
  override name = "tracing";
  override awaitHandlers = true;
  readonly options: unknown[] = [];

  override handleChatModelStart(...[, , , , extra]: Parameters<NonNullable<BaseCallbackHandler["handleChatModelStart"]>>): void {
    this.options.push(extra?.["options"]);
  }
}

/** What the request must say for a schema by that name. */
const WIRE = { ...wireSumPrompt("add"), toolConfig: { tools: [wireTool("add")], toolChoice: { tool: { name: "add" } } } };

/** By this LangSmith shows that an answer is an object, and of which schema. */
const TRACED = { ls_structured_output_format: { kwargs: { method: "functionCalling" }, schema: toJsonSchema(Addition) } };

test("the output has the members of the schema", async () => {
  bedrock.reply(callOf("add"));
  const output = await SUM_PROMPT.pipe(ourModel(bedrock).withStructuredOutput(Addition, { name: "add" })).invoke({ tool: "add" });
  expect(output).toEqual(NUMBERS);
  expect(bedrock.requests[0]?.body).toEqual(WIRE);
});

test("tracers are told the schema and the method", async () => {
  bedrock.reply(callOf("add"));
  const tracing = new Tracing();
  const model = ourModel(bedrock).withStructuredOutput(Addition, { name: "add" });
  await SUM_PROMPT.pipe(model).invoke({ tool: "add" }, { callbacks: [tracing] });
  expect(tracing.options).toEqual([expect.objectContaining(TRACED)]);
  expect(bedrock.requests[0]?.body).toEqual(WIRE);
});

describe("with includeRaw", () => {
  test("the message is beside the output", async () => {
    bedrock.reply(callOf("add"));
    const model = ourModel(bedrock).withStructuredOutput(Addition, { name: "add", includeRaw: true });
    const { raw, parsed } = await SUM_PROMPT.pipe(model).invoke({ tool: "add" });
    expect(raw).toBeInstanceOf(AIMessage);
    expect((raw as AIMessage).tool_calls).toMatchObject([{ id: "abc123", name: "add", args: NUMBERS }]);
    expect(parsed).toEqual(NUMBERS);
    expect(bedrock.requests[0]?.body).toEqual(WIRE);
  });

  test("tracers are told the schema and the method", async () => {
    bedrock.reply(callOf("add"));
    const tracing = new Tracing();
    const model = ourModel(bedrock).withStructuredOutput(Addition, { name: "add", includeRaw: true });
    await SUM_PROMPT.pipe(model).invoke({ tool: "add" }, { callbacks: [tracing] });
    expect(tracing.options).toEqual([expect.objectContaining(TRACED)]);
    expect(bedrock.requests[0]?.body).toEqual(WIRE);
  });
});

test("a schema may have nested objects and objects of unknown members", async () => {
  const Decision = z.object({
    decision: z.enum(["UseAPI", "UseFallback"]),
    explanation: z.string(),
    apiDetails: z.object({ serviceName: z.string(), endpointName: z.string(), parameters: z.record(z.unknown()), extractionPath: z.string() }),
  });
  const output = {
    decision: "UseAPI",
    explanation: "It is faster.",
    apiDetails: { serviceName: "users", endpointName: "find", parameters: { id: 7, tags: ["a", null], more: {} }, extractionPath: "user/name" },
  };
  bedrock.reply(toolUse("decide", output));
  const prompt = ChatPromptTemplate.fromMessages([
    ["system", "Always use the {tool} tool."],
    ["human", "Use the API with the parameters {parameters}."],
  ]);
  const chain = prompt.pipe(ourModel(bedrock).withStructuredOutput(Decision, { name: "decide" }));
  expect(await chain.invoke({ tool: "decide", parameters: '{"id":7}' })).toEqual(output);
  const { messages, toolConfig } = bedrock.requests[0]!.body;
  expect(messages).toEqual([{ role: "user", content: [{ text: 'Use the API with the parameters {"id":7}.' }] }]);
  expect(toolConfig?.tools).toMatchObject([
    {
      toolSpec: {
        name: "decide",
        inputSchema: {
          json: {
            type: "object",
            required: ["decision", "explanation", "apiDetails"],
            properties: {
              decision: { type: "string", enum: ["UseAPI", "UseFallback"] },
              apiDetails: { type: "object", properties: { parameters: { type: "object" } } },
            },
          },
        },
      },
    },
  ]);
});
