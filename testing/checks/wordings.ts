/**
 * Bedrock's sentences about what depends on the model, in one place for the rules and for tests. They are quoted from reports of users and from
 * libraries that print them. Those of the last part are not published as far as known; they are like the published ones, and a client should not
 * rely on them.
 */

/** The prefix of Bedrock's text for a rule of the model itself. */
export function byModel(sentence: string): string {
  return `The model returned the following errors: ${sentence}`;
}

/** A member of the request: `temperature`, `toolConfig.toolChoice.any`. Reports of Grok, GPT, gpt-oss, Nova, Llama and Writer. */
export const unsupportedField = (field: string): string => `This model doesn't support the ${field} field. Remove ${field} and try again.`;
/** The same where the field stands in a message (opencode #49443; inspect_ai #5217). */
export const unsupportedFieldFor = (field: string, role: string): string => `This model doesn't support the ${field} field for ${role} messages. Remove ${field} and try again.`;
export const unsupportedBlock = (kind: string): string => `This model doesn't support the ${kind} content block that you provided. Update the content block and try again.`;
export const unknownParameter = (name: string): string => `Unknown parameter: '${name}'.`;

export const deprecated = (parameter: string): string => byModel(`\`${parameter}\` is deprecated for this model.`);
export const ONLY_ONE_OF_TWO: string = byModel("`temperature` and `top_p` cannot both be specified for this model. Please use only one.");
export const fewTokens = (given: number): string => `Invalid 'max_output_tokens': integer below minimum value. Expected a value >= 16, but got ${given} instead.`;

const CONSULT = "Please consult our documentation at https://docs.claude.com/en/docs/build-with-claude/extended-thinking#important-considerations-when-using-extended-thinking";
/** `adaptive` adds its half of the sentence (forgecode #3472, 2026-06). */
const whileThinking = (isAdaptive: boolean): string => `when thinking is enabled${isAdaptive ? " or in adaptive mode" : ""}. ${CONSULT}`;
export const temperatureWhileThinking = (isAdaptive: boolean): string => byModel(`\`temperature\` may only be set to 1 ${whileThinking(isAdaptive)}`);
export const topPWhileThinking = (isAdaptive: boolean): string => byModel(`\`top_p\` must be greater than or equal to 0.95 or unset ${whileThinking(isAdaptive)}`);
export const topKWhileThinking = (isAdaptive: boolean): string => byModel(`\`top_k\` must be unset ${whileThinking(isAdaptive)}`);
export const SMALL_BUDGET: string = byModel("thinking.enabled.budget_tokens: Input should be greater than or equal to 1024");
export const LARGE_BUDGET: string = byModel(`\`max_tokens\` must be greater than \`thinking.budget_tokens\`. ${CONSULT}`);
export const FORCED_WHILE_THINKING: string = byModel("Thinking may not be enabled when tool_choice forces tool use.");
export const NO_ADAPTIVE: string = byModel("adaptive thinking is not supported on this model");
const INSTEAD = '"thinking.type.adaptive" and "output_config.effort" to control thinking behavior.';
export const unsupportedThinking = (type: string): string => byModel(`"thinking.type.${type}" is not supported for this model. Use ${INSTEAD}`);
export const USE_BETWEEN_TOOLS: string = byModel(
  `"thinking.type.disabled" is not supported for this model. Use "thinking.type.between_tools" for the lowest thinking setting, or ${INSTEAD}`,
);
export const NO_EFFORT: string = byModel("This model does not support the effort parameter.");
export const unsupportedEffort = (level: string, supported: string[]): string =>
  byModel(`This model does not support effort level '${level}'. Supported levels: ${[...supported].sort().join(", ")}.`);
export const highEffortWithoutThinking = (level: string): string =>
  byModel(`output_config.effort '${level}' is not supported when thinking is disabled on this model. Use effort 'high' or below, or enable thinking.`);
/** Nova 1 (inspect_ai #5301, 2026-09). */
export const NO_REASONING_CONFIG: string = byModel("Malformed input request: the provided reasoning config value is invalid, please reformat your input and try again.");

export const REASONING_IN_HISTORY = "User messages cannot contain reasoning content. Please remove the reasoning content and try again.";
export const missingSignature = (path: string): string => byModel(`${path}.thinking.signature: Field required`);
export const invalidSignature = (path: string): string => byModel(`${path}: Invalid \`signature\` in \`thinking\` block`);

export const NO_TOOL_USE = "This model doesn't support tool use.";
export const NO_STREAMED_TOOL_USE = "This model doesn't support tool use in streaming mode.";
export const NO_FORCED_TOOL_USE: string = byModel('tool_choice: type "tool" and "any" are not supported for this model.');
export const NO_SYSTEM_MESSAGES = "This model doesn't support system messages. Try again without a system message or use a model that supports system messages.";
export const NO_SYSTEM_TURN: string = byModel("role 'system' is not supported on this model");
/** The beginning and the end are of letta-ai/letta-code #3989 (2026-08). */
export const misplacedSystemTurn = (turn: number): string => byModel(`messages.${turn}: role 'system' must precede an 'assistant' message or end the array`);
/** LeenHawk/gproxy #209 (2026-09). */
export const FIRST_SYSTEM_TURN: string = byModel("messages.0: use the top-level 'system' parameter for the initial system prompt");
export const lonelyBlocks = (turn: number, kind: "result" | "use"): string =>
  `messages.${turn}.content: Conversation blocks and tool ${kind} blocks cannot be provided in the same turn.`;
