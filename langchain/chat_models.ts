import type { CallbackManagerForLLMRun } from "@langchain/core/callbacks/manager";
import type { BaseLanguageModelInput, StructuredOutputMethodOptions } from "@langchain/core/language_models/base";
import { BaseChatModel, type LangSmithParams } from "@langchain/core/language_models/chat_models";
import type { ChatModelStreamEvent } from "@langchain/core/language_models/event";
import type { AIMessageChunk, BaseMessage, UsageMetadata } from "@langchain/core/messages";
import type { ChatGenerationChunk, ChatResult } from "@langchain/core/outputs";
import type { Runnable } from "@langchain/core/runnables";
import { getEnvironmentVariable } from "@langchain/core/utils/env";
import type { SerializableSchema } from "@langchain/core/utils/standard_schema";
import type { InteropZodType } from "@langchain/core/utils/types";
import { Connection, type StreamOptions } from "./connection.js";
import { resolveSecrets } from "./credentials.js";
import { attachPartialOutput } from "./errors.js";
import { convertToAIMessage, convertToGenerationChunk, type NativeChunk, type NativeMessage } from "./messages.js";
import { checkCallOptions, checkConstructorOptions } from "./options.js";
import { type NativeRequest, writeRequest } from "./request.js";
import { structuredOutput } from "./structured_output.js";
import { convertToBedrockToolChoice, convertToConverseTools, forbidsTools, supportedToolChoiceValuesForModel } from "./tools.js";
import type {
  ChatBedrockConverseCallOptions,
  ChatBedrockConverseInput,
  ChatBedrockConverseToolType,
  ConverseInvocationParams,
  DocumentType,
  GuardrailConfiguration,
  OutputConfig,
  PerformanceConfiguration,
  ServiceTierType,
} from "./types.js";
import { version } from "./version.js";

/** Plain options that become fields of the same name. */
const FIELDS = [
  "model",
  "applicationInferenceProfile",
  "streaming",
  "supportsToolChoiceValues",
  "temperature",
  "maxTokens",
  "topP",
  "stop",
  "endpointHost",
  "endpointUrl",
  "additionalModelRequestFields",
  "additionalModelResponseFieldPaths",
  "streamUsage",
  "streamIdleTimeout",
  "guardrailConfig",
  "performanceConfig",
  "serviceTier",
  "requestMetadata",
  "promptVariables",
  "outputConfig",
] as const satisfies (keyof ChatBedrockConverseInput)[];

/** Fields that may hold secrets: readable under their names, but no dump of the model shows them. */
const SECRETS = ["bedrockApiKey", "bedrockApiSecret", "bedrockApiSessionToken", "bedrockBearerToken", "defaultHeaders", "lc_kwargs"] as const;

/**
 * Chat model for the Amazon Bedrock Converse API, with the names, types and results of the class of the same name in `@langchain/aws`.
 *
 * ```ts
 * const model = new ChatBedrockConverse({ model: "anthropic.claude-haiku-4-5-20251001-v1:0", region: "us-east-1" });
 * const message = await model.invoke("Why is the sky blue?");
 * for await (const chunk of await model.stream("And at dusk?")) process.stdout.write(chunk.text);
 * ```
 *
 * A call throws {@link BedrockRuntimeServiceException} for what Bedrock refuses, {@link IncompleteStreamError} for half an answer, an
 * `AbortError` when its `signal` fires, and a plain `Error` with one sentence for input that cannot be sent.
 */
export class ChatBedrockConverse extends BaseChatModel<ChatBedrockConverseCallOptions, AIMessageChunk> {
  static override lc_name(): string {
    return "ChatBedrockConverse";
  }

  override lc_serializable = true;

  override get lc_secrets(): Record<string, string> {
    return {
      bedrockApiKey: "BEDROCK_AWS_ACCESS_KEY_ID",
      bedrockApiSecret: "BEDROCK_AWS_SECRET_ACCESS_KEY",
      bedrockApiSessionToken: "BEDROCK_AWS_SESSION_TOKEN",
      bedrockBearerToken: "AWS_BEARER_TOKEN_BEDROCK",
    };
  }

