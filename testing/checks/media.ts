import { isJsonObject } from "../json.js";
import { blocksIn, blocksOf, isClaude, isOneOf, objectAt, type Conversation, type PlacedBlock, type Rule } from "./conversation.js";
import { LARGE_PDF, NO_CITATIONS, NO_DOCUMENTS, NO_DOCUMENTS_IN_RESULTS, NO_IMAGES, NO_IMAGES_IN_RESULTS, NO_VIDEO, NOVA } from "./families.js";
import { byModel, CITATIONS_UNSUPPORTED, largeDocument, largeImage, largeVideo, mediaOfRole, OTHER_FORMAT, unsupportedBlock, unsupportedFieldFor } from "./wordings.js";

const MOST_DOCUMENTS = 5;
const MOST_IMAGES = 20;
/** 4.5 MB, of 1024 times 1024 bytes. */
const LARGEST_DOCUMENT = 4.5 * 1024 * 1024;
/** Of base64: 3.75 MB of bytes. */
const LARGEST_IMAGE = 5 * 1024 * 1024;

/** Of base64: AWS's `API_runtime_VideoSource`. */
const LARGEST_VIDEO = 25 * 1024 * 1024;

/** AWS's documentation does not mention underscores, but they are accepted; of white space only single spaces. */
const DOCUMENT_NAME = /^(?!.* {2})[a-zA-Z0-9 _\-()[\]]+$/;

const counts: Rule = (conversation) => {
  const documents = blocksOf(conversation, "document", true).length;
  const images = blocksOf(conversation, "image", true).length;
  if (documents > MOST_DOCUMENTS) return `You can't include more than ${MOST_DOCUMENTS} documents in a request.`;
  return images > MOST_IMAGES ? byModel(`too many images and documents: ${images} + ${documents} > ${MOST_IMAGES}`) : undefined;
};

const documentNames: Rule = (conversation) => {
  const names = blocksOf(conversation, "document", true).map(({ block }) => String(block["name"]));
  if (names.some((name) => !DOCUMENT_NAME.test(name))) {
    return (
      "The document file name can only contain alphanumeric characters, whitespace characters, hyphens, parentheses, and square brackets. " +
      "The name can't contain more than one consecutive whitespace character. Check that the file name conforms to these restrictions and retry your request."
    );
  }
  if (new Set(names).size === names.length) return undefined;
  return "Messages can't contain duplicate document names. Rename the document and retry your request.";
};

const textBesideDocuments: Rule = ({ turns }) => {
  const lonely = turns.some(({ role, blocks }) => role === "user" && blocksIn(blocks, "document").length > 0 && !blocks.some(({ block }) => "text" in block));
  return lonely ? "A text block must be included when using documents." : undefined;
};

/** Text and content are allowed only with citations; the text of the error does not say so. */
const documentSources: Rule = (conversation) => {
  const wrong = blocksOf(conversation, "document", true).find(isUncitedText);
  return wrong && `DocumentSource object at ${wrong.path}.source must set one of the following keys: bytes, s3Location.`;
};

function isUncitedText({ block }: PlacedBlock): boolean {
  const { source, citations } = block;
  const isText = isJsonObject(source) && !("bytes" in source) && !("s3Location" in source);
  return isText && !(isJsonObject(citations) && citations["enabled"] === true);
}

const UNSUPPORTED: [kind: string, RegExp][] = [
  ["image", NO_IMAGES],
  ["document", NO_DOCUMENTS],
  ["video", NO_VIDEO],
];

const kinds: Rule = (conversation) => {
  const refused = UNSUPPORTED.find(([kind, group]) => isOneOf(conversation, group) && blocksOf(conversation, kind, true).length > 0);
  return refused && unsupportedBlock(refused[0]);
};

