import fc from "fast-check";
import { anyBase64, anyName, anyObject, anyText } from "../parity/blocks.js";
import { bytes, PDF, PIXEL } from "../parity/messages.js";

/** What humans and tools say, in the dialects of all providers. */

export type Json = Record<string, unknown>;
export type SaidContent = string | Json[];

const text = anyText.chain((text) => fc.constantFrom<Json>({ type: "text", text }, { type: "input_text", text }, { text }, { type: "text", text, cache_control: { type: "ephemeral" } }));

/** Images, audio and files that Bedrock can be given. */
const medium = fc.tuple(anyName, anyText).chain(([name, said]) =>
  fc.constantFrom<Json>(
    // OpenAI
    { type: "image_url", image_url: { url: `data:image/png;base64,${PIXEL}`, detail: "low" } },
    { type: "input_image", image_url: `data:image/png;base64,${PIXEL}`, detail: "auto" },
    { type: "file", file: { filename: `${name}.pdf`, file_data: `data:application/pdf;base64,${PDF}` } },
    { type: "input_file", filename: `${name}.pdf`, file_data: `data:application/pdf;base64,${PDF}` },
    // Anthropic
    { type: "image", source: { type: "base64", media_type: "image/png", data: PIXEL } },
    { type: "document", source: { type: "base64", media_type: "application/pdf", data: PDF }, title: name },
    { type: "document", source: { type: "text", media_type: "text/plain", data: said }, title: name, context: "A note." },
    { type: "document", source: { type: "content", content: [{ type: "text", text: said }] }, citations: { enabled: true } },
    // Mistral
    { type: "image_url", image_url: `data:image/png;base64,${PIXEL}` },
    { type: "document_url", document_url: `data:application/pdf;base64,${PDF}`, document_name: name },
    // Google
    { type: "media", mimeType: "image/png", data: PIXEL },
    { type: "inlineData", inlineData: { mimeType: "image/png", data: PIXEL } },
    // LangChain v0
    { type: "image", source_type: "base64", mime_type: "image/png", data: PIXEL },
    { type: "file", source_type: "base64", mime_type: "application/pdf", data: PDF, metadata: { filename: `${name}.pdf` } },
    { type: "file", source_type: "text", text: said, metadata: { title: name } },
    // LangChain v1
    { type: "image", mimeType: "image/png", data: PIXEL },
    { type: "image", mimeType: "image/png", data: bytes(PIXEL) },
    { type: "image", url: `data:image/png;base64,${PIXEL}` },
    { type: "file", mimeType: "application/pdf", data: PDF, metadata: { name } },
    { type: "text-plain", text: said, mimeType: "text/plain" },
  ),
);

/** What Bedrock cannot be given: it is refused with a sentence. */
const elsewhere = fc.constantFrom<Json>(
  { type: "image_url", image_url: { url: "https://example.com/a.png" } },
  { type: "image", source: { type: "url", url: "https://example.com/a.png" } },
  { type: "image", url: "https://example.com/a.png" },
  { type: "input_file", file_id: "file-1" },
  { type: "image", fileId: "file-1" },
  { type: "fileData", fileData: { mimeType: "image/png", fileUri: "https://generativelanguage.googleapis.com/v1beta/files/a" } },
  { type: "media", mimeType: "video/mp4", fileUri: "https://youtu.be/a" },
  { type: "document_url", document_url: "https://example.com/a.pdf" },
  { type: "container_upload", file_id: "file_1" },
);

export const humanContent: fc.Arbitrary<SaidContent> = fc.oneof(
  { weight: 4, arbitrary: anyText },
  { weight: 4, arbitrary: fc.array(fc.oneof({ weight: 3, arbitrary: text }, medium), { minLength: 1, maxLength: 3 }) },
  { weight: 1, arbitrary: fc.array(fc.oneof({ weight: 30, arbitrary: text }, elsewhere), { minLength: 1, maxLength: 2 }) },
);

const search = anyText.map((said): Json => ({ type: "search_result", source: "https://example.com", title: "A page", content: [{ type: "text", text: said }] }));

/** What tools return: by hand, of MCP servers, of Anthropic's and OpenAI's tools. */
export const toolContent: fc.Arbitrary<SaidContent> = fc.oneof(
  { weight: 4, arbitrary: anyText },
  anyObject.map((object) => JSON.stringify(object)),
  fc.constant(""),
  fc.array(
    fc.oneof(
      { weight: 4, arbitrary: anyText.map((text): Json => ({ type: "text", text })) },
      medium.filter(({ type }) => !["media", "inlineData", "input_image", "input_file"].includes(String(type))),
      search,
      anyObject,
      fc.constant<Json>({ type: "tool_reference", tool_name: "weather" }),
      anyBase64.map((data): Json => ({ type: "computer_screenshot", image_url: `data:image/png;base64,${data}` })),
    ),
    { maxLength: 3 },
  ),
);
