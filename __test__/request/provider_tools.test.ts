import { HumanMessage, ToolMessage, type AIMessage, type AIMessageChunk } from "@langchain/core/messages";
import { tool } from "@langchain/core/tools";
import { createAgent } from "langchain";
import { events, startBedrock, toolUse, type Bedrock, type StreamEvent } from "langchain-aws-native/testing";
import { z } from "zod";
import { Adder } from "../support/adder.js";
import { useCleanEnvironment } from "../support/environment.js";
import { ourModel, ourModelByClient } from "../support/models.js";
import { rejection } from "../support/rejection.js";
import { collect } from "../support/streams.js";

/** Tools that Anthropic defines, and tools that Bedrock runs, next to ordinary ones. */

useCleanEnvironment();

let bedrock: Bedrock;
beforeAll(async () => {
  bedrock = await startBedrock();
});
afterEach(() => bedrock.reset());
afterAll(() => bedrock.close());

const adder = new Adder();
const CLAUDE = "us.anthropic.claude-sonnet-4-5-20250929-v1:0";
const computer = { type: "computer_20250124", name: "computer", display_width_px: 1024, display_height_px: 768 } as const;
const bash = { type: "bash_20250124", name: "bash" } as const;
const editor = { type: "text_editor_20250728", name: "str_replace_based_edit_tool" } as const;
const memory = { type: "memory_20250818", name: "memory" } as const;
const sent = (index = 0): { toolConfig?: { tools: object[]; toolChoice?: object }; additionalModelRequestFields?: object } => bedrock.requests[index]?.body as never;

const sum = (chunks: AIMessageChunk[]): AIMessageChunk => chunks.reduce((whole, chunk) => whole.concat(chunk));

