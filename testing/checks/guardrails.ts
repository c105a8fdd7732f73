/**
 * Guardrails: the requests of ApplyGuardrail and InvokeGuardrailChecks as the AWS API reference states their members and limits, and what guard content may
 * be (guardrails-mmfilter, "Block harmful images with content filters"), read on 2026-11-26.
 */
import { serviceError, type ServiceError } from "../errors.js";
import { isJsonObject, type JsonObject, type JsonValue } from "../json.js";
import type { BedrockRequest } from "../types.js";
import { objectAt, type PlacedBlock, type Rule } from "./conversation.js";
import { checkBlobs, checkLimits, checkTypes, checkUnions } from "./members.js";
import { anyText, list, oneOf, type Shape, someText, structure, union } from "./shapes.js";
import { blankGuardedText, largeGuardedImage, manyGuardedImages } from "./wordings.js";

const MOST_IMAGES = 20;
const LARGEST_IMAGE = 4 * 1024 * 1024;

const textBlock = structure("GuardrailTextBlock", { text: anyText, qualifiers: list(oneOf("grounding_source", "query", "guard_content")) }, "text");
const imageSource = union("GuardrailImageSource", { bytes: { kind: "blob", min: 1 } });
const imageBlock = structure("GuardrailImageBlock", { format: oneOf("png", "jpeg"), source: imageSource }, "format", "source");

const APPLY_GUARDRAIL_REQUEST: Shape = structure(
  "ApplyGuardrailRequest",
  {
    source: oneOf("INPUT", "OUTPUT"),
    content: list(union("GuardrailContentBlock", { text: textBlock, image: imageBlock })),
    outputScope: oneOf("INTERVENTIONS", "FULL"),
  },
  "source",
  "content",
);

function categories(name: string, ...values: string[]): Shape {
  const category = structure(`${name}CategoryConfig`, { category: oneOf(...values) }, "category");
  return structure(`${name}Config`, { categories: list(category, { min: 1 }) }, "categories");
}

const entity = structure("GuardrailChecksSensitiveInformationEntityConfig", { type: someText }, "type");
const GUARDRAIL_CHECKS_REQUEST: Shape = structure(
  "InvokeGuardrailChecksRequest",
  {
    messages: list(
      structure(
        "GuardrailChecksMessage",
        { role: oneOf("user", "assistant", "system"), content: list(union("GuardrailChecksContentBlock", { text: anyText }), { min: 1 }) },
        "role",
        "content",
      ),
      { min: 1 },
    ),
    checks: structure("GuardrailChecksConfig", {
      contentFilter: categories("GuardrailChecksContentFilter", "VIOLENCE", "HATE", "SEXUAL", "MISCONDUCT", "INSULTS"),
      promptAttack: categories("GuardrailChecksPromptAttack", "JAILBREAK", "PROMPT_INJECTION", "PROMPT_LEAKAGE"),
      sensitiveInformation: structure("GuardrailChecksSensitiveInformationConfig", { entities: list(entity, { min: 1 }) }, "entities"),
    }),
  },
  "messages",
  "checks",
);

const IDENTIFIER = "(([a-z0-9]+)|(arn:aws(-[^:]+)?:bedrock:[a-z0-9-]{1,20}:[0-9]{12}:guardrail/[a-z0-9]+))";
const VERSION = "(([1-9][0-9]{0,7})|(DRAFT))";

/** Bedrock's error for a request about a guardrail. */
export function checkGuardrailRequest({ operation, modelId, url, body }: Pick<BedrockRequest, "operation" | "modelId" | "url" | "body">): ServiceError | undefined {
  const isApply = operation === "apply-guardrail";
  const shape = isApply ? APPLY_GUARDRAIL_REQUEST : GUARDRAIL_CHECKS_REQUEST;
  const unreadable = checkTypes(body, shape);
  if (unreadable !== undefined) return serviceError("SerializationException", unreadable);
  const sentence = (isApply ? checkPath(modelId, url) : undefined) ?? checkLimits(body, shape) ?? checkUnions(body, shape) ?? checkBlobs(body, shape) ?? (isApply ? checkContent(body) : undefined);
  return sentence === undefined ? undefined : serviceError("ValidationException", sentence);
}

function checkPath(identifier: string, url: string): string | undefined {
  const version = /\/version\/([^/?]+)\/apply/.exec(url)?.[1] ?? "";
  const fault = (name: string, value: string, pattern: string): string | undefined =>
    new RegExp(`^${pattern}$`).test(value)
      ? undefined
      : `1 validation error detected: Value '${value}' at '${name}' failed to satisfy constraint: Member must satisfy regular expression pattern: ${pattern}`;
  return fault("guardrailIdentifier", identifier, IDENTIFIER) ?? fault("guardrailVersion", decodeURIComponent(version), VERSION);
}

function checkContent({ content }: BedrockRequest["body"]): string | undefined {
  return checkGuarded((content as JsonValue[]).filter(isJsonObject).map((block, index) => ({ block, path: `content.${index}` })));
}

/** `guardContent` of Converse, anywhere in the request. It is taken without `guardrailConfig` too. */
const guardContent: Rule = ({ turns, system }) => {
  const all = [...system, ...turns.flatMap(({ blocks }) => blocks)];
  return checkGuarded(all.flatMap(({ block, path }) => (isJsonObject(block["guardContent"]) ? [{ block: block["guardContent"], path: `${path}.guardContent` }] : [])));
};

/** A blank text is refused (aws-samples/bedrock-chat #637). */
function checkGuarded(blocks: PlacedBlock[]): string | undefined {
  const blank = blocks.find(({ block }) => isBlank(objectAt(block, "text")));
  if (blank) return blankGuardedText(`${blank.path}.text`);
  const images = blocks.filter(({ block }) => objectAt(block, "image") !== undefined);
  if (images.length > MOST_IMAGES) return manyGuardedImages(images.length, MOST_IMAGES);
  const large = images.find(({ block }) => sizeOf(objectAt(block, "image")) > LARGEST_IMAGE);
  return large && largeGuardedImage(`${large.path}.image`);
}

function isBlank(text: JsonObject | undefined): boolean {
  return typeof text?.["text"] === "string" && text["text"].trim() === "";
}

/** Bytes. */
function sizeOf(image: JsonObject | undefined): number {
  const bytes = objectAt(image, "source")?.["bytes"];
  return typeof bytes === "string" ? bytes.length * 0.75 : 0;
}

export const GUARDRAIL_RULES: Rule[] = [guardContent];
