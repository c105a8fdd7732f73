import type { CallbackManagerForLLMRun } from "@langchain/core/callbacks/manager";
import type { BaseLanguageModelInput } from "@langchain/core/language_models/base";
import { BaseChatModel, type LangSmithParams } from "@langchain/core/language_models/chat_models";
import type { ChatModelStreamEvent } from "@langchain/core/language_models/event";
import type { ModelProfile } from "@langchain/core/language_models/profile";
import type { AIMessageChunk, BaseMessage, BaseMessageLike, MessageContent } from "@langchain/core/messages";
import type { ChatGenerationChunk, ChatResult } from "@langchain/core/outputs";
import type { Runnable, RunnableConfig } from "@langchain/core/runnables";
import type { SerializableSchema } from "@langchain/core/utils/standard_schema";
import type { InteropZodType } from "@langchain/core/utils/types";
import { prewarmOptions, resolveCallOptions } from "./configuration/call_options.js";
import { BATCH_ACCESS, type BatchAccess } from "./connection/batch_access.js";
import type { CallOptions } from "./connection/call.js";
import { ModelConnection } from "./connection/model_connection.js";
import { connectionOptions, givenMembers, resolveRegion, withClientOptions } from "./configuration/connection_options.js";
import { FIELDS, SECRETS } from "./configuration/chat_fields.js";
import { hashSecrets, hideSecrets, revealSecrets } from "./configuration/secrets.js";
import { resolveSecrets } from "./configuration/authentication.js";
import { LONGEST_ANSWER } from "./configuration/time_limits.js";
import { explainRequest } from "./explain_request.js";
import { completeAnswer, requestOfChecks, requestOfGuardrail } from "./guardrails/apply.js";
import { redactGeneration, redactionTexts, type RedactionTexts, redactMessages, redactTrace } from "./guardrails/redaction.js";
import { ModelBinding } from "./model_binding.js";
import { attachPartialOutput } from "./response/errors.js";
import { Collection } from "./response/generation_chunk.js";
import { addRequestContextToEvents, chunksWithRaw, coalesce, convertToAIMessage, convertToGenerationChunk, convertToLlmOutput, eventsWithRaw, type NativeChunk, type NativeMessage, type RequestContext } from "./response/messages.js";
import type { NativeStreamOptions } from "./native.js";
import { checkTargets } from "./configuration/availability.js";
import { CHAT_CALL_OPTIONS, CHAT_OPTIONS, CHAT_TARGET, checkCallOptions, checkConstructorOptions, GUARDRAIL_CALL_OPTIONS } from "./configuration/option_checks.js";
import { withAnthropicTools } from "./request/anthropic_tools.js";
import { mergeModelFields } from "./request/model_fields.js";
import { withGuardrail } from "./request/guardrail_config.js";
import { estimateChat } from "./request/quota.js";
import { convertToInferenceConfig } from "./request/inference_config.js";
import { convertToOutputConfig } from "./request/output_format.js";
import type { Address, NamedAddress } from "./request/address.js";
import { hashConversation } from "./request/conversation_hash.js";
import { type Request, type RequestSettings, writeRequest } from "./request/request.js";
import { addressesOf, checkDistinct } from "./request/target_addresses.js";
import { structuredOutput } from "./structured_output.js";
import { knowledgeOf } from "./request/model_knowledge.js";
import { countContent, countMessages, type Counting } from "./token_counts.js";
import { convertToToolConfig } from "./request/tool_config.js";
import { convertToConverseTools } from "./request/tools.js";
import type { ChatBedrockConverseCallOptions, ChatBedrockConverseInput, ChatBedrockConverseToolType, ChatFailoverTarget, ConverseInvocationParams, GuardrailConfiguration } from "./types/chat.js";
import type { OutputConfig, PerformanceConfiguration, ReasoningOptions, ServiceTierType, TokenCounts, ToolChoiceKind } from "./types/chat.js";
import type { HedgeOptions } from "./types/availability.js";
import type { BedrockRuntimeClient, ClientOptions } from "./types/aws_client.js";
import type { RateLimit } from "./types/connection.js";
import type { DocumentType } from "./types/document.js";
import type { ApplyGuardrailOptions, GuardrailAnswer, GuardrailCallOptions, GuardrailChecksAnswer, GuardrailChecksConfig, GuardrailInput } from "./types/guardrails.js";
import type { FetchMediaOptions } from "./types/media.js";
import type { RequestExplanation } from "./types/explanation.js";
import type { StructuredOutputOptions } from "./types/structured_output.js";
import { version } from "./version.js";

