/** Bytes and long base64 cross beside the JSON. Nothing in the messages may name them: whoever controls a tool's output controls that. */
import { AIMessage, HumanMessage, ToolMessage } from "@langchain/core/messages";
import { startBedrock, type Bedrock } from "langchain-aws-native/testing";
import { ourModel } from "../support/models.js";

let bedrock: Bedrock;
beforeAll(async () => void (bedrock = await startBedrock()));
afterEach(() => bedrock.reset());
afterAll(() => bedrock.close());

const PNG = new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 1, 2, 3, 4]);
const BASE64 = Buffer.from(PNG).toString("base64");
const LONG = Buffer.concat([PNG, Buffer.alloc(30_000)]).toString("base64");

describe.each([
  ["a short conversation", ""],
  ["a long one, in the compact form", "word ".repeat(8_000)],
])("%s", (_name, padding) => {
  test.each([{ $attachment: 0 }, { "": 0 }, { $attachment: 1, x: 1 }])("%j in a tool's arguments and result stays what it is", async (mark) => {
    await ourModel(bedrock).invoke([
      new HumanMessage({ content: [{ type: "image", mimeType: "image/png", data: PNG }, { type: "text", text: `${padding}What is this?` }] }),
      new AIMessage({ content: "", tool_calls: [{ id: "call_1", name: "look", args: { at: mark } }] }),
      new ToolMessage({ tool_call_id: "call_1", content: [{ type: "json", json: { seen: mark } } as never, { type: "image", mimeType: "image/png", data: LONG }] }),
    ]);
    const [question, call, result] = bedrock.requests[0]?.body.messages as unknown as [{ content: unknown[] }, { content: unknown[] }, { content: unknown[] }];
    expect(question.content[0]).toEqual({ image: { format: "png", source: { bytes: BASE64 } } });
    expect(call.content).toEqual([{ toolUse: { toolUseId: "call_1", name: "look", input: { at: mark } } }]);
    expect(result.content).toEqual([
      { toolResult: { toolUseId: "call_1", content: [{ json: { seen: mark } }, { image: { format: "png", source: { bytes: LONG } } }] } },
    ]);
  });
});

test("a long text deep in a tool's JSON is sent", async () => {
  const deep = Array.from({ length: 60 }).reduce<object>((inner) => ({ inner }), { data: LONG, bytes: PNG });
  await ourModel(bedrock).invoke([
    new HumanMessage("What is this?"),
    new AIMessage({ content: "", tool_calls: [{ id: "call_1", name: "look", args: {} }] }),
    new ToolMessage({ tool_call_id: "call_1", content: [{ type: "json", json: deep } as never] }),
  ]);
  const sent = bedrock.requests[0]?.rawBody.toString() ?? "";
  expect(sent.split(LONG)).toHaveLength(2);
  expect(sent.split(`"bytes":"${BASE64}"`)).toHaveLength(2);
  expect(sent).not.toContain('{"":0}');
});
