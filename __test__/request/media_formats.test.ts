/** A wrong type of a medium is corrected by its first bytes, with a warning; Bedrock refuses it otherwise. */
import { HumanMessage } from "@langchain/core/messages";
import { startBedrock, type Bedrock } from "langchain-aws-native/testing";
import { ourModel, ourModelByClient } from "../support/models.js";

let bedrock: Bedrock;
beforeAll(async () => void (bedrock = await startBedrock()));
afterEach(() => bedrock.reset());
afterAll(() => bedrock.close());

const PNG = new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 1, 2, 3, 4]);
const BASE64 = Buffer.from(PNG).toString("base64");
const ask = (block: object): HumanMessage[] => [new HumanMessage({ content: [{ type: "text", text: "What is this?" }, block as never] })];
const sent = (): unknown => (bedrock.requests.at(-1)?.body.messages as unknown as [{ content: unknown[] }])[0].content[1];

const WRONG: [name: string, block: object][] = [
  ["bytes", { type: "image", mimeType: "image/jpeg", data: PNG }],
  ["base64", { type: "image", source_type: "base64", mime_type: "image/webp", data: BASE64 }],
  ["a data URL", { type: "image_url", image_url: { url: `data:image/jpeg;base64,${BASE64}` } }],
  ["Converse's shape", { image: { format: "jpeg", source: { bytes: PNG } } }],
  ["Converse's shape with a type, and base64", { type: "image", image: { format: "gif", source: { bytes: BASE64 } } }],
  ["Anthropic's block", { type: "image", source: { type: "base64", media_type: "image/gif", data: BASE64 } }],
];

describe.each([
  ["the native client", ourModel],
  ["AWS's client for JavaScript", ourModelByClient],
])("by %s", (_way, model) => {
  test.each(WRONG)("%s of a PNG with another type are sent as PNG", async (_name, block) => {
    const { response_metadata } = await model(bedrock).invoke(ask(block));
    expect(sent()).toEqual({ image: { format: "png", source: { bytes: BASE64 } } });
    expect(response_metadata["warnings"]).toEqual([{ code: "media_format_corrected", path: "messages[0].content[1]", message: expect.stringContaining("are png, not ") }]);
  });

  test("the right type, and bytes that tell nothing, stay as they are", async () => {
    for (const [mimeType, data] of [["image/png", PNG], ["image/jpeg", new Uint8Array(12)]] as const) {
      const { response_metadata } = await model(bedrock).invoke(ask({ type: "image", mimeType, data }));
      expect(sent()).toMatchObject({ image: { format: mimeType.slice("image/".length) } });
      expect(response_metadata).not.toHaveProperty("warnings");
    }
  });
});

test("a strict model refuses a wrong type, and one without adaptation sends it, which Bedrock refuses", async () => {
  const [, block] = WRONG[0]!;
  const place = /^messages\[0\]\.content\[1\]: The bytes of the image block are png, not jpeg/;
  await expect(ourModel(bedrock, { adaptation: "strict" }).invoke(ask(block))).rejects.toThrow(place);
  expect(bedrock.requests).toHaveLength(0);
  await expect(ourModel(bedrock, { adaptation: "off" }).invoke(ask(block))).rejects.toThrow("The provided image does not match the specified image format.");
});
