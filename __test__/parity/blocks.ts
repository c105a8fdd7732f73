import fc from "fast-check";
import type { ContentBlock, JsonObject } from "langchain-aws-native/testing";

/** A text that Bedrock accepts. */
export const anyText: fc.Arbitrary<string> = fc.oneof(
  fc.lorem({ maxCount: 8 }),
  fc.string({ unit: "grapheme", minLength: 1 }).filter((text) => text.trim() !== ""),
);

export const anyObject: fc.Arbitrary<JsonObject> = fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 2 }), {
  maxKeys: 4,
}) as fc.Arbitrary<JsonObject>;

export const anyBase64: fc.Arbitrary<string> = fc.uint8Array({ minLength: 1, maxLength: 9 }).map((bytes) => Buffer.from(bytes).toString("base64"));

/** What Bedrock accepts as a tool's name and as a call's id. */
export const anyName: fc.Arbitrary<string> = fc.stringMatching(/^[a-zA-Z0-9_-]{1,12}$/);

/** Members that the API does not have yet, for places where there is room for them. (`null` is as good as absent to AWS.) */
const unknownMembers: fc.Arbitrary<JsonObject> = fc.oneof(
  { weight: 3, arbitrary: fc.constant({}) },
  { weight: 1, arbitrary: fc.record({ sparkle: fc.jsonValue({ maxDepth: 1 }).filter((value) => value !== null) }) as fc.Arbitrary<JsonObject> },
);

const source = fc.oneof(
  anyBase64.map((bytes): JsonObject => ({ bytes })),
  anyName.map((key): JsonObject => ({ s3Location: { uri: `s3://bucket/${key}`, bucketOwner: "123456789012" } })),
);

function medium(format: fc.Arbitrary<string>): fc.Arbitrary<JsonObject> {
  return fc.tuple(fc.record({ format, source }), unknownMembers).map(([members, others]) => ({ ...members, ...others }));
}

const image = medium(fc.constantFrom("png", "jpeg", "gif", "webp"));
const video = medium(fc.constantFrom("mp4", "mov", "three_gp"));
const audio = medium(fc.constantFrom("wav", "mp3", "opus"));
const document = fc
  .record({
    format: fc.constantFrom("pdf", "txt"),
    source: fc.oneof(
      source,
      anyText.map((text): JsonObject => ({ text })),
    ),
    others: unknownMembers,
  })
  .map(({ format, source, others }): JsonObject => ({ format, name: "document", source, ...others }));
const searchResult = fc.record({
  source: anyText,
  title: anyText,
  content: fc.array(fc.record({ text: anyText }), { minLength: 1, maxLength: 2 }),
}) as fc.Arbitrary<JsonObject>;
const location = fc.oneof(
  fc
    .constantFrom("documentChar", "documentPage", "documentChunk")
    .chain((kind) => fc.record({ [kind]: fc.record({ documentIndex: fc.nat(3), start: fc.nat(9), end: fc.nat(9) }) })),
  fc.record({ web: fc.record({ url: fc.webUrl(), domain: fc.domain() }) }),
  fc.record({ searchResultLocation: fc.record({ searchResultIndex: fc.nat(3), start: fc.nat(9), end: fc.nat(9) }) }),
) as fc.Arbitrary<JsonObject>;
const citation = fc
  .tuple(fc.record({ title: anyText, sourceContent: fc.array(fc.record({ text: anyText }), { maxLength: 2 }), location }), unknownMembers)
  .map(([members, others]) => ({ ...members, ...others }) as JsonObject);
const toolResultContent = fc.oneof(
  anyText.map((text): JsonObject => ({ text })),
  anyObject.map((json): JsonObject => ({ json })),
  image.map((image): JsonObject => ({ image })),
  video.map((video): JsonObject => ({ video })),
  document.map((document): JsonObject => ({ document })),
  searchResult.map((searchResult): JsonObject => ({ searchResult })),
);

