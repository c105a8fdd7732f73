import { isJsonObject } from "../json.js";
import { blocksIn, blocksOf, byModel, type PlacedBlock, type Rule } from "./conversation.js";

const MOST_DOCUMENTS = 5;
const MOST_IMAGES = 20;

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

export const MEDIA_RULES: Rule[] = [counts, documentNames, textBesideDocuments, documentSources];