/** As error messages name it; a bundler may rename the class. */
const CLASS_NAME = "ChatBedrockConverse";

/**
 * Chat model for the Amazon Bedrock Converse API, with the names, types and results of the class of the same name in `@langchain/aws`.
 *
 * ```ts
 * const model = new ChatBedrockConverse({ model: "anthropic.claude-haiku-4-5-20251001-v1:0", region: "us-east-1" });
 * const message = await model.invoke("Why is the sky blue?");
 * for await (const chunk of await model.stream("And at dusk?")) process.stdout.write(chunk.text);
 * ```
 *
 * Its fields are the constructor's options of the same names, which {@link ChatBedrockConverseInput} explains.
 *
 * A call throws {@link BedrockRuntimeServiceException} for what Bedrock refuses, {@link IncompleteStreamError} for half an answer, its
 * signal's reason when that fires, and a plain `Error` with one sentence for input that cannot be sent.
 */
export class ChatBedrockConverse extends BaseChatModel<ChatBedrockConverseCallOptions, AIMessageChunk> {
  static override lc_name(): string {
    return CLASS_NAME;
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

  /** `credentials`, `defaultHeaders` and `fetchMedia` are left out: they may be secrets or functions. */
  override get lc_serializable_keys(): string[] {
    return [...FIELDS.filter((field) => field !== "fetchMedia"), "region"];
  }

  model = "anthropic.claude-haiku-4-5-20251001-v1:0";
  applicationInferenceProfile?: string;
  streaming = false;
  rateLimit?: RateLimit;
  /** Empty when only the AWS profile or the instance metadata has it, which the first call reads. */
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
  streamIdleTimeout: number = LONGEST_ANSWER;
  responseTimeout?: number;
  streamCoalescing?: number;
  adaptation?: ChatBedrockConverseInput["adaptation"];
  guardrailConfig?: GuardrailConfiguration;
  guardLastTurnOnly?: boolean;
  redactGuardrailContent?: ChatBedrockConverseInput["redactGuardrailContent"];
  performanceConfig?: PerformanceConfiguration;
  serviceTier?: ServiceTierType;
  requestMetadata?: Record<string, string>;
  promptVariables?: Record<string, { text: string }>;
  outputConfig?: OutputConfig;
  failover?: ChatFailoverTarget[];
  failoverAfter?: number;
  hedge?: HedgeOptions;
  supportsToolChoiceValues?: ToolChoiceKind[];
  reasoning?: ReasoningOptions;
  splitInlineReasoning?: boolean;
  includeResponseHeaders?: boolean;
  includeRaw?: boolean;
  fetchMedia?: ChatBedrockConverseInput["fetchMedia"];
  modelProfile?: ModelProfile;
  bedrockApiKey?: string;
  bedrockApiSecret?: string;
  bedrockApiSessionToken?: string;
  bedrockBearerToken?: ChatBedrockConverseInput["bedrockBearerToken"];
  clientOptions?: ClientOptions;
  defaultHeaders?: Record<string, string>;
  /**
   * A client of AWS's for JavaScript, made when it is first read. Requests go through it only where it was given, assigned or changed (`send`, middleware);
   * otherwise they go through the native client.
   */
  declare client: BedrockRuntimeClient;
  static {
    Object.defineProperty(this.prototype, BATCH_ACCESS, {
      value(this: ChatBedrockConverse): BatchAccess {
        return this.#batchAccess();
      },
    });
  }

  readonly #connection: ModelConnection;
  readonly #setsIdleTimeout: boolean;
  readonly #limitsTokens: boolean;
  /** As they were when the connections to them were made. */
  readonly #targets: ChatFailoverTarget[];
  /** Not where only the ARN of an application inference profile was given: `model` has its default then. */
  readonly #rulesFollowModel: boolean;
  readonly #knownToolChoices: ToolChoiceKind[] | undefined;

  constructor(fields?: ChatBedrockConverseInput);
  constructor(model: string, fields?: Omit<ChatBedrockConverseInput, "model">);
  constructor(modelOrFields?: string | ChatBedrockConverseInput, params?: Omit<ChatBedrockConverseInput, "model">) {
    const given: ChatBedrockConverseInput = typeof modelOrFields === "string" ? { ...params, model: modelOrFields } : (modelOrFields ?? {});
    const fields = withClientOptions(given);
    checkConstructorOptions(CLASS_NAME, fields, CHAT_OPTIONS);
    checkTargets(CLASS_NAME, fields.failover, CHAT_TARGET);
    super(given);
    this._addVersion("langchain-aws-native", version);
    Object.assign(this, givenMembers(Object.fromEntries(FIELDS.map((field) => [field, fields[field]]))));
    this.region = resolveRegion(fields);
    this.#rulesFollowModel = fields.applicationInferenceProfile === undefined || fields.model !== undefined;
    this.#knownToolChoices = knowledgeOf(this.#rulesModel).toolChoice ?? undefined;
    this.supportsToolChoiceValues ??= this.#knownToolChoices;
    const secrets = resolveSecrets(fields);
    Object.assign(this, secrets, { defaultHeaders: fields.defaultHeaders, clientOptions: fields.clientOptions });
    for (const secret of SECRETS) Object.defineProperty(this, secret, { enumerable: false });
    this.#targets = (fields.failover ?? []).map((target) => givenMembers(target));
    this.#setsIdleTimeout = fields.streamIdleTimeout !== undefined;
    this.#limitsTokens = fields.rateLimit?.tokensPerMinute != null;
    this.#connection = new ModelConnection(this, connectionOptions(CLASS_NAME, fields, this.region, secrets));
    if (this.#connection.hasTargets) checkDistinct(this.#addresses({}, undefined, false));
  }

  /** Fetches credentials and opens a connection, so that the first call finds both. Rejects as that call would. */
  prewarm(options?: { signal?: AbortSignal }): Promise<void> {
    return this.#connection.prewarm(prewarmOptions(options?.signal, this));
  }

  /** Closes the connections that no other model uses; calls under way go on, later ones are refused. */
  close(): void {
    this.#connection.close();
  }

  override _llmType(): string {
    return "chat_bedrock_converse";
  }

  /** Part of the key of LangChain's cache. */
  override _identifyingParams(): Record<string, unknown> {
    return { modelId: this.#modelId, ...this.invocationParams() };
  }

  /** Holds all that decides the request: two calls with different tools or schemas must not share a cached answer. */
  override _getSerializedCacheKeyParametersForCall(options: ChatBedrockConverseCallOptions & { config?: RunnableConfig }): string {
    const request = this.invocationParams(options as Partial<this["ParsedCallOptions"]>);
    return super._getSerializedCacheKeyParametersForCall({ ...hashSecrets(options), request } as typeof options);
  }

  /** Hides secrets before core passes the options of a call to callbacks and tracers. */
  protected override _separateRunnableConfigFromCallOptionsCompat(options?: Partial<ChatBedrockConverseCallOptions>): [RunnableConfig, this["ParsedCallOptions"]] {
    return super._separateRunnableConfigFromCallOptionsCompat(hideSecrets(options));
  }

  override withConfig(config: Partial<ChatBedrockConverseCallOptions>): Runnable<BaseLanguageModelInput, AIMessageChunk, ChatBedrockConverseCallOptions> {
    return new ModelBinding({ bound: this, config, kwargs: {} });
  }

  override getLsParams(options: this["ParsedCallOptions"]): LangSmithParams {
    const inferenceConfig = convertToInferenceConfig(options, this);
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
    const { strict, ...options } = kwargs ?? {};
    return this.withConfig({ tools: convertToConverseTools(tools, strict), ...options });
  }

  /** What is known of the model, for LangChain's agents and middleware. A member that is not known is absent. */
  override get profile(): ModelProfile {
    return { ...knowledgeOf(this.#rulesModel).profile, ...givenMembers(this.modelProfile ?? {}) };
  }

  /** The request's members beside its messages. A call's option has precedence over the constructor's. */
  override invocationParams(options?: Partial<this["ParsedCallOptions"]>): ConverseInvocationParams {
    const call: Partial<ChatBedrockConverseCallOptions> = options ?? {};
    checkCallOptions(CLASS_NAME, revealSecrets(call), CHAT_CALL_OPTIONS);
    const serviceTier = call.serviceTier ?? this.serviceTier;
    return {
      inferenceConfig: convertToInferenceConfig(call, this),
      toolConfig: convertToToolConfig(call),
      reasoning: call.reasoning ?? this.reasoning,
      additionalModelRequestFields: withAnthropicTools(
        mergeModelFields(this.additionalModelRequestFields, call.additionalModelRequestFields),
        call.tools,
        call.tool_choice,
        call.adaptation ?? this.adaptation,
      ),
      guardrailConfig: call.guardrailConfig ?? this.guardrailConfig,
      performanceConfig: call.performanceConfig ?? this.performanceConfig,
      serviceTier: serviceTier === undefined ? undefined : { type: serviceTier },
      requestMetadata: call.requestMetadata ?? this.requestMetadata,
      promptVariables: call.promptVariables ?? this.promptVariables,
      additionalModelResponseFieldPaths: call.additionalModelResponseFieldPaths ?? this.additionalModelResponseFieldPaths,
      outputConfig: convertToOutputConfig(call, this.outputConfig),
    };
  }

  get #modelId(): string {
    return this.applicationInferenceProfile ?? this.model;
  }

  /** The model that rules are about. */
  get #rulesModel(): string {
    return this.#rulesFollowModel ? this.model : this.#modelId;
  }

  /** The tokens of a user message with this content, framing included: Bedrock's count where the model has one, else an approximation. */
  override async getNumTokens(content: MessageContent): Promise<number> {
    return countContent(content, this.#counting({}));
  }

  /** The input tokens of a call with these messages and call options, such as `tools`. */
  async getNumTokensFromMessages(messages: BaseMessage[], options: Partial<ChatBedrockConverseCallOptions> = {}): Promise<TokenCounts> {
    return countMessages(messages, this.#counting(options));
  }

  /** Asks a guardrail, by default the model's, about content on its way to a model (`source: "INPUT"`) or from one (`"OUTPUT"`). No model is called. */
  async applyGuardrail(content: GuardrailInput, options: ApplyGuardrailOptions): Promise<GuardrailAnswer> {
    checkCallOptions(CLASS_NAME, options, GUARDRAIL_CALL_OPTIONS);
    const request = requestOfGuardrail(content, { ...options, guardrailConfig: options.guardrailConfig ?? this.guardrailConfig });
    return completeAnswer(options.source, request && (await this.#connection.request<GuardrailAnswer>(request, this.#callOptions(options))));
  }

  /** Scores the texts of messages by checks that are named here, without a guardrail. Nothing is blocked, and no model is called. */
  async invokeGuardrailChecks(messages: string | BaseMessageLike[], checks: GuardrailChecksConfig, options: GuardrailCallOptions = {}): Promise<GuardrailChecksAnswer> {
    checkCallOptions(CLASS_NAME, options, GUARDRAIL_CALL_OPTIONS);
    return this.#connection.request(requestOfChecks(messages, checks), this.#callOptions(options));
  }

  /** For `langchain-aws-native/batch`. */
  #batchAccess(): BatchAccess {
    return {
      modelId: this.#modelId,
      endpointUrl: this.endpointUrl ?? this.endpointHost,
      isNative: this.#connection.isNative,
      client: this.#connection.nativeClient,
      clientWith: (credentials) => this.#connection.nativeClientWith(credentials),
      request: (messages, options) => this.#request(messages, options as Partial<this["ParsedCallOptions"]>, false),
      callOptions: (options) => this.#callOptions(options as Partial<this["ParsedCallOptions"]>),
    };
  }

  #counting(options: Partial<this["ParsedCallOptions"]>): Counting {
    const write: Counting["write"] = (messages, modelId) => this.#request(messages, { ...options, fetchMedia: false }, false, modelId).request;
    return { model: this.#rulesModel, connection: this.#connection, call: this.#callOptions(options), toolConfig: this.invocationParams(options).toolConfig, write };
  }

  /**
   * The request that `invoke` would send for the same input and call options (tools as the option `tools`), what was changed in it, what is known of the
   * model, and what its cache points cover. Nothing is sent, and no credentials are asked for. Throws what `invoke` would refuse before it sends.
   */
  async explainRequest(input: BaseLanguageModelInput, options?: Partial<ChatBedrockConverseCallOptions>): Promise<RequestExplanation> {
    const [, call] = this._separateRunnableConfigFromCallOptionsCompat(options);
    const { request } = this.#request(ChatBedrockConverse._convertInputToPromptValue(input).toChatMessages(), call, this.streaming, this.#modelId);
    const headers = [this.defaultHeaders, this.#callOptions(call).headers];
    const { endpointUrl, hasTargets } = this.#connection;
    const targets = hasTargets ? this.#addresses(call, undefined, false) : [];
    return explainRequest(request, { rulesModel: this.#rulesModel, profile: this.profile, isStreaming: this.streaming, endpointUrl, headers, targets });
  }

  /** With `modelId` the request is for the model's own target, else it may have others. */
  #request(messages: BaseMessage[], options: Partial<this["ParsedCallOptions"]>, isStreamed: boolean, modelId?: string): { request: Request; context: RequestContext } {
    const guardLastTurnOnly = (options.guardLastTurnOnly ?? this.guardLastTurnOnly) || undefined;
    const texts = this.#redactionTexts(options);
    const fetchMedia: FetchMediaOptions | false = options.fetchMedia ?? this.fetchMedia ?? false;
    const sent = texts === undefined ? messages : redactMessages(messages, texts);
    const params = withGuardrail(this.invocationParams(options), guardLastTurnOnly, isStreamed);
    const settings = {
      cacheControl: options.cache_control,
      adaptation: options.adaptation ?? this.adaptation,
      splitInlineReasoning: (options.splitInlineReasoning ?? this.splitInlineReasoning) || undefined,
      guardLastTurnOnly,
      fetchMedia: fetchMedia === false ? undefined : (true as const),
    };
    const request =
      this.#connection.hasTargets && modelId === undefined
        ? this.#requestToTargets(sent, params, settings, this.#addresses(options, params.guardrailConfig, isStreamed))
        : writeRequest(this.#addressOf(modelId ?? this.#modelId), sent, params, settings);
    if (this.#limitsTokens) request.quota = () => estimateChat(this.#rulesModel, sent, params);
    if (fetchMedia !== false) request.fetchMedia = fetchMedia;
    const wantsHeaders = (options.includeResponseHeaders ?? this.includeResponseHeaders) === true;
    // What was received has what a guardrail blocked.
    const wantsRaw = (options.includeRaw ?? this.includeRaw) === true && texts === undefined;
    if (wantsHeaders || wantsRaw || request.addresses !== undefined) request.exchange = { wantsHeaders, wantsRaw };
    const redact = texts && ((metadata: Record<string, unknown>) => redactTrace(metadata, texts));
    return { request, context: { model: this.model, warnings: request.warnings, exchange: request.exchange, redact } };
  }

  #requestToTargets(messages: BaseMessage[], params: ConverseInvocationParams, settings: Partial<RequestSettings>, addresses: NamedAddress[]): Request {
    const request = writeRequest(undefined, messages, { ...params, guardrailConfig: undefined }, settings);
    return { ...request, addresses, conversation: () => hashConversation(messages, params.toolConfig) };
  }

  /** Without a guardrail, which is among the parameters of the request. */
  #addressOf(modelId: string): Address {
    return {
      modelId,
      model: this.#rulesModel === modelId ? undefined : this.#rulesModel,
      region: this.region || undefined,
      endpoint: this.endpointUrl ?? this.endpointHost,
      supportsToolChoiceValues: this.supportsToolChoiceValues === this.#knownToolChoices ? undefined : this.supportsToolChoiceValues,
    };
  }

  /** The addresses of all targets. `guardrailConfig` is the request's. */
  #addresses(options: Partial<this["ParsedCallOptions"]>, guardrailConfig: GuardrailConfiguration | undefined, isStreamed: boolean): NamedAddress[] {
    const own = { address: { ...this.#addressOf(this.#modelId), guardrailConfig }, name: this.model };
    return addressesOf(own, this.#targets, (address, target) => {
      if (options.guardrailConfig !== undefined || target.guardrailConfig === undefined) return address;
      return { ...address, guardrailConfig: withGuardrail({ guardrailConfig: target.guardrailConfig }, undefined, isStreamed).guardrailConfig };
    });
  }

  #redactionTexts(options: Partial<this["ParsedCallOptions"]>): RedactionTexts | undefined {
    return redactionTexts(options.redactGuardrailContent ?? this.redactGuardrailContent);
  }

  /** `idleTimeout` (milliseconds, 0 for none): one that the user set also limits the wait for a stream's first event. */
  #callOptions(options: Partial<this["ParsedCallOptions"]>, idleTimeout: number = 0): CallOptions {
    const resolved = resolveCallOptions(revealSecrets(options), this);
    resolved.responseTimeout = Math.min(resolved.responseTimeout, idleTimeout || Infinity);
    return resolved;
  }

  #streamCallOptions(options: this["ParsedCallOptions"]): CallOptions {
    return this.#callOptions(options, options.streamIdleTimeout ?? (this.#setsIdleTimeout ? this.streamIdleTimeout : 0));
  }

  #streamOptions(form: NativeStreamOptions["form"], options: this["ParsedCallOptions"]): NativeStreamOptions {
    return {
      form,
      usage: options.streamUsage ?? this.streamUsage,
      idleTimeout: (options.streamIdleTimeout ?? this.streamIdleTimeout) || undefined,
      coalescing: options.streamCoalescing ?? this.streamCoalescing,
    };
  }

  override async _generate(messages: BaseMessage[], options: this["ParsedCallOptions"], runManager?: CallbackManagerForLLMRun): Promise<ChatResult> {
    options.signal?.throwIfAborted();
    // A promise that an async function returns costs three turns of the microtask queue, one that it awaits costs one.
    return await (this.streaming ? this.#generateByStreaming(messages, options, runManager) : this._generateNonStreaming(messages, options, runManager));
  }

  /** One request, one answer. A subclass may override it, to change the messages for example. */
  async _generateNonStreaming(messages: BaseMessage[], options: Partial<this["ParsedCallOptions"]>, _runManager?: CallbackManagerForLLMRun): Promise<ChatResult> {
    const { request, context } = this.#request(messages, options, false);
    const answer = await this.#connection.converse<NativeMessage>(request, this.#callOptions(options));
    const message = convertToAIMessage(answer, context);
    const text = typeof message.content === "string" ? message.content : message.text;
    return { generations: [{ text, message }], llmOutput: convertToLlmOutput(message.usage_metadata) };
  }

  async #generateByStreaming(messages: BaseMessage[], options: this["ParsedCallOptions"], runManager?: CallbackManagerForLLMRun): Promise<ChatResult> {
    let whole: ChatGenerationChunk | undefined;
    for await (const chunk of this._streamResponseChunks(messages, options, runManager)) {
      whole = whole === undefined ? chunk : whole.concat(chunk);
    }
    if (whole === undefined) throw new Error("Could not parse final output from Bedrock streaming call.");
    return { generations: [redactGeneration(whole, this.#redactionTexts(options))], llmOutput: convertToLlmOutput((whole.message as AIMessageChunk).usage_metadata) };
  }

  override async *_streamResponseChunks(messages: BaseMessage[], options: this["ParsedCallOptions"], runManager?: CallbackManagerForLLMRun): AsyncGenerator<ChatGenerationChunk> {
    let received = new Collection();
    const coalescing = options.streamCoalescing ?? this.streamCoalescing;
    const isV1 = (options.outputVersion ?? this.outputVersion) === "v1";
    try {
      const { request, context } = this.#request(messages, options, true);
      const stream = this.#connection.stream<NativeChunk>(request, this.#streamOptions("chunks", options), this.#streamCallOptions(options));
      for await (const batch of stream) {
        const elements = context.exchange?.wantsRaw ? chunksWithRaw(batch) : batch;
        const chunks = coalescing === undefined ? elements : coalesce(elements);
        for (const native of chunks) {
          const chunk = convertToGenerationChunk(native, context, isV1);
          received = received.add(chunk);
          yield chunk;
          if (native.token) await runManager?.handleLLMNewToken(chunk.text, undefined, undefined, undefined, undefined, { chunk });
        }
        // A suspended generator keeps its variables: what was handled would stay in memory until the next batch has come.
        batch.length = chunks.length = 0;
      }
    } catch (error) {
      attachPartialOutput(error, () => received.whole?.message as AIMessageChunk | undefined);
      throw error;
    }
  }

  override async *_streamChatModelEvents(messages: BaseMessage[], options: this["ParsedCallOptions"], _runManager?: CallbackManagerForLLMRun): AsyncGenerator<ChatModelStreamEvent> {
    const { request, context } = this.#request(messages, options, true);
    const received: unknown[] = [];
    for await (const batch of this.#connection.stream<ChatModelStreamEvent>(request, this.#streamOptions("events", options), this.#streamCallOptions(options))) {
      const events = context.exchange?.wantsRaw ? eventsWithRaw(batch, received) : batch;
      addRequestContextToEvents(events, context);
      yield* events;
      batch.length = events.length = 0;
    }
  }

  override withStructuredOutput<RunOutput extends Record<string, any> = Record<string, any>>(
    outputSchema: InteropZodType<RunOutput> | SerializableSchema<RunOutput> | Record<string, any>,
    config?: StructuredOutputOptions<false>,
  ): Runnable<BaseLanguageModelInput, RunOutput>;
  override withStructuredOutput<RunOutput extends Record<string, any> = Record<string, any>>(
    outputSchema: InteropZodType<RunOutput> | SerializableSchema<RunOutput> | Record<string, any>,
    config?: StructuredOutputOptions<true>,
  ): Runnable<BaseLanguageModelInput, { raw: BaseMessage; parsed: RunOutput }>;
  /**
   * A model whose answer is an object of `outputSchema`, a zod schema, a Standard Schema or a JSON schema. With `includeRaw` it is
   * `{ raw, parsed }`, and `parsed` is `null` where the answer is none. A stream yields the object as it grows. {@link StructuredOutputOptions}
   * has how it is requested and repaired.
   */
  override withStructuredOutput<RunOutput extends Record<string, any> = Record<string, any>>(
    outputSchema: InteropZodType<RunOutput> | SerializableSchema<RunOutput> | Record<string, any>,
    config?: StructuredOutputOptions<boolean>,
  ): Runnable<BaseLanguageModelInput, RunOutput> | Runnable<BaseLanguageModelInput, { raw: BaseMessage; parsed: RunOutput }> {
    return structuredOutput(this, outputSchema, config) as Runnable<BaseLanguageModelInput, RunOutput>;
  }
}
