import { ai, aiCalling, aiOf, bytes, human, PIXEL, toolResult } from "../messages.js";
import type { Subject } from "../types.js";

const Q = human("Hi");
const NEXT = human("And?");
const NOVA = { model: "amazon.nova-pro-v1:0" };
const TOOL = { toolSpec: { name: "f", inputSchema: { json: { type: "object" } } } };
const TOOLS = { tools: [TOOL, { toolSpec: { ...TOOL.toolSpec, name: "g" } }] };
const text = (value: string): object => ({ type: "text", text: value });

export const history: Subject = {
  subject: "history",
  cases: [
    { name: "an AI message of text blocks", input: [Q, ai(text("One."), text("Two.")), NEXT] },
    { name: "an AI message with further members in its blocks", input: [Q, ai({ ...text("One."), index: 0 }), NEXT] },
    { name: "an empty AI message", input: [Q, ai(""), NEXT] },
    { name: "an AI message of white space", input: [Q, ai(" "), NEXT] },
    { name: "an AI message without blocks", input: [Q, aiOf("bedrock-converse", { content: [] }), NEXT] },
    { name: "an empty text block", input: [Q, ai(text("")), NEXT] },
    { name: "an empty text block beside text", input: [Q, ai(text(""), text("Hello")), NEXT] },
    { name: "a text block of line breaks after text", input: [Q, ai(text("Hello"), text("\n\n")), NEXT] },
    { name: "a text block of line breaks after reasoning", input: [Q, ai({ type: "reasoning", reasoning: "Hm", signature: "c2ln" }, text("\n\n"), text("Hello")), NEXT] },
    { name: "a text block of line breaks first", input: [Q, ai(text("\n\n"), text("Hello")), NEXT] },
    { name: "signed reasoning", input: [Q, ai({ type: "reasoning", reasoning: "Hm", signature: "c2ln" }, text("Hello")), NEXT] },
    { name: "signed reasoning with a stream's index", input: [Q, ai({ type: "reasoning", reasoning: "Hm", signature: "c2ln", index: 0 }, text("Hello")), NEXT] },
    { name: "unsigned reasoning to Claude", input: [Q, ai({ type: "reasoning", reasoning: "Hm" }, text("Hello")), NEXT] },
    { name: "unsigned reasoning to another model", fields: NOVA, input: [Q, ai({ type: "reasoning", reasoning: "Hm" }, text("Hello")), NEXT] },
    { name: "empty reasoning", input: [Q, ai({ type: "reasoning", reasoning: "" }, text("Hello")), NEXT] },
    { name: "empty reasoning that is signed", input: [Q, ai({ type: "reasoning", reasoning: "", signature: "c2ln" }, text("Hello")), NEXT] },
    { name: "reasoning_content", input: [Q, ai({ type: "reasoning_content", reasoningText: { text: "Hm", signature: "c2ln" } }, text("Hello")), NEXT] },
    {
      name: "reasoning_content in a stream's pieces",
      input: [Q, ai({ type: "reasoning_content", reasoningText: { text: "H" } }, { type: "reasoning_content", reasoningText: { text: "m" } }, { type: "reasoning_content", reasoningText: { signature: "c2ln" } }, text("Hello")), NEXT],
    },
    { name: "redacted reasoning", input: [Q, ai({ type: "reasoning_content", redactedContent: "c2VjcmV0" }, text("Hello")), NEXT] },
    { name: "redacted reasoning in pieces", input: [Q, ai({ type: "reasoning_content", redactedContent: "YQ==" }, { type: "reasoning_content", redactedContent: "Yg==" }, text("Hello")), NEXT] },
    { name: "reasoning of another provider, to Claude", input: [Q, aiOf("anthropic", { content: [{ type: "reasoning", reasoning: "Hm", signature: "c2ln" }, text("Hello")] }), NEXT] },
    { name: "a cache point", input: [Q, ai(text("Hello"), { cachePoint: { type: "default" } }), NEXT] },
    { name: "a tool call", input: [Q, aiCalling("", ["f", { a: 1 }]), toolResult("x")], options: TOOLS },
    { name: "a tool call after text", input: [Q, aiCalling("Let me see.", ["f", { a: 1 }]), toolResult("x")], options: TOOLS },
    { name: "a tool call after text blocks", input: [Q, aiCalling([text("Let me see.")], ["f", { a: 1 }]), toolResult("x")], options: TOOLS },
    { name: "a tool call after reasoning", input: [Q, aiCalling([{ type: "reasoning", reasoning: "Hm", signature: "c2ln" }], ["f", { a: 1 }]), toolResult("x")], options: TOOLS },
    { name: "a tool call without arguments", input: [Q, aiCalling("", ["f", {}]), toolResult("x")], options: TOOLS },
    { name: "a tool call with arguments of every kind", input: [Q, aiCalling("", ["f", { z: [1.5, null, { b: true }], a: "é", 1: "one" }]), toolResult("x")], options: TOOLS },
    { name: "two tool calls and their results", input: [Q, aiCalling("", ["f", { a: 1 }], ["g", {}]), toolResult("x"), toolResult("y", "call_2")], options: TOOLS },
    { name: "a whole tool round and a question after it", input: [Q, aiCalling("", ["f", {}]), toolResult("x"), ai("It is x."), NEXT], options: TOOLS },
    { name: "tool calls without tools", input: [Q, aiCalling("", ["f", { a: 1 }]), toolResult("x")] },
    { name: "a human message after a tool result", input: [Q, aiCalling("", ["f", {}]), toolResult("x"), human("Be quick.")], options: TOOLS },
    { name: "a tool call id that Bedrock refuses", input: [Q, aiOf("openai", { content: "", tool_calls: [{ id: "call_a|b", name: "f", args: {}, type: "tool_call" }] }), toolResult("x", "call_a|b")], options: TOOLS },
    { name: "a tool name that Bedrock refuses", input: [Q, aiCalling("", ["files.read", {}]), toolResult("x")], options: { tools: [{ toolSpec: { ...TOOL.toolSpec, name: "files.read" } }] } },
    {
      name: "a tool_use block of Anthropic's beside tool_calls",
      input: [Q, aiOf("anthropic", { content: [text("Let me see."), { type: "tool_use", id: "call_1", name: "f", input: { a: 1 } }], tool_calls: [{ id: "call_1", name: "f", args: { a: 1 }, type: "tool_call" }] }), toolResult("x")],
      options: TOOLS,
    },
    {
      name: "a tool_call block of LangChain's",
      input: [Q, aiOf("bedrock-converse", { content: [{ type: "tool_call", id: "call_1", name: "f", args: { a: 1 } }], tool_calls: [{ id: "call_1", name: "f", args: { a: 1 }, type: "tool_call" }] }), toolResult("x")],
      options: TOOLS,
    },
    { name: "thinking of Anthropic's", input: [Q, aiOf("anthropic", { content: [{ type: "thinking", thinking: "Hm", signature: "c2ln" }, text("Hello")] }), NEXT] },
    { name: "what streaming leaves in Anthropic's content", input: [Q, aiOf("anthropic", { content: [text("Hello"), { type: "input_json_delta", input: "{}" }] }), NEXT] },
    { name: "citations as they come out of invoke", input: [Q, ai({ type: "citations_content", citationsContent: { content: [{ text: "Blue." }], citations: [{ title: "T" }] } }), NEXT] },
    { name: "an image as it comes out of invoke", input: [Q, ai(text("Here:"), { type: "image", image: { format: "png", source: { bytes: bytes(PIXEL) } } }), NEXT] },
    { name: "guarded content as it comes out of invoke", input: [Q, ai({ type: "guard_content", guardContent: { text: { text: "x" } } }), NEXT] },
    { name: "a v1 message: text", input: [Q, aiOf("bedrock-converse", { content: [text("Hello")], response_metadata: { output_version: "v1" } }), NEXT] },
    {
      name: "a v1 message: reasoning, text and a tool call",
      input: [
        Q,
        aiOf("bedrock-converse", {
          content: [{ type: "reasoning", reasoning: "Hm", signature: "c2ln" }, text("Hello"), { type: "tool_call", id: "call_1", name: "f", args: { a: 1 } }],
          response_metadata: { output_version: "v1" },
        }),
        toolResult("x"),
      ],
      options: TOOLS,
    },
    { name: "a v1 message: an image", input: [Q, aiOf("bedrock-converse", { content: [{ type: "image", mimeType: "image/png", data: PIXEL }], response_metadata: { output_version: "v1" } }), NEXT] },
    { name: "a v1 message: empty text", input: [Q, aiOf("bedrock-converse", { content: [text(""), text("Hello")], response_metadata: { output_version: "v1" } }), NEXT] },
    {
      name: "a v1 message: citations",
      input: [
        Q,
        aiOf("bedrock-converse", {
          content: [{ ...text("Blue."), annotations: [{ type: "citation", citedText: "sky", source: "0", startIndex: 1, endIndex: 4 }] }],
          response_metadata: { output_version: "v1" },
        }),
        NEXT,
      ],
    },
    {
      name: "a v1 message: citations of a page on the web",
      input: [
        Q,
        aiOf("bedrock-converse", {
          content: [{ ...text("Blue."), annotations: [{ type: "citation", citedText: "sky", url: "https://example.com", title: "Sky" }] }],
          response_metadata: { output_version: "v1" },
        }),
        NEXT,
      ],
    },
    { name: "a v1 message: a cache point", input: [Q, aiOf("bedrock-converse", { content: [text("Hello"), { type: "non_standard", value: { type: "cache_point", cachePoint: { type: "default" } } }], response_metadata: { output_version: "v1" } }), NEXT] },
  ],
};
