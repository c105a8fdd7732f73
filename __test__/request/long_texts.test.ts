/** Long texts cross to the core in pieces. */
import { AIMessage, ChatMessage, HumanMessage, SystemMessage, ToolMessage } from "@langchain/core/messages";
import { startBedrock } from "langchain-aws-native/testing";
import { ourModel } from "../support/models.js";
import { rejection } from "../support/rejection.js";

/** Of both sides of each border between the ways to cross, and of borders between pieces. */
const LENGTHS = [16 * 1024 - 200, 16 * 1024, 128 * 1024 - 60, 128 * 1024, 512 * 1024 - 100, 512 * 1024, 1_500_000];

describe.each([
  ["ASCII", "a"],
  ["text of two bytes a character", "é"],
  ["pairs, which no border may tear apart", "😀"],
  ["pairs that begin one unit later", "😀", "a"],
  ["a bit of everything", 'a"é\n漢😀'],
])("%s", (_name, pattern, start = "") => {
  test.each(LENGTHS)("arrives whole, at a length of %i", async (length) => {
    const text = start + pattern.repeat(length / pattern.length);
    const bedrock = await startBedrock();
    await ourModel(bedrock).invoke(text);
    const { messages } = bedrock.requests[0]?.body as unknown as { messages: { content: { text: string }[] }[] };
    const arrived = messages[0]?.content[0]?.text ?? "";
    // Not compared as strings: the difference of two such strings takes Jest all memory.
    expect([arrived.length, arrived === text]).toEqual([text.length, true]);
    await bedrock.close();
  });
});

test.each([100_000, 600_000, 3_000_000])("several data URLs of %i characters arrive whole, each in its place", async (length) => {
  const images = ["A", "B", "C"].map((letter) => `iVBORw0KGgo${letter.repeat(Math.floor(length / 4) * 4 + 1)}`);
  const content = images.map((data) => ({ type: "image_url", image_url: { url: `data:image/png;base64,${data}` } }));
  const bedrock = await startBedrock();
  await ourModel(bedrock).invoke([new HumanMessage({ content })]);
  const { messages } = bedrock.requests[0]?.body as unknown as { messages: { content: { image: { source: { bytes: string } } }[] }[] };
  expect(messages[0]?.content.map(({ image }, index) => image.source.bytes === images[index])).toEqual([true, true, true]);
  await bedrock.close();
});

describe("a conversation with much text", () => {
  const texts = ["", " ", "short", "a text that is long enough to be taken out", "é, 漢字 and 😀, long enough to be taken out", 'quotes ", \\ and\nline ends\u0001, long enough', `half a pair \ud83d, long enough to be taken out`];
  const blocks = texts.flatMap((text) => [text, { type: "text", text }, { type: "text", text, cache_control: { type: "ephemeral" } }, { text }]);
  const image = { type: "image_url", image_url: { url: "data:image/png;base64,iVBORw0KGgoAAAAN" } };
  const call = (id: string) => ({ name: "search", args: { query: texts[3], limit: 1.5 }, id, type: "tool_call" as const });
  /** What JSON makes something else of than it looks like. */
  class Text {
    text = texts[3];
    more = true;
    get type(): string {
      return "text";
    }
  }
  const redacted = { toJSON: () => ({ type: "text", text: "redacted" }) };
  const odd: unknown[] = [42, Number.NaN, true, [42], Object(42), { toJSON: () => 3 }, new Text(), Object.assign(Object.create(redacted), { type: "text", text: texts[3] })];
  const messages = [
    new SystemMessage(texts.join("")),
    ...texts.slice(1).map((text) => new HumanMessage(`${text}.`)),
    new HumanMessage({ content: [image, ...blocks] as HumanMessage["content"], name: "ann" }),
    new AIMessage({ content: [{ type: "text", text: texts[3] ?? "" }], tool_calls: [call("one"), call("two"), call("three")] }),
    new ToolMessage({ content: texts[4] ?? "", tool_call_id: "one", status: "error" }),
    new ToolMessage({ content: [{ type: "text", text: texts[5] ?? "" }, image], tool_call_id: "two" }),
    new ToolMessage({ content: odd as ToolMessage["content"], tool_call_id: "three" }),
    new ChatMessage(texts[4] ?? "", "assistant"),
  ];

  /** The body, without the last text. */
  async function sent(question: string): Promise<unknown> {
    const bedrock = await startBedrock({ strict: false });
    await ourModel(bedrock).invoke([...messages, new HumanMessage(question)]);
    await bedrock.close();
    const body = JSON.parse(String(bedrock.requests[0]?.rawBody)) as { messages: { content: unknown[] }[] };
    body.messages.at(-1)?.content.pop();
    return body;
  }

  test("is sent as one with little", async () => {
    expect(await sent("x".repeat(20_000))).toEqual(await sent("x"));
  });

  test.each([5, true, {}, [5], [null], [[]], [{ type: "unknown" }]])("is refused for %j as one with little is", async (content) => {
    const bedrock = await startBedrock();
    const refusal = (question: string) => rejection<Error>(ourModel(bedrock).invoke([new HumanMessage({ content: content as unknown as string }), new HumanMessage(question)]));
    const { message } = await refusal("x");
    expect(message).toMatch(/^messages\[0\]/);
    expect((await refusal("x".repeat(20_000))).message).toBe(message);
    await bedrock.close();
  });
});
