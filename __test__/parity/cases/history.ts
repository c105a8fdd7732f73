import { assistant, request, user, wireToolResult, wireToolUse } from "../marks.js";
import { ai, aiCalling, aiOf, bytes, human, PIXEL, toolResult } from "../messages.js";
import { ALTERNATING, LEGAL_NAMES } from "../reasons.js";
import type { Difference, Subject } from "../types.js";

const EMPTY_ANSWER = "An AI message with nothing but white space is left out, since Bedrock refuses it, and so is an empty text block in one.";
const BREAKS = 'Line breaks after reasoning are left out instead of being sent as the text "undefined", since Bedrock refuses empty text.';
const UNSIGNED = "Reasoning without a signature is not sent to Claude, which refuses it.";
const SIGNED_EMPTY = "Reasoning whose text is not shown is sent with its signature, since Claude wants back what it signed.";
const FOREIGN = "Reasoning of another provider's model is not sent to Claude, which refuses what it did not sign.";
const REDACTED = "Blocks of redacted reasoning are sent as they came, one by one: joined they are nothing that Claude has said.";
const NO_TOOLS = "A request without tools whose history has tool calls declares the tools that were called, since Bedrock refuses it otherwise.";
const DIALECTS =
  "Blocks of Anthropic, OpenAI and LangChain's own in AI messages (`tool_use`, `tool_call`, `thinking` …) are sent as what they mean, so that a conversation can change its model.";
const REPLAYED = "All blocks that Bedrock answers with can be sent back (citations, guard content …), so that a conversation can go on.";
const ASSISTANT_MEDIA = "Media of an AI message are sent in the user's turn behind it, since Bedrock takes them in turns of the user only.";
const V1_CITATIONS = "Citations in v1 messages keep their title and their place on the web.";
const PAIRED =
  "A history whose tool calls and results do not fit is repaired, and each change reported in `response_metadata.warnings`, since Bedrock refuses it: a call without its result gets one that says so, a result without its call becomes text, and of two results the last is sent.";
const OBJECTS = "Arguments of a tool call that are no object are sent as the member `arguments` of one, since Bedrock refuses anything else.";
const FOUR_POINTS = "Of more than four cache points the last of the messages are sent, since Bedrock refuses more.";
const V1_CACHE = "Cache points in v1 messages are sent.";

const TOOL = { toolSpec: { name: "f", inputSchema: { json: { type: "object" } } } };
const TOOLS = { tools: [TOOL, { toolSpec: { ...TOOL.toolSpec, name: "g" } }] };
const HI = user({ text: "Hi" });
const FOLLOWS = { text: "(The image follows in the next turn.)" };
const PICTURE = { image: { format: "png", source: { bytes: PIXEL } } };
const NOT_CARRIED_OUT = wireToolResult([{ text: "The tool call was not carried out: the conversation went on without its result." }], "call_1", { status: "error" });
const AND = user({ text: "And?" });

/** What is asked, an answer of the blocks `said`, and the next question. */
function said(why: string, ...blocks: object[]): Difference {
  return request(why, { messages: [HI, assistant(...blocks), AND] });
}

/** What is asked and answered by the blocks `said` and what the tool returned. */
function called(why: string, ...blocks: object[]): Difference {
  return request(why, { messages: [HI, assistant(...blocks), user(wireToolResult([{ text: "x" }]))], toolConfig: TOOLS });
}

const Q = human("Hi");
const NEXT = human("And?");
const text = (value: string): object => ({ type: "text", text: value });