export const NO_ASSISTANT_LAST: string = byModel("This model does not support assistant message prefill. The conversation must end with a user message.");
export const CITATIONS_UNSUPPORTED = "This model doesn't support citations.";
/** The bytes of an image are of another format (boto/boto3#4415). */
export const OTHER_FORMAT: string = byModel("The provided image does not match the specified image format.");
/** Anthropic measures the base64 text: 5 MB of it are 3.75 MB of bytes. */
export const largeImage = (path: string, size: number, most: number): string => byModel(`${path}.source.base64: image exceeds 5 MB maximum: ${size} bytes > ${most} bytes`);

export const CACHING_UNSUPPORTED = "You invoked an unsupported model or your request did not allow prompt caching. See the documentation for more information.";
export const NO_TTL = "Extended TTL prompt caching is only supported for Anthropic models";
const REMOVE_POINT = "Please remove the invalid cache point and try again.";
export const NOTHING_TO_CACHE: string = `There is nothing available to cache. ${REMOVE_POINT}`;
export const POINT_AFTER_REASONING: string = `Cache point cannot be inserted after reasoning block. ${REMOVE_POINT}`;
/** What comes of a cache point behind a document that Bedrock renders as text (aws-sdk-java-v2 #6277; strands #1966). */
export const pointAfterText = (path: string): string => byModel(`${path}.type: Field required`);

/** Nova's own check of the request, with a JSON pointer. */
export const extraneousPoint = (pointer: string): string =>
  byModel(`Malformed input request: ${pointer}: extraneous key [cachePoint] is not permitted, please reformat your input and try again.`);

export const invalidSchema = (path: string, fault: string): string => `The json schema definition at ${path} is invalid. Fix the following errors and try again: ${fault}`;
export const rootUnion = (tool: number): string => byModel(`tools.${tool}.custom.input_schema: input_schema does not support oneOf, allOf, or anyOf at the top level`);
export const openObject = "For 'object' type, 'additionalProperties' must be explicitly set to false";
export const mapObject = "For 'object' type, 'additionalProperties: object' is not supported. Please set 'additionalProperties' to false";
export const unsupportedKeywords = (type: string, keywords: string[]): string =>
  keywords.length === 1 ? `For '${type}' type, property '${keywords[0]}' is not supported` : `For '${type}' type, properties ${keywords.join(", ")} are not supported`;
export const manyItems = "For 'array' type, 'minItems' values other than 0 or 1 are not supported";
export const closedUnion = "For 'anyOf', 'additionalProperties' is not supported";
export const unsupportedOneOf = "Schema type 'oneOf' is not supported";
export const circular = (name: string): string => `Circular reference detected in schema definitions: ${name} -> ${name}`;
export const manyStrictTools = (count: number): string =>
  byModel(`Too many strict tools (${count}). The maximum number of strict tools supported is 20. Try reducing the number of tools marked as strict.`);
export const manyOptionalParameters = (count: number): string =>
  byModel(
    `Schemas contains too many optional parameters (${count}), which would make grammar compilation inefficient. ` +
      "Reduce the number of optional parameters in your tool schemas (limit: 24).",
  );

export const noOnDemand = (modelId: string): string =>
  `Invocation of model ID ${modelId} with on-demand throughput isn’t supported. ` +
  "Retry your request with the ID or ARN of an inference profile that contains this model.";

/* Not published: */

/** Of a tool that Anthropic defines, without the beta that it is known by. */
export const unknownToolType = (tool: number, type: string): string => byModel(`tools.${tool}: Input tag '${type}' found using 'type' does not match any of the expected tags: 'custom'`);

/** The text behind the colon is of Anthropic's API (anthropics/claude-code #2108, 2025-06). */
export const NOT_WELL_FORMED: string = byModel("The request body is not valid JSON: no low surrogate in string");
export const mediaOfRole = (kind: string, role: string): string => `This model doesn't support the ${kind} content block for ${role} messages. Update the content block and try again.`;

export const systemTurnBehind = (turn: number): string => byModel(`messages.${turn}: role 'system' must follow a 'user' message`);
export const systemTurnContent = (turn: number): string => byModel(`messages.${turn}: role 'system' accepts text only`);

/** The sentence's beginning is Anthropic's; OpenAI's says "regex lookaround is not supported". */
export const unsupportedPattern = "Invalid regex in pattern field: look-around and back-references are not supported";
export const lookAround = (path: string): string => `Invalid JSON schema: regex lookaround is not supported. Found at ${path}.`;
export const refusedEffort = (level: string): string => byModel(`Unsupported value: '${level}' is not supported with this model.`);
/** AWS's "Extended thinking in Amazon Nova 2" names the members, not the text. */
export const highEffortBeside = (member: string): string => byModel(`Malformed input request: ${member} must not be set when maxReasoningEffort is high, please reformat your input and try again.`);
export const largeDocument = (path: string): string => `The document at ${path} is larger than 4.5 MB. Provide a smaller document and try again.`;
export const largeVideo = (path: string): string => `The video at ${path} is larger than 25 MB as base64. Provide a smaller video, or its location in Amazon S3, and try again.`;
export const POINT_AFTER_DOCUMENT: string = `Cache point cannot be inserted after document or video block. ${REMOVE_POINT}`;
export const blankGuardedText = (path: string): string => `The text field in the guard content at ${path} is blank. Add text to the text field, and try again.`;
export const manyGuardedImages = (count: number, most: number): string => `The request has ${count} images to assess, but a guardrail takes ${most}. Remove images and try again.`;
export const largeGuardedImage = (path: string): string => `The image at ${path} is larger than 4 MB, which a guardrail does not take. Provide a smaller image and try again.`;
