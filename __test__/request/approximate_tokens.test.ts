import { AIMessage, HumanMessage } from "@langchain/core/messages";
import { approximateContent, approximateMessage, approximateText } from "../../langchain/request/approximate_tokens.js";

const ENGLISH = "The quick brown fox jumps over the lazy dog.";
const CHINESE = "我能吞下玻璃而不伤身体。";
const CODE = "function add(a, b) {\n  return a + b;\n}\n";

describe("texts", () => {
  test.each([
    ["nothing", "", 0],
    ["English: a token a word, and the full stop", ENGLISH, 10],
    ["a long word", "internationalization", 4],
    ["Chinese: a token a character", CHINESE, 12],
    ["Japanese", "吾輩は猫である", 7],
    ["Korean", "안녕하세요", 5],
    ["digits in threes", "1234567", 3],
    ["emoji", "👍👍👍", 4],
    ["Cyrillic by bytes", "Привет", 4],
    ["one space is part of a word, indentation is not", "a  b c", 4],
    ["a blank line is one", "a\n\n  b", 3],
    ["base64", "iVBORw0KGgoAAAANSUhEUgAAAAUA".repeat(10), 187],
    ["half of a surrogate pair", "\ud83d", 1],
  ])("%s", (_what, text, tokens) => {
    expect(approximateText(text)).toBe(tokens);
  });

  test("code is denser than prose", () => {
    expect(approximateText(CODE)).toBe(19);
    expect(approximateText(CODE) / CODE.length).toBeGreaterThan(approximateText(ENGLISH) / ENGLISH.length);
  });

  test("of a long text, the number grows with its length", () => {
    expect(approximateText(`${ENGLISH} `.repeat(10_000))).toBe(100_000);
  });
});

const BYTES = Buffer.alloc(99_999, "x");
const BASE64 = BYTES.toString("base64");

describe("blocks", () => {
  test.each([
    ["texts add up", [{ type: "text", text: ENGLISH }, ENGLISH], 20],
    ["an image of LangChain's", [{ type: "image", mimeType: "image/png", data: BASE64 }], 1600],
    ["an image by URL", [{ type: "image_url", image_url: "https://example.com/x.png" }], 1600],
    ["an image of Converse's", [{ image: { format: "png", source: { bytes: BYTES } } }], 1600],
    ["a file that is an image", [{ type: "file", mimeType: "image/png", data: BASE64 }], 1600],
    ["sound", [{ type: "audio", mimeType: "audio/mp3", data: BASE64 }], 1600],
    ["a PDF: a page for each 32 KB", [{ type: "file", mimeType: "application/pdf", data: BASE64 }], 4 * 1600],
    ["a PDF of Converse's", [{ document: { format: "pdf", name: "a", source: { bytes: BYTES } } }], 4 * 1600],
    ["a document of text: four bytes a token", [{ type: "file", mimeType: "text/csv", data: BASE64 }], 25_000],
    ["a document's own text", [{ document: { format: "txt", name: "a", source: { text: ENGLISH } } }], 10],
    ["a document elsewhere", [{ document: { format: "pdf", name: "a", source: { s3Location: { uri: "s3://bucket/a.pdf" } } } }], 1600],
    ["reasoning, without its signature", [{ type: "reasoning_content", reasoningText: { text: ENGLISH, signature: BASE64 } }], 10],
    ["reasoning of Anthropic's", [{ type: "thinking", thinking: ENGLISH, signature: BASE64 }], 10],
    ["encrypted reasoning", [{ type: "redacted_thinking", data: BASE64 }], 0],
    ["a tool's result with an image", [{ type: "tool_result", tool_use_id: "t1", content: [{ type: "text", text: ENGLISH }, { type: "image", source: {} }] }], 1610],
    ["a tool's result of Converse's", [{ toolResult: { toolUseId: "t1", content: [{ text: ENGLISH }] } }], 10],
    ["what is nothing", [null, 5, {}], 1],
  ])("%s", (_what, content, tokens) => {
    expect(approximateContent(content)).toBe(tokens);
  });

  test("an object that contains itself", () => {
    const block: Record<string, unknown> = { type: "tool_use" };
    block["input"] = block;
    expect(approximateContent([block])).toBe(0);
  });
});

describe("messages", () => {
  const tool_calls = [{ id: "t1", name: "get_weather", args: { city: "Paris" }, type: "tool_call" as const }];

  test("have four tokens beside their content", () => {
    expect(approximateMessage(new HumanMessage(ENGLISH))).toBe(14);
  });

  test("have their tool calls, once", () => {
    const call = new AIMessage({ content: "", tool_calls });
    const inContent = new AIMessage({ content: [{ type: "tool_use", id: "t1", name: "get_weather", input: { city: "Paris" } }], tool_calls });
    const counts = [call, inContent].map(approximateMessage);
    expect(counts[0]).toBeGreaterThan(10);
    expect(Math.abs((counts[0] ?? 0) - (counts[1] ?? 0))).toBeLessThanOrEqual(1);
  });
});