export const history: Subject = {
  subject: "history",
  cases: [
    {
      name: "a call without its result",
      input: [Q, aiCalling("", ["f", {}]), NEXT],
      options: TOOLS,
      differs: request(PAIRED, { messages: [HI, assistant(wireToolUse("f", {})), user(NOT_CARRIED_OUT, { text: "And?" })], toolConfig: TOOLS }),
    },
    {
      name: "a result without its call",
      input: [Q, ai("Hello."), toolResult("x")],
      options: TOOLS,
      differs: request(PAIRED, { messages: [HI, assistant({ text: "Hello." }), user({ text: 'Result of the tool call "call_1", which is not in this conversation:' }, { text: "x" })], toolConfig: TOOLS }),
    },
    {
      name: "two results of one call",
      input: [Q, aiCalling("", ["f", {}]), toolResult("x"), toolResult("y")],
      options: TOOLS,
      differs: request(PAIRED, { messages: [HI, assistant(wireToolUse("f", {})), user(wireToolResult([{ text: "y" }]))], toolConfig: TOOLS }),
    },
    {
      name: "arguments that are no object",
      input: [Q, aiCalling("", ["f", [1] as never]), toolResult("x")],
      options: TOOLS,
      differs: request(OBJECTS, { messages: [HI, assistant(wireToolUse("f", { arguments: [1] })), user(wireToolResult([{ text: "x" }]))], toolConfig: TOOLS }),
    },
    {
      name: "five cache points",
      input: [human(...[1, 2, 3, 4, 5].flatMap((number) => [text(`Part ${number}.`), { cachePoint: { type: "default" } }]))],
      differs: request(FOUR_POINTS, { messages: [user({ text: "Part 1." }, ...[2, 3, 4, 5].flatMap((number) => [{ text: `Part ${number}.` }, { cachePoint: { type: "default" } }]))] }),
    },
    { name: "an AI message of text blocks", input: [Q, ai(text("One."), text("Two.")), NEXT] },
    { name: "an AI message with further members in its blocks", input: [Q, ai({ ...text("One."), index: 0 }), NEXT] },
    {
      name: "an empty AI message",
      input: [Q, ai(""), NEXT],
      differs: request(EMPTY_ANSWER, { messages: [user({ text: "Hi" }, { text: "And?" })] }),
    },
    {
      name: "an AI message of white space",
      input: [Q, ai(" "), NEXT],
      differs: request(EMPTY_ANSWER, { messages: [user({ text: "Hi" }, { text: "And?" })] }),
    },
    {
      name: "an AI message without blocks",
      input: [Q, aiOf("bedrock-converse", { content: [] }), NEXT],
      differs: request(EMPTY_ANSWER, { messages: [user({ text: "Hi" }, { text: "And?" })] }),
    },
    {
      name: "an empty text block",
      input: [Q, ai(text("")), NEXT],
      differs: request(EMPTY_ANSWER, { messages: [user({ text: "Hi" }, { text: "And?" })] }),
    },
    { name: "an empty text block beside text", input: [Q, ai(text(""), text("Hello")), NEXT], differs: said(EMPTY_ANSWER, { text: "Hello" }) },
    { name: "a text block of line breaks after text", input: [Q, ai(text("Hello"), text("\n\n")), NEXT] },
    {
      name: "a text block of line breaks after reasoning",
      input: [Q, ai({ type: "reasoning", reasoning: "Hm", signature: "c2ln" }, text("\n\n"), text("Hello")), NEXT],
      differs: said(BREAKS, { reasoningContent: { reasoningText: { text: "Hm", signature: "c2ln" } } }, { text: "Hello" }),
    },
    { name: "a text block of line breaks first", input: [Q, ai(text("\n\n"), text("Hello")), NEXT] },
    { name: "signed reasoning", input: [Q, ai({ type: "reasoning", reasoning: "Hm", signature: "c2ln" }, text("Hello")), NEXT] },
    {
      name: "signed reasoning with a stream's index",
      input: [Q, ai({ type: "reasoning", reasoning: "Hm", signature: "c2ln", index: 0 }, text("Hello")), NEXT],
    },
    {
      name: "unsigned reasoning to Claude",
      input: [Q, ai({ type: "reasoning", reasoning: "Hm" }, text("Hello")), NEXT],
      differs: said(UNSIGNED, { text: "Hello" }),
    },
    { name: "unsigned reasoning to another model", fields: { model: "openai.gpt-oss-120b-1:0" }, input: [Q, ai({ type: "reasoning", reasoning: "Hm" }, text("Hello")), NEXT] },
    { name: "empty reasoning", input: [Q, ai({ type: "reasoning", reasoning: "" }, text("Hello")), NEXT] },
    {
      name: "empty reasoning that is signed",
      input: [Q, ai({ type: "reasoning", reasoning: "", signature: "c2ln" }, text("Hello")), NEXT],
      differs: said(SIGNED_EMPTY, { reasoningContent: { reasoningText: { text: "", signature: "c2ln" } } }, { text: "Hello" }),
    },
    {
      name: "reasoning_content",
      input: [Q, ai({ type: "reasoning_content", reasoningText: { text: "Hm", signature: "c2ln" } }, text("Hello")), NEXT],
    },
    {
      name: "reasoning_content in a stream's pieces",
      input: [
        Q,
        ai(
          { type: "reasoning_content", reasoningText: { text: "H" } },
          { type: "reasoning_content", reasoningText: { text: "m" } },
          { type: "reasoning_content", reasoningText: { signature: "c2ln" } },
          text("Hello"),
        ),
        NEXT,
      ],
    },
    { name: "redacted reasoning", input: [Q, ai({ type: "reasoning_content", redactedContent: "c2VjcmV0" }, text("Hello")), NEXT] },
    {
      name: "two blocks of redacted reasoning",
      input: [
        Q,
        ai({ type: "reasoning_content", redactedContent: "YQ==" }, { type: "reasoning_content", redactedContent: "Yg==" }, text("Hello")),
        NEXT,
      ],
      differs: said(
        REDACTED,
        { reasoningContent: { redactedContent: "YQ==" } },
        { reasoningContent: { redactedContent: "Yg==" } },
        { text: "Hello" },
      ),
    },
    {
      name: "reasoning of Anthropic's own API, to Claude",
      input: [Q, aiOf("anthropic", { content: [{ type: "reasoning", reasoning: "Hm", signature: "c2ln" }, text("Hello")] }), NEXT],
    },
    {
      name: "reasoning of another provider, to Claude",
      input: [Q, aiOf("openai", { content: [{ type: "reasoning", reasoning: "Hm", signature: "c2ln" }, text("Hello")] }), NEXT],
      differs: said(FOREIGN, { text: "Hello" }),
    },
    { name: "a cache point", input: [Q, ai(text("Hello"), { cachePoint: { type: "default" } }), NEXT] },
    { name: "a tool call", input: [Q, aiCalling("", ["f", { a: 1 }]), toolResult("x")], options: TOOLS },
    { name: "a tool call after text", input: [Q, aiCalling("Let me see.", ["f", { a: 1 }]), toolResult("x")], options: TOOLS },
    { name: "a tool call after text blocks", input: [Q, aiCalling([text("Let me see.")], ["f", { a: 1 }]), toolResult("x")], options: TOOLS },
    {
      name: "a tool call after reasoning",
      input: [Q, aiCalling([{ type: "reasoning", reasoning: "Hm", signature: "c2ln" }], ["f", { a: 1 }]), toolResult("x")],
      options: TOOLS,
    },
    { name: "a tool call without arguments", input: [Q, aiCalling("", ["f", {}]), toolResult("x")], options: TOOLS },
    {
      name: "a tool call with arguments of every kind",
      input: [Q, aiCalling("", ["f", { z: [1.5, null, { b: true }], a: "é", 1: "one" }]), toolResult("x")],
      options: TOOLS,
    },
    {
      name: "two tool calls and their results",
      input: [Q, aiCalling("", ["f", { a: 1 }], ["g", {}]), toolResult("x"), toolResult("y", "call_2")],
      options: TOOLS,
    },
    {
      name: "a whole tool round and a question after it",
      input: [Q, aiCalling("", ["f", {}]), toolResult("x"), ai("It is x."), NEXT],
      options: TOOLS,
    },
    {
      name: "tool calls without tools",
      input: [Q, aiCalling("", ["f", { a: 1 }]), toolResult("x")],
      differs: request(NO_TOOLS, {
        messages: [HI, assistant(wireToolUse("f", { a: 1 })), user(wireToolResult([{ text: "x" }]))],
        toolConfig: { tools: [TOOL] },
      }),
    },
    {
      name: "a human message after a tool result",
      input: [Q, aiCalling("", ["f", {}]), toolResult("x"), human("Be quick.")],
      options: TOOLS,
      differs: request(ALTERNATING, {
        messages: [HI, assistant(wireToolUse("f", {})), user(wireToolResult([{ text: "x" }]), { text: "Be quick." })],
        toolConfig: TOOLS,
      }),
    },
    {
      name: "a tool call id that Bedrock refuses",
      input: [
        Q,
        aiOf("openai", { content: "", tool_calls: [{ id: "call_a|b", name: "f", args: {}, type: "tool_call" }] }),
        toolResult("x", "call_a|b"),
      ],
      options: TOOLS,
      differs: request(LEGAL_NAMES, {
        messages: [HI, assistant(wireToolUse("f", {}, "call_a_b")), user(wireToolResult([{ text: "x" }], "call_a_b"))],
        toolConfig: TOOLS,
      }),
    },
    {
      name: "a tool name that Bedrock refuses",
      input: [Q, aiCalling("", ["files.read", {}]), toolResult("x")],
      options: { tools: [{ toolSpec: { ...TOOL.toolSpec, name: "files.read" } }] },
      differs: request(LEGAL_NAMES, {
        messages: [HI, assistant(wireToolUse("files_read", {})), user(wireToolResult([{ text: "x" }]))],
        toolConfig: { tools: [{ toolSpec: { ...TOOL.toolSpec, name: "files_read" } }] },
      }),
    },
    {
      name: "a tool_use block of Anthropic's beside tool_calls",
      input: [
        Q,
        aiOf("anthropic", {
          content: [text("Let me see."), { type: "tool_use", id: "call_1", name: "f", input: { a: 1 } }],
          tool_calls: [{ id: "call_1", name: "f", args: { a: 1 }, type: "tool_call" }],
        }),
        toolResult("x"),
      ],
      options: TOOLS,
      differs: called(DIALECTS, { text: "Let me see." }, wireToolUse("f", { a: 1 })),
    },
    {
      name: "a tool_call block of LangChain's",
      input: [
        Q,
        aiOf("bedrock-converse", {
          content: [{ type: "tool_call", id: "call_1", name: "f", args: { a: 1 } }],
          tool_calls: [{ id: "call_1", name: "f", args: { a: 1 }, type: "tool_call" }],
        }),
        toolResult("x"),
      ],
      options: TOOLS,
      differs: called(DIALECTS, wireToolUse("f", { a: 1 })),
    },
    {
      name: "thinking of Anthropic's",
      input: [Q, aiOf("anthropic", { content: [{ type: "thinking", thinking: "Hm", signature: "c2ln" }, text("Hello")] }), NEXT],
      differs: said(DIALECTS, { reasoningContent: { reasoningText: { text: "Hm", signature: "c2ln" } } }, { text: "Hello" }),
    },
    {
      name: "what streaming leaves in Anthropic's content",
      input: [Q, aiOf("anthropic", { content: [text("Hello"), { type: "input_json_delta", input: "{}" }] }), NEXT],
      differs: said(DIALECTS, { text: "Hello" }),
    },
    {
      name: "citations as they come out of invoke",
      input: [Q, ai({ type: "citations_content", citationsContent: { content: [{ text: "Blue." }], citations: [{ title: "T" }] } }), NEXT],
      differs: said(REPLAYED, { citationsContent: { content: [{ text: "Blue." }], citations: [{ title: "T" }] } }),
    },
    {
      name: "an image as it comes out of invoke",
      input: [Q, ai(text("Here:"), { type: "image", image: { format: "png", source: { bytes: bytes(PIXEL) } } }), NEXT],
      differs: request(ASSISTANT_MEDIA, {
        messages: [HI, assistant({ text: "Here:" }, FOLLOWS), user({ text: "The image of the assistant:" }, PICTURE, { text: "And?" })],
      }),
    },
    {
      name: "guarded content as it comes out of invoke",
      input: [Q, ai({ type: "guard_content", guardContent: { text: { text: "x" } } }), NEXT],
      differs: said(REPLAYED, { guardContent: { text: { text: "x" } } }),
    },
    {
      name: "a v1 message: text",
      input: [Q, aiOf("bedrock-converse", { content: [text("Hello")], response_metadata: { output_version: "v1" } }), NEXT],
    },
    {
      name: "a v1 message: reasoning, text and a tool call",
      input: [
        Q,
        aiOf("bedrock-converse", {
          content: [
            { type: "reasoning", reasoning: "Hm", signature: "c2ln" },
            text("Hello"),
            { type: "tool_call", id: "call_1", name: "f", args: { a: 1 } },
          ],
          response_metadata: { output_version: "v1" },
        }),
        toolResult("x"),
      ],
      options: TOOLS,
    },
    {
      name: "a v1 message: an image",
      input: [
        Q,
        aiOf("bedrock-converse", { content: [{ type: "image", mimeType: "image/png", data: PIXEL }], response_metadata: { output_version: "v1" } }),
        NEXT,
      ],
      differs: request(ASSISTANT_MEDIA, { messages: [HI, assistant(FOLLOWS), user({ text: "The image of the assistant:" }, PICTURE, { text: "And?" })] }),
    },
    {
      name: "a v1 message: empty text",
      input: [Q, aiOf("bedrock-converse", { content: [text(""), text("Hello")], response_metadata: { output_version: "v1" } }), NEXT],
      differs: said(EMPTY_ANSWER, { text: "Hello" }),
    },
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
      differs: said(V1_CITATIONS, {
        citationsContent: {
          content: [{ text: "Blue." }],
          citations: [{ title: "Sky", sourceContent: [{ text: "sky" }], location: { web: { url: "https://example.com" } } }],
        },
      }),
    },
    {
      name: "a v1 message: a cache point",
      input: [
        Q,
        aiOf("bedrock-converse", {
          content: [text("Hello"), { type: "non_standard", value: { type: "cache_point", cachePoint: { type: "default" } } }],
          response_metadata: { output_version: "v1" },
        }),
        NEXT,
      ],
      differs: said(V1_CACHE, { text: "Hello" }, { cachePoint: { type: "default" } }),
    },
  ],
};
