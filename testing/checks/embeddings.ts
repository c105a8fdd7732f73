import { isObject } from "../json.js";

/** Bedrock's sentence about the value at `path` (`#/texts`); `undefined` if the model takes it. */
type Check = (value: unknown, path: string) => string | undefined;

interface Model {
  id: RegExp;
  check: Check;
}

const any: Check = () => undefined;
const oneOf =
  (...values: unknown[]): Check =>
  (value, path) =>
    values.includes(value) ? undefined : `${path}: ${String(value)} is not a valid enum value`;
const text =
  (maxLength: number): Check =>
  (value, path) => {
    if (typeof value !== "string") return `${path}: expected type: String, found: ${typeOf(value)}`;
    if (value.length === 0) return `${path}: expected minLength: 1, actual: 0`;
    return value.length > maxLength ? `${path}: expected maxLength: ${maxLength}, actual: ${value.length}` : undefined;
  };
const listOf =
  (maximum: number, check: Check): Check =>
  (value, path) => {
    if (!Array.isArray(value)) return `${path}: expected type: JSONArray, found: ${typeOf(value)}`;
    if (value.length > maximum) return `${path}: expected maximum item count: ${maximum}, found: ${value.length}`;
    return value.map((element) => check(element, path)).find((sentence) => sentence !== undefined);
  };
const object =
  (required: string[], members: Record<string, Check>): Check =>
  (value, path) => {
    if (!isObject(value)) return `${path}: expected type: JSONObject, found: ${typeOf(value)}`;
    const missing = required.find((name) => !(name in value));
    if (missing !== undefined) return `${path}: required key [${missing}] not found`;
    const unknown = Object.keys(value).find((name) => !Object.hasOwn(members, name));
    if (unknown !== undefined) return `${path}: extraneous key [${unknown}] is not permitted`;
    const given = Object.entries(members).filter(([name]) => name in value);
    return given.map(([name, check]) => check(value[name], `${path}/${name}`)).find((sentence) => sentence !== undefined);
  };

const COHERE_PURPOSE = oneOf("search_document", "search_query", "classification", "clustering");
const COHERE_TYPES = listOf(5, oneOf("float", "int8", "uint8", "binary", "ubinary"));
const NOVA_PURPOSE = oneOf(
  "GENERIC_INDEX",
  "GENERIC_RETRIEVAL",
  "TEXT_RETRIEVAL",
  "IMAGE_RETRIEVAL",
  "VIDEO_RETRIEVAL",
  "DOCUMENT_RETRIEVAL",
  "AUDIO_RETRIEVAL",
  "CLASSIFICATION",
  "CLUSTERING",
);

/**
 * The requests of AWS's "Inference request parameters and response fields for foundation models" (Bedrock user guide: titan-embed-text,
 * titan-embed-mm, embed-v3, embed-v4, marengo, marengo-3; Nova user guide: embeddings-schema), read on 2026-11-25.
 */
const MODELS: Model[] = [
  { id: /titan-embed-text-v1|titan-embed-g1/, check: object(["inputText"], { inputText: text(50_000) }) },
  {
    id: /titan-embed-text-v2/,
    check: object(["inputText"], {
      inputText: text(50_000),
      dimensions: oneOf(256, 512, 1024),
      normalize: oneOf(true, false),
      embeddingTypes: listOf(2, oneOf("float", "binary")),
    }),
  },
  {
    id: /titan-embed-image/,
    check: object([], { inputText: text(50_000), inputImage: any, embeddingConfig: object([], { outputEmbeddingLength: oneOf(256, 384, 1024) }) }),
  },
  {
    id: /cohere\.embed-v4/,
    check: object(["input_type"], {
      input_type: COHERE_PURPOSE,
      texts: listOf(96, text(512_000)),
      images: any,
      inputs: any,
      embedding_types: COHERE_TYPES,
      output_dimension: oneOf(256, 512, 1024, 1536),
      max_tokens: any,
      truncate: oneOf("NONE", "LEFT", "RIGHT"),
    }),
  },
  {
    id: /cohere\.embed-(english|multilingual)-v3/,
    check: object(["input_type"], {
      input_type: COHERE_PURPOSE,
      texts: listOf(96, text(2048)),
      images: any,
      embedding_types: COHERE_TYPES,
      truncate: oneOf("NONE", "START", "END"),
    }),
  },
  {
    id: /nova-.*embed/,
    check: object(["taskType", "singleEmbeddingParams"], {
      schemaVersion: oneOf("nova-multimodal-embed-v1"),
      taskType: oneOf("SINGLE_EMBEDDING"),
      singleEmbeddingParams: object(["embeddingPurpose"], {
        embeddingPurpose: NOVA_PURPOSE,
        embeddingDimension: oneOf(256, 384, 1024, 3072),
        text: object(["truncationMode"], { truncationMode: oneOf("START", "END", "NONE"), value: text(50_000), source: any }),
        image: any,
        audio: any,
        video: any,
      }),
    }),
  },
  {
    id: /marengo-embed-2/,
    check: object(["inputType"], { inputType: oneOf("text", "image"), inputText: text(50_000), textTruncate: oneOf("end", "none"), mediaSource: any }),
  },
  {
    id: /marengo-embed-3/,
    check: object(["inputType"], {
      inputType: oneOf("text", "image", "text_image"),
      text: object(["inputText"], { inputText: text(50_000) }),
      image: any,
      text_image: any,
    }),
  },
];

/** Bedrock's sentence about a request that an embedding model does not take; `undefined` for one that it takes, and for a model that is not known. */
export function checkEmbedding(modelId: string, body: Record<string, unknown>): string | undefined {
  const sentence = MODELS.find(({ id }) => id.test(modelId))?.check(body, "#");
  return sentence === undefined ? undefined : `Malformed input request: ${sentence}, please reformat your input and try again.`;
}

function typeOf(value: unknown): string {
  return value === null ? "Null" : Array.isArray(value) ? "JSONArray" : `${typeof value}`.replace(/^./, (letter) => letter.toUpperCase());
}
