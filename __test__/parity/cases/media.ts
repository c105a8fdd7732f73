import { HumanMessage } from "@langchain/core/messages";
import { asked, assistant, error, request, user, wireToolResult, wireToolUse } from "../marks.js";
import { bytes, human, JPEG, PDF, PIXEL, toolResult, toolTurn } from "../messages.js";
import type { Case, Difference, Subject } from "../types.js";

const FORMAT =
  "The format of an image, audio or video is the one that Converse knows (image/jpg is jpeg, video/quicktime mov, video/3gpp three_gp, audio/x-wav wav); without a MIME type the first bytes tell an image's.";
const FROM_URL =
  "A refusal of media by URL or file id says what to send instead, since Bedrock fetches nothing and keeps no files; `fetchMedia` fetches `https:` URLs of named hosts, where `@langchain/aws` fetches none.";
const SIGNED = "A format that the first bytes contradict is corrected, with a warning, since Bedrock refuses it otherwise.";
const S3 = "Media can be given by an `s3://` URI wherever a URL or an id can stand, since Bedrock reads them from S3.";
const V1 =
  "LangChain's v1 blocks (image, file, text-plain), Anthropic's, Google's, Mistral's and OpenAI's shapes of media and blocks without a `type` are taken, so that code for another provider need not change.";
const BYTES =
  "Bytes are found in every form: base64 text is sent as it is, and bytes that went through JSON are bytes again, so that a stored history can be sent.";
const NAMES = "Names of documents are made what Bedrock accepts, unique, and the same in each call: a name of chance would defeat the prompt cache.";
const CITED = "`context` and `citations` of a file are sent, since without them Bedrock does not cite.";
const BESIDE = "A document without text beside it gets a full stop beside it, since Bedrock refuses it otherwise.";
const IN_RESULT = "An image in a tool's result is sent as an image, whatever its shape: as JSON it is costly text that no model can see.";

const SEE = { type: "text", text: "What is this?" };
const TOOLS = { tools: [{ toolSpec: { name: "get_weather", inputSchema: { json: { type: "object" } } } }] };
const PNG = { image: { format: "png", source: { bytes: PIXEL } } };
const IN_S3 = { image: { format: "png", source: { s3Location: { uri: "s3://bucket/x.png" } } } };
const file = (members: object): object => ({ type: "file", source_type: "base64", mime_type: "application/pdf", data: PDF, ...members });
const wireDocument = (name: string, data: string, format: string, members: object = {}): object => ({
  document: { name, source: { bytes: data }, format, ...members },
});

/** A question about one thing. Where it differs, `sent` is how we send it. */
function about(name: string, block: object, why?: string, ...sent: object[]): Case {
  const differs: Difference[] = why === undefined ? [] : [request(why, asked({ text: SEE.text }, ...sent))];
  // Of the models here only Nova takes videos.
  const fields = (block as { type?: string }).type === "video" ? { model: "amazon.nova-lite-v1:0" } : {};
  return { name, fields, input: [human(SEE, block)], differs };
}

function refused(name: string, block: object, message: string): Case {
  return { name, input: [human(SEE, block)], differs: error(FROM_URL, message) };
}

function inToolResult(name: string, block: object, why?: string, sent?: object): Case {
  const differs = why === undefined || sent === undefined ? [] : [request(why, { ...weather(sent), toolConfig: TOOLS })];
  return { name, input: toolTurn(toolResult([block])), options: TOOLS, differs };
}

function weather(result: object): object {
  const call = wireToolUse("get_weather", { city: "Paris" });
  return { messages: [user({ text: "Weather in Paris?" }), assistant(call), user(wireToolResult([result]))] };
}

const noUrl = (kind: string): string =>
  `Only base64 data URLs are supported for ${kind} blocks with 'url' field with ChatBedrockConverse, since Bedrock fetches nothing from the web: ` +
  "send a `data:` URL, the bytes, or an `s3://` URI instead, or let the option `fetchMedia` fetch it.";