const inResults: Rule = (conversation) => {
  const outside = (kind: string): number => blocksOf(conversation, kind).length;
  const isInside = (kind: string): boolean => blocksOf(conversation, kind, true).length > outside(kind);
  if (isInside("image") && isOneOf(conversation, NO_IMAGES_IN_RESULTS)) return unsupportedFieldFor("image", "user");
  if (isInside("document") && isOneOf(conversation, NO_DOCUMENTS_IN_RESULTS)) return unsupportedFieldFor("document", "user");
  return binaryInResult(conversation) ? unsupportedFieldFor("document", "user") : undefined;
};

/** Inside a tool result Nova reads csv and txt, not pdf and docx (pydantic-ai). */
function binaryInResult(conversation: Conversation): boolean {
  if (!isOneOf(conversation, NOVA)) return false;
  const all = blocksOf(conversation, "document", true);
  return all.some(({ block, path }) => path.includes(".toolResult.") && ["pdf", "docx"].includes(String(block["format"])));
}

const citations: Rule = (conversation) => {
  const areAsked = blocksOf(conversation, "document", true).some(({ block }) => objectAt(block, "citations")?.["enabled"] === true);
  return areAsked && isOneOf(conversation, NO_CITATIONS) ? CITATIONS_UNSUPPORTED : undefined;
};

/** AWS's "API restrictions" and Anthropic's "Vision"; other models' limits of images are not Bedrock's. */
const sizes: Rule = (conversation) => {
  const document = blocksOf(conversation, "document", true).find((placed) => bytesOf(placed) * 0.75 > LARGEST_DOCUMENT && !mayBeLarge(placed, conversation));
  if (document) return largeDocument(document.path);
  const video = blocksOf(conversation, "video", true).find((placed) => bytesOf(placed) > LARGEST_VIDEO);
  if (video) return largeVideo(video.path);
  const image = blocksOf(conversation, "image", true).find((placed) => bytesOf(placed) > LARGEST_IMAGE);
  return image && isClaude(conversation) ? largeImage(image.path, bytesOf(image), LARGEST_IMAGE) : undefined;
};

/** The length of the base64. */
function bytesOf({ block }: PlacedBlock): number {
  const bytes = objectAt(block, "source")?.["bytes"];
  return typeof bytes === "string" ? bytes.length : 0;
}

/** Behind an ARN that names no model it may be one of these. */
function mayBeLarge({ block: { format } }: PlacedBlock, conversation: Conversation): boolean {
  const isUnknown = conversation.model === undefined;
  return (format === "pdf" && (isUnknown || isOneOf(conversation, LARGE_PDF))) || ((format === "pdf" || format === "docx") && (isUnknown || isOneOf(conversation, NOVA)));
}

/** AWS's `API_runtime_Message`: "You can only include images and documents if the role is user." */
const inAnswers: Rule = ({ turns }) => {
  for (const { role, blocks } of turns) {
    const kind = role === "user" ? undefined : ["image", "document", "video", "audio"].find((kind) => blocksIn(blocks, kind).length > 0);
    if (kind !== undefined) return mediaOfRole(kind, role);
  }
  return undefined;
};

/** The first bytes of each format, as base64. */
const SIGNATURES: Record<string, string> = { png: "iVBORw0KGg", jpeg: "/9j/", gif: "R0lGOD", webp: "UklGR" };

const formats: Rule = (conversation) => (blocksOf(conversation, "image", true).some(hasOtherFormat) ? OTHER_FORMAT : undefined);

/** Bytes that are no image at all are the business of whoever writes the test. */
function hasOtherFormat({ block }: PlacedBlock): boolean {
  const bytes = objectAt(block, "source")?.["bytes"];
  const format = Object.keys(SIGNATURES).find((name) => typeof bytes === "string" && bytes.startsWith(SIGNATURES[name] ?? ""));
  return format !== undefined && format !== block["format"];
}

export const MEDIA_RULES: Rule[] = [formats, inAnswers, counts, documentNames, textBesideDocuments, documentSources, kinds, inResults, citations, sizes];