describe.each([
  ["the native client", ourModel],
  ["AWS's client for JavaScript", ourModelByClient],
])("by %s", (_way, modelOf) => {
  const claude = (options: object = {}): ReturnType<typeof modelOf> => modelOf(bedrock, { model: CLAUDE, ...options });

  test("each tool goes to its place, with the betas that are needed", async () => {
    const model = claude({ additionalModelRequestFields: { top_k: 5, anthropic_beta: ["mine"] } });
    await model.bindTools([adder, computer, bash, editor, memory]).invoke("Hello");
    const { toolConfig, additionalModelRequestFields } = sent();
    expect(toolConfig?.tools).toEqual([{ toolSpec: expect.objectContaining({ name: adder.name }) }]);
    expect(additionalModelRequestFields).toEqual({
      top_k: 5,
      anthropic_beta: ["mine", "computer-use-2025-01-24", "context-management-2025-06-27"],
      tools: [computer, bash, editor, memory],
    });
  });

  test.each(["invoke", "stream"])("%s: a call is an ordinary one, and its result is sent back", async (kind) => {
    bedrock.reply([toolUse("bash", { command: "ls" }, "t1")]);
    const model = claude().bindTools([bash]);
    const question = new HumanMessage("List the files.");
    const call: AIMessage = kind === "invoke" ? await model.invoke([question]) : sum(await collect<AIMessageChunk>(await model.stream([question])));
    expect(call.tool_calls).toMatchObject([{ name: "bash", args: { command: "ls" }, id: "t1" }]);
    await model.invoke([question, call, new ToolMessage({ content: "a.txt", tool_call_id: "t1" })]);
    // Bedrock wants a toolConfig for a history with calls, in which no name of the model's own fields may stand again.
    expect(sent(1).toolConfig?.tools).toMatchObject([{ toolSpec: { name: "not_available" } }]);
    expect(sent(1).additionalModelRequestFields).toMatchObject({ tools: [bash] });
  });

  test.each<[string | object, object[], object | undefined, object | undefined]>([
    ["bash", [adder, bash], undefined, { type: "tool", name: "bash" }],
    [{ tool: { name: "bash" } }, [bash], undefined, { type: "tool", name: "bash" }],
    ["any", [bash], undefined, { type: "any" }],
    ["none", [bash], undefined, { type: "none" }],
    ["auto", [bash], undefined, undefined],
    ["any", [adder, bash], { any: {} }, undefined],
    [adder.name, [adder, bash], { tool: { name: adder.name } }, undefined],
  ])("tool_choice %j", async (tool_choice, tools, ofConverse, ofClaude) => {
    await claude().bindTools(tools as never, { tool_choice } as never).invoke("Hello");
    expect(sent().toolConfig?.toolChoice).toEqual(ofConverse);
    expect((sent().additionalModelRequestFields as { tool_choice?: object }).tool_choice).toEqual(ofClaude);
  });

  test("what Converse does not serve is refused before anything is sent, unless it is sent as it is", async () => {
    const search = { type: "web_search_20250305", name: "web_search" };
    const error = await rejection(claude().bindTools([search]).invoke("Hello"));
    expect(error.message).toMatch(/^ChatBedrockConverse: Bedrock's Converse API does not serve Anthropic's tool web_search_20250305: /);
    expect(bedrock.requests).toHaveLength(0);
    await claude({ adaptation: "off" }).bindTools([search]).invoke("Hello");
    expect(sent().additionalModelRequestFields).toEqual({ tools: [search] });
  });

  test("an agent runs Anthropic's client tools", async () => {
    const shell = tool(({ command }: { command: string }) => `ran ${command}`, { name: "bash", schema: z.object({ command: z.string() }), extras: { providerToolDefinition: bash } });
    bedrock.reply([toolUse("bash", { command: "ls" })], "Done.");
    const { messages } = await createAgent({ model: claude(), tools: [shell, adder] }).invoke({ messages: [new HumanMessage("List the files.")] });
    expect(messages.map((message) => message.text)).toEqual(["List the files.", "", "ran ls", "Done."]);
    expect(sent().additionalModelRequestFields).toMatchObject({ tools: [bash], anthropic_beta: ["computer-use-2025-01-24"] });
  });

  describe.each(["nova_grounding", "nova_code_interpreter"])("%s, which Bedrock runs", (name) => {
    const systemTool = { systemTool: { name } };
    const location = { web: { url: "https://example.com/a", domain: "example.com" } };
    const SEARCH: StreamEvent[] = [
      { messageStart: { role: "assistant" } },
      { contentBlockStart: { contentBlockIndex: 0, start: { toolUse: { toolUseId: "s1", name, type: "server_tool_use" } } } },
      { contentBlockDelta: { contentBlockIndex: 0, delta: { toolUse: { input: "{}" } } } },
      { contentBlockStop: { contentBlockIndex: 0 } },
      { contentBlockStart: { contentBlockIndex: 1, start: { toolResult: { toolUseId: "s1", type: `${name}_result`, status: "success" } } } },
      { contentBlockStop: { contentBlockIndex: 1 } },
      { contentBlockDelta: { contentBlockIndex: 2, delta: { text: "It rains." } } },
      { contentBlockDelta: { contentBlockIndex: 2, delta: { citation: { location } } } },
      { contentBlockStop: { contentBlockIndex: 2 } },
      { messageStop: { stopReason: "end_turn" } },
      { metadata: { usage: { inputTokens: 1, outputTokens: 2, totalTokens: 3 }, metrics: { latencyMs: 4 } } },
    ];

    test.each(["invoke", "stream"])("%s: call, result and citations are in the content, and can be sent back", async (kind) => {
      const model = modelOf(bedrock, { model: "us.amazon.nova-2-lite-v1:0" }).bindTools([adder, systemTool]);
      bedrock.reply(events(SEARCH));
      const question = new HumanMessage("What is the weather?");
      const message = kind === "invoke" ? await model.invoke([question]) : sum(await collect<AIMessageChunk>(await model.stream([question])));
      expect(sent().toolConfig?.tools[1]).toEqual(systemTool);
      expect(message.tool_calls).toEqual([]);
      expect(message.text).toContain("It rains.");
      const kinds = (message.content as { type: string }[]).map(({ type }) => type);
      expect(kinds).toEqual(expect.arrayContaining(["server_tool_use", "tool_result", "citations_content"]));
      expect(JSON.stringify(message.content)).toContain("https://example.com/a");
      await model.invoke([question, message, new HumanMessage("And tomorrow?")]);
      expect(bedrock.requests[1]?.response.status).toBe(200);
    });

    test("an agent does not run it", async () => {
      bedrock.reply(events(SEARCH));
      const agent = createAgent({ model: modelOf(bedrock, { model: "us.amazon.nova-2-lite-v1:0" }), tools: [adder, systemTool as never] });
      const { messages } = await agent.invoke({ messages: [new HumanMessage("What is the weather?")] });
      expect(messages).toHaveLength(2);
      expect(bedrock.requests).toHaveLength(1);
    });
  });
});