  override get lc_aliases(): Record<string, string> {
    return { model: "model_id", region: "region_name" };
  }

  /** `credentials` and `defaultHeaders` are left out: they may be secrets or functions. */
  override get lc_serializable_keys(): string[] {
    return [...FIELDS, "region"];
  }

  model = "anthropic.claude-haiku-4-5-20251001-v1:0";
  applicationInferenceProfile?: string;
  streaming = false;
  /** Empty when only the AWS profile or the instance knows it: they are asked by the first call. */
  region: string;
  temperature?: number;
  maxTokens?: number;
  topP?: number;
  stop?: string[];
  endpointHost?: string;
  endpointUrl?: string;
  additionalModelRequestFields?: DocumentType;
  additionalModelResponseFieldPaths?: string[];
  streamUsage = true;
  streamIdleTimeout = 60_000;
  guardrailConfig?: GuardrailConfiguration;
  performanceConfig?: PerformanceConfiguration;
  serviceTier?: ServiceTierType;
  requestMetadata?: Record<string, string>;
  promptVariables?: Record<string, { text: string }>;
  outputConfig?: OutputConfig;
  supportsToolChoiceValues?: ("auto" | "any" | "tool")[];
  bedrockApiKey?: string;
  bedrockApiSecret?: string;
  bedrockApiSessionToken?: string;
  bedrockBearerToken?: string;
  defaultHeaders?: Record<string, string>;
  /** The native connection. It is no `BedrockRuntimeClient` and has nothing to call. */
  client: object;
  readonly #connection: Connection;