/** Of two texts in a row a stream does not tell where the first one ends. */
const toolResultContents = fc
  .array(toolResultContent, { minLength: 1, maxLength: 3 })
  .map((items) => items.filter((item, index) => !("text" in item) || !("text" in (items[index - 1] ?? {}))));

/** Content blocks as Bedrock answers with them: the API's fourteen kinds, and one that it does not have yet. */
export const BLOCKS: Record<string, fc.Arbitrary<ContentBlock>> = {
  audio: audio.map((audio) => ({ audio })),
  // Of one lifetime: a longer one behind a shorter one is not legal, and is made so.
  cachePoint: fc.constant({ cachePoint: { type: "default", ttl: "1h" } }),
  citationsContent: fc
    .record({ text: anyText, citations: fc.array(citation, { minLength: 1, maxLength: 3 }) })
    .map(({ text, citations }) => ({ citationsContent: { content: [{ text }], citations } })),
  document: document.map((document) => ({ document })),
  guardContent: fc
    .oneof(
      anyText.map((text): JsonObject => ({ text: { text, qualifiers: ["query"] } })),
      anyBase64.map((bytes): JsonObject => ({ image: { format: "png", source: { bytes } } })),
    )
    .map((guardContent) => ({ guardContent })),
  image: image.map((image) => ({ image })),
  reasoningContent: fc.record({ text: anyText, signature: anyBase64 }).map((reasoningText) => ({ reasoningContent: { reasoningText } })),
  redactedReasoning: anyBase64.map((redactedContent) => ({ reasoningContent: { redactedContent } })),
  searchResult: searchResult.map((searchResult) => ({ searchResult })),
  text: anyText.map((text) => ({ text })),
  toolAddition: anyName.map((name) => ({ toolAddition: { tool: { name } } })),
  toolRemoval: anyName.map((name) => ({ toolRemoval: { tool: { name } } })),
  toolResult: fc
    .record({ toolUseId: anyName, content: toolResultContents, status: fc.constantFrom("success", "error") })
    .map((toolResult) => ({ toolResult: { ...toolResult, type: "grounding_result" } })),
  toolUse: fc.record({ toolUseId: anyName, name: anyName, input: anyObject }).map((toolUse) => ({ toolUse })),
  serverToolUse: fc
    .record({ toolUseId: anyName, name: anyName, input: anyObject, others: unknownMembers })
    .map(({ others, ...toolUse }) => ({ toolUse: { ...toolUse, type: "server_tool_use", ...others } })),
  video: video.map((video) => ({ video })),
  unknown: anyObject.map((hologram) => ({ hologram })),
};

/** The content of an answer, which is more than cache points. No two calls share an id, and no two documents a name: Bedrock would not send the first nor take the second. */
export const anyContent: fc.Arbitrary<ContentBlock[]> = fc
  .array(fc.oneof(...Object.values(BLOCKS)), { minLength: 1, maxLength: 5 })
  .filter((blocks) => !blocks.every((block) => "cachePoint" in block))
  .map((blocks) => distinct(structuredClone(blocks)));

export function distinct(blocks: ContentBlock[]): ContentBlock[] {
  let count = 0;
  const visit = (value: unknown): void => {
    if (typeof value !== "object" || value === null) return;
    const object = value as Record<string, unknown>;
    for (const name of ["document", "toolUse"]) {
      const inner = object[name] as JsonObject | undefined;
      if (typeof inner?.["name"] !== "string") continue;
      count++;
      if (name === "document") inner["name"] = `document ${count}`;
      else inner["toolUseId"] = `${String(inner["toolUseId"])}_${count}`;
    }
  };
  for (const block of blocks) {
    visit(block);
    ((block["toolResult"] as { content?: unknown[] } | undefined)?.content ?? []).forEach(visit);
  }
  return blocks;
}

export function isClientCall(block: ContentBlock): boolean {
  return block.toolUse !== undefined && block.toolUse.type !== "server_tool_use";
}