export const media: Subject = {
  subject: "media",
  cases: [
    about("image_url, a data URL", { type: "image_url", image_url: { url: `data:image/png;base64,${PIXEL}` } }),
    about("image_url, a string", { type: "image_url", image_url: `data:image/jpeg;base64,${JPEG}` }),
    about("image_url, webp", { type: "image_url", image_url: "data:image/webp;base64,UklGRg==" }),
    about("image_url, gif", { type: "image_url", image_url: "data:image/gif;base64,R0lGODlh" }),
    about("image_url, image/jpg", { type: "image_url", image_url: `data:image/jpg;base64,${JPEG}` }, FORMAT, {
      image: { format: "jpeg", source: { bytes: JPEG } },
    }),
    {
      name: "image_url, svg",
      input: [human(SEE, { type: "image_url", image_url: "data:image/svg+xml;base64,PHN2Zy8+" })],
      differs: error(
        FROM_URL,
        'Unsupported image mime type: "image/svg+xml" ChatBedrockConverse only supports "image/gif", "image/jpeg", "image/png", and "image/webp" formats.',
      ),
    },
    about("image_url, base64 that is no data URL", { type: "image_url", image_url: PIXEL }, FORMAT, PNG),
    refused("image_url, https", { type: "image_url", image_url: { url: "https://example.com/x.png" } }, noUrl("image")),
    refused("an image of Converse's shape by a URL, which Converse does not have", { image: { format: "png", source: { url: "https://example.com/x.png" } } }, noUrl("image")),
    about("an image of Converse's shape whose format is wrong", { image: { format: "jpeg", source: { bytes: bytes(PIXEL) } } }, SIGNED, PNG),
    about("image_url, s3", { type: "image_url", image_url: { url: "s3://bucket/x.png" } }, S3, IN_S3),

    about("an image in Bedrock's shape, bytes", { type: "image", image: { format: "png", source: { bytes: bytes(PIXEL) } } }),
    about("an image in Bedrock's shape, a Buffer", { type: "image", image: { format: "png", source: { bytes: Buffer.from(PIXEL, "base64") } } }),
    about("an image in Bedrock's shape, members in another order", { type: "image", image: { source: { bytes: bytes(PIXEL) }, format: "png" } }),
    about("an image in Bedrock's shape, S3", {
      type: "image",
      image: { format: "png", source: { s3Location: { uri: "s3://b/x.png", bucketOwner: "1" } } },
    }),
    about("an image in Bedrock's shape, base64", { type: "image", image: { format: "png", source: { bytes: PIXEL } } }, BYTES, PNG),
    about(
      "an image in Bedrock's shape, a Uint8Array that went through JSON",
      { type: "image", image: { format: "png", source: { bytes: { 0: 137, 1: 80 } } } },
      BYTES,
      { image: { format: "png", source: { bytes: "iVA=" } } },
    ),
    about(
      "an image in Bedrock's shape, a Buffer that went through JSON",
      { type: "image", image: { format: "png", source: { bytes: { type: "Buffer", data: [137, 80] } } } },
      BYTES,
      { image: { format: "png", source: { bytes: "iVA=" } } },
    ),
    about("an image without a type", { image: { format: "png", source: { bytes: bytes(PIXEL) } } }, V1, PNG),

    about("a v0 image, base64", { type: "image", source_type: "base64", mime_type: "image/png", data: PIXEL }),
    about("a v0 image, base64 without its type", { type: "image", source_type: "base64", data: PIXEL }, FORMAT, PNG),
    about("a v0 image, base64 of a type that is not taken", { type: "image", source_type: "base64", mime_type: "image/tiff", data: "SUkqAA==" }),
    about("a v0 image, a data URL", { type: "image", source_type: "url", url: `data:image/png;base64,${PIXEL}` }, FORMAT, PNG),
    refused("a v0 image, https", { type: "image", source_type: "url", url: "https://example.com/x.png" }, noUrl("image")),
    about("a v0 image, S3 by id", { type: "image", source_type: "id", id: "s3://bucket/x.png" }, S3, IN_S3),
    refused(
      "a v0 image, an id",
      { type: "image", source_type: "id", id: "file-1" },
      'Bedrock keeps no files, so the file id in this image block must be an `s3://` URI, not "file-1".',
    ),
    {
      name: "a v1 image, base64",
      input: [
        new HumanMessage({
          contentBlocks: [
            { type: "text", text: "?" },
            { type: "image", mimeType: "image/png", data: PIXEL },
          ],
        }),
      ],
      differs: request(V1, asked({ text: "?" }, PNG)),
    },
    about("a v1 image, bytes", { type: "image", mimeType: "image/png", data: bytes(PIXEL) }, V1, PNG),
    about("a v1 image, S3", { type: "image", mimeType: "image/png", fileId: "s3://bucket/x.png" }, V1, IN_S3),
    about("an image in Anthropic's shape", { type: "image", source: { type: "base64", media_type: "image/png", data: PIXEL } }, V1, PNG),

    about("a v1 video, base64", { type: "video", mimeType: "video/mp4", data: "AAAA" }),
    about("a v1 video, bytes", { type: "video", mimeType: "video/webm", data: bytes("AAAA") }),
    about("a v1 video, S3", { type: "video", mimeType: "video/mp4", fileId: "s3://bucket/v.mp4" }),
    about("a v1 video, a data URL", { type: "video", mimeType: "video/mp4", url: "data:video/mp4;base64,AAAA" }),
    refused("a v1 video, https", { type: "video", mimeType: "video/mp4", url: "https://example.com/v.mp4" }, noUrl("video")),
    about("a v1 video without data", { type: "video", mimeType: "video/mp4" }),
    about("a video from QuickTime", { type: "video", mimeType: "video/quicktime", data: "AAAA" }, FORMAT, {
      video: { format: "mov", source: { bytes: "AAAA" } },
    }),
    about("a video from a phone", { type: "video", mimeType: "video/3gpp", data: "AAAA" }, FORMAT, {
      video: { format: "three_gp", source: { bytes: "AAAA" } },
    }),
    about("a video in Bedrock's shape", { type: "video", video: { format: "mp4", source: { s3Location: { uri: "s3://b/v.mp4" } } } }),
    about("v1 audio, base64", { type: "audio", mimeType: "audio/wav", data: "UklGRg==" }),
    about("v1 audio, mp3 under its MIME type", { type: "audio", mimeType: "audio/mpeg", data: "SUQz" }),
    about("v1 audio, wav under another name", { type: "audio", mimeType: "audio/x-wav", data: "UklGRg==" }, FORMAT, {
      audio: { format: "wav", source: { bytes: "UklGRg==" } },
    }),
    about("audio in Bedrock's shape", { type: "audio", audio: { format: "wav", source: { bytes: bytes("UklGRg==") } } }),
    about("an image in the shape of OpenAI's Responses API", { type: "input_image", image_url: `data:image/png;base64,${PIXEL}`, detail: "auto" }, V1, PNG),
    about("an image in Google's shape", { type: "inlineData", inlineData: { mimeType: "image/png", data: PIXEL } }, V1, PNG),
    about("a document in Mistral's shape", { type: "document_url", document_url: `data:application/pdf;base64,${PDF}`, document_name: "lease" }, V1, wireDocument("lease", PDF, "pdf")),
    about("audio in OpenAI's shape", { type: "input_audio", input_audio: { data: "UklGRg==", format: "wav" } }, V1, {
      audio: { format: "wav", source: { bytes: "UklGRg==" } },
    }),

    about("a v0 file, base64", file({ metadata: { name: "report" } })),
    about("a v0 file, a data URL", {
      type: "file",
      source_type: "url",
      url: `data:application/pdf;base64,${PDF}`,
      metadata: { filename: "report" },
    }),
    about("a v0 file, text", { type: "file", source_type: "text", text: "é", metadata: { title: "notes" } }),
    about("a v0 file, a sheet", file({ mime_type: "text/csv", data: "YSxi", metadata: { name: "sheet" } })),
    about("a v0 file of a type that is not taken", file({ mime_type: "application/zip", data: "UEs=", metadata: { name: "z" } })),
    about(
      "a v0 file with a name that Bedrock refuses",
      file({ metadata: { name: "q3_report.final.pdf" } }),
      NAMES,
      wireDocument("q3-report-final-pdf", PDF, "pdf"),
    ),
    about("a v0 file without a name", file({}), NAMES, wireDocument("document-1", PDF, "pdf")),
    {
      name: "two files of one name",
      input: [human(SEE, ...["YQ==", "Yg=="].map((data) => file({ mime_type: "text/plain", data, metadata: { name: "notes" } })))],
      differs: request(NAMES, asked({ text: SEE.text }, wireDocument("notes", "YQ==", "txt"), wireDocument("notes (2)", "Yg==", "txt"))),
    },
    about(
      "a v0 file with citations",
      { type: "file", source_type: "text", text: "x", metadata: { name: "notes", context: "c", citations: { enabled: true } } },
      CITED,
      wireDocument("notes", "eA==", "txt", { context: "c", citations: { enabled: true } }),
    ),
    about(
      "a v1 file",
      { type: "file", mimeType: "application/pdf", data: PDF, metadata: { name: "report" } },
      V1,
      wireDocument("report", PDF, "pdf"),
    ),
    about(
      "a v1 text file",
      { type: "text-plain", mimeType: "text/plain", text: "x", metadata: { name: "notes" } },
      V1,
      wireDocument("notes", "eA==", "txt"),
    ),
    about("a document in Bedrock's shape", {
      type: "document",
      document: { name: "report", format: "pdf", source: { bytes: bytes(PDF) }, context: "c", citations: { enabled: true } },
    }),
    about("a document in Bedrock's shape, text", { type: "document", document: { name: "notes", format: "txt", source: { text: "x" } } }),
    {
      name: "a document without text beside it",
      input: [human({ type: "document", document: { name: "notes", format: "txt", source: { text: "x" } } })],
      differs: request(BESIDE, asked({ document: { name: "notes", source: { text: "x" }, format: "txt" } }, { text: "." })),
    },
    about(
      "a document in Anthropic's shape",
      { type: "document", title: "notes", source: { type: "text", media_type: "text/plain", data: "x" } },
      V1,
      wireDocument("notes", "eA==", "txt"),
    ),
    about(
      "a file in OpenAI's shape",
      { type: "file", file: { filename: "report.pdf", file_data: `data:application/pdf;base64,${PDF}` } },
      V1,
      wireDocument("report-pdf", PDF, "pdf"),
    ),

    inToolResult("an image in a tool result, image_url", { type: "image_url", image_url: `data:image/png;base64,${PIXEL}` }),
    inToolResult("an image in a tool result, Bedrock's shape", { type: "image", image: { format: "png", source: { bytes: bytes(PIXEL) } } }),
    inToolResult("an image in a tool result, v0", { type: "image", source_type: "base64", mime_type: "image/png", data: PIXEL }),
    inToolResult("an image in a tool result, in the shape of OpenAI's Responses API", { type: "input_image", image_url: `data:image/png;base64,${PIXEL}` }, IN_RESULT, PNG),
    inToolResult("an image in a tool result, v1", { type: "image", mimeType: "image/png", data: PIXEL }, IN_RESULT, PNG),
    inToolResult("a document in a tool result", { type: "document", document: { name: "notes", format: "txt", source: { text: "x" } } }),
  ],
};