  constructor(fields?: ChatBedrockConverseInput);
  constructor(model: string, fields?: Omit<ChatBedrockConverseInput, "model">);
  constructor(modelOrFields?: string | ChatBedrockConverseInput, params?: Omit<ChatBedrockConverseInput, "model">) {
    const fields: ChatBedrockConverseInput = typeof modelOrFields === "string" ? { ...params, model: modelOrFields } : (modelOrFields ?? {});
    checkConstructorOptions(fields);
    super(fields);
    this._addVersion("langchain-aws-native", version);
    Object.assign(this, given(fields));
    this.region = fields.region ?? getEnvironmentVariable("AWS_REGION") ?? getEnvironmentVariable("AWS_DEFAULT_REGION") ?? "";
    this.supportsToolChoiceValues ??= supportedToolChoiceValuesForModel(this.model);
    const { credentials, ...secrets } = resolveSecrets(fields);
    Object.assign(this, secrets, { defaultHeaders: fields.defaultHeaders });
    for (const secret of SECRETS) Object.defineProperty(this, secret, { enumerable: false });
    this.#connection = new Connection({
      region: this.region || undefined,
      endpointUrl: this.endpointUrl ?? endpointOf(this.endpointHost),
      credentials,
      bearerToken: this.bedrockBearerToken,
      profile: fields.profile ?? getEnvironmentVariable("AWS_PROFILE"),
      headers: this.defaultHeaders,
      maxAttempts: fields.maxRetries == null ? undefined : fields.maxRetries + 1,
    });
    this.client = this.#connection;
  }

  override _llmType(): string {
    return "chat_bedrock_converse";
  }

  /** What tells this model's answers from another's, for LangChain's cache. */
  override _identifyingParams(): Record<string, unknown> {
    return { modelId: this.#modelId, ...this.invocationParams() };
  }

  override getLsParams(options: this["ParsedCallOptions"]): LangSmithParams {
    const { inferenceConfig } = this.invocationParams(options);
    return {
      ls_provider: "amazon_bedrock",
      ls_model_name: this.model,
      ls_model_type: "chat",
      ls_temperature: inferenceConfig?.temperature,
      ls_max_tokens: inferenceConfig?.maxTokens,
      ls_stop: inferenceConfig?.stopSequences,
    };
  }

  /** A model that may call `tools`. `kwargs` are call options, such as `tool_choice`. */
  override bindTools(
    tools: ChatBedrockConverseToolType[],
    kwargs?: Partial<ChatBedrockConverseCallOptions>,
  ): Runnable<BaseLanguageModelInput, AIMessageChunk, ChatBedrockConverseCallOptions> {
    return this.withConfig({ tools: convertToConverseTools(tools), ...kwargs });
  }

  /** The request's members beside its messages. What a call says beats what the constructor said. */
  override invocationParams(options?: Partial<this["ParsedCallOptions"]>): ConverseInvocationParams {
    const call: Partial<ChatBedrockConverseCallOptions> = options ?? {};
    checkCallOptions(call);
    const serviceTier = call.serviceTier ?? this.serviceTier;
    return {
      inferenceConfig: this.#inferenceConfig(call),
      toolConfig: this.#toolConfig(call),
      additionalModelRequestFields: call.additionalModelRequestFields ?? this.additionalModelRequestFields,
      guardrailConfig: call.guardrailConfig ?? this.guardrailConfig,
      performanceConfig: call.performanceConfig ?? this.performanceConfig,
      serviceTier: serviceTier === undefined ? undefined : { type: serviceTier },
      requestMetadata: call.requestMetadata ?? this.requestMetadata,
      promptVariables: call.promptVariables ?? this.promptVariables,
      additionalModelResponseFieldPaths: call.additionalModelResponseFieldPaths ?? this.additionalModelResponseFieldPaths,
      outputConfig: call.outputConfig ?? this.outputConfig,
    };
  }

  #inferenceConfig(call: Partial<ChatBedrockConverseCallOptions>): ConverseInvocationParams["inferenceConfig"] {
    const config = {
      maxTokens: call.maxTokens ?? this.maxTokens,
      temperature: call.temperature ?? this.temperature,
      topP: call.topP ?? this.topP,
      stopSequences: call.stop ?? this.stop,
    };
    const { maxTokens, temperature, topP, stopSequences } = config;
    const isEmpty = maxTokens === undefined && temperature === undefined && topP === undefined && !stopSequences?.length;
    return isEmpty ? undefined : config;
  }

  #toolConfig({ tools, tool_choice }: Partial<ChatBedrockConverseCallOptions>): ConverseInvocationParams["toolConfig"] {
    if (!tools?.length) return undefined;
    const converted = convertToConverseTools(tools);
    if (forbidsTools(tool_choice, converted)) return undefined;
    return {
      tools: converted,
      toolChoice: tool_choice ? convertToBedrockToolChoice(tool_choice, converted, this.model, this.supportsToolChoiceValues) : undefined,
    };
  }

  get #modelId(): string {
    return this.applicationInferenceProfile ?? this.model;
  }

  #request(messages: BaseMessage[], options: this["ParsedCallOptions"]): NativeRequest {
    return writeRequest(this.#modelId, messages, this.invocationParams(options), options.cache_control);
  }

  #streamOptions(form: StreamOptions["form"], options: this["ParsedCallOptions"]): StreamOptions {
    return {
      form,
      usage: options.streamUsage ?? this.streamUsage,
      idleTimeout: (options.streamIdleTimeout ?? this.streamIdleTimeout) || undefined,
    };
  }

  override async _generate(
    messages: BaseMessage[],
    options: this["ParsedCallOptions"],
    runManager?: CallbackManagerForLLMRun,
  ): Promise<ChatResult> {
    options.signal?.throwIfAborted();
    if (this.streaming) return this.#generateByStreaming(messages, options, runManager);
    const answer = await this.#connection.converse<NativeMessage>(this.#request(messages, options), options.signal);
    const message = convertToAIMessage(answer, this.model);
    const text = typeof message.content === "string" ? message.content : message.text;
    return { generations: [{ text, message }], llmOutput: tokenUsage(message.usage_metadata) };
  }

  async #generateByStreaming(
    messages: BaseMessage[],
    options: this["ParsedCallOptions"],
    runManager?: CallbackManagerForLLMRun,
  ): Promise<ChatResult> {
    let whole: ChatGenerationChunk | undefined;
    for await (const chunk of this._streamResponseChunks(messages, options, runManager)) {
      whole = whole === undefined ? chunk : whole.concat(chunk);
    }
    if (whole === undefined) throw new Error("Could not parse final output from Bedrock streaming call.");
    return { generations: [whole], llmOutput: tokenUsage((whole.message as AIMessageChunk).usage_metadata) };
  }

  override async *_streamResponseChunks(
    messages: BaseMessage[],
    options: this["ParsedCallOptions"],
    runManager?: CallbackManagerForLLMRun,
  ): AsyncGenerator<ChatGenerationChunk> {
    const arrived: AIMessageChunk[] = [];
    try {
      const stream = this.#connection.stream<NativeChunk>(this.#request(messages, options), this.#streamOptions("chunks", options), options.signal);
      for await (const batch of stream) {
        for (const native of batch) {
          const chunk = convertToGenerationChunk(native, this.model);
          arrived.push(chunk.message as AIMessageChunk);
          yield chunk;
          if (native.token) await runManager?.handleLLMNewToken(chunk.text, undefined, undefined, undefined, undefined, { chunk });
        }
      }
    } catch (error) {
      attachPartialOutput(error, arrived);
      throw error;
    }
  }

  override async *_streamChatModelEvents(
    messages: BaseMessage[],
    options: this["ParsedCallOptions"],
    _runManager?: CallbackManagerForLLMRun,
  ): AsyncGenerator<ChatModelStreamEvent> {
    const request = this.#request(messages, options);
    for await (const batch of this.#connection.stream<ChatModelStreamEvent>(request, this.#streamOptions("events", options), options.signal)) {
      yield* batch;
    }
  }

  override withStructuredOutput<RunOutput extends Record<string, any> = Record<string, any>>(
    outputSchema: InteropZodType<RunOutput> | SerializableSchema<RunOutput> | Record<string, any>,
    config?: StructuredOutputMethodOptions<false>,
  ): Runnable<BaseLanguageModelInput, RunOutput>;
  override withStructuredOutput<RunOutput extends Record<string, any> = Record<string, any>>(
    outputSchema: InteropZodType<RunOutput> | SerializableSchema<RunOutput> | Record<string, any>,
    config?: StructuredOutputMethodOptions<true>,
  ): Runnable<BaseLanguageModelInput, { raw: BaseMessage; parsed: RunOutput }>;
  /**
   * A model whose answer is an object of `outputSchema`, a zod schema, a Standard Schema or a JSON schema. With `includeRaw` it is
   * `{ raw, parsed }`, and `parsed` is `null` where the answer is none.
   */
  override withStructuredOutput<RunOutput extends Record<string, any> = Record<string, any>>(
    outputSchema: InteropZodType<RunOutput> | SerializableSchema<RunOutput> | Record<string, any>,
    config?: StructuredOutputMethodOptions<boolean>,
  ): Runnable<BaseLanguageModelInput, RunOutput> | Runnable<BaseLanguageModelInput, { raw: BaseMessage; parsed: RunOutput }> {
    return structuredOutput(this, outputSchema, config) as Runnable<BaseLanguageModelInput, RunOutput>;
  }
}

function given(fields: ChatBedrockConverseInput): Partial<ChatBedrockConverseInput> {
  return Object.fromEntries(FIELDS.filter((field) => fields[field] !== undefined).map((field) => [field, fields[field]]));
}

/** A host is called over https; one that names its scheme keeps it. */
function endpointOf(host: string | undefined): string | undefined {
  return host === undefined || host.includes("://") ? host : `https://${host}`;
}

/** Token counts under the names by which callbacks look for them. */
function tokenUsage(usage: UsageMetadata | undefined): ChatResult["llmOutput"] {
  if (usage === undefined) return undefined;
  const { input_tokens, output_tokens, total_tokens } = usage;
  return { tokenUsage: { promptTokens: input_tokens, completionTokens: output_tokens, totalTokens: total_tokens } };
}
