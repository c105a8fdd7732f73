import { AIMessage, type BaseMessage, type ContentBlock, HumanMessage, type MessageContent, ToolMessage } from "@langchain/core/messages";
import { Runnable, type RunnableConfig } from "@langchain/core/runnables";
import { resolveSecrets } from "../configuration/authentication.js";
import { resolveCallOptions } from "../configuration/call_options.js";
import { connectionOptions, resolveRegion, withClientOptions } from "../configuration/connection_options.js";
import { checkConstructorOptions, GUARDRAIL_OPTIONS } from "../configuration/option_checks.js";
import { ModelConnection } from "../connection/model_connection.js";
import type { BedrockRuntimeClient } from "../types/aws_client.js";
import type { ConnectionOptions } from "../types/connection.js";
import type { GuardrailAnswer, GuardrailContentSource, GuardrailRunnableFields, GuardrailSubject } from "../types/guardrails.js";
import { completeAnswer, requestOfGuardrail } from "./apply.js";
import { blockedSides, guardrailFindings } from "./findings.js";
import { GuardrailInterventionError, interventionOf, textOf, traceOf } from "./intervention.js";

/** As error messages name it; a bundler may rename the class. */
const CLASS_NAME = "GuardrailRunnable";

/** What an assessment of one content says. */
interface Assessed {
  answer: GuardrailAnswer;
  isBlocked: boolean;
  /** The texts of the content, in their order, where the guardrail changed them. */
  texts: string[] | undefined;
}

/**
 * A guardrail of Amazon Bedrock that stands before or behind any model of LangChain, by `ApplyGuardrail`. What it has nothing against it passes on as it
 * is, what it masks with the masked texts; what it blocks it throws, or replaces by the guardrail's own text.
 *
 * ```ts
 * const guardrail = { guardrailIdentifier: "abc123", guardrailVersion: "1", region: "us-east-1" };
 * const chain = new GuardrailRunnable({ ...guardrail, source: "INPUT" }).pipe(model).pipe(new GuardrailRunnable({ ...guardrail, source: "OUTPUT" }));
 * ```
 *
 * Of messages, `INPUT` assesses those behind the last of a model: texts and images, of the user and of tools. `OUTPUT` assesses the texts of the last
 * message. A stream is passed on as a whole, when all of it has been assessed.
 */
export class GuardrailRunnable<Subject extends GuardrailSubject = GuardrailSubject> extends Runnable<Subject, Subject> {
  static override lc_name(): string {
    return CLASS_NAME;
  }

  lc_namespace: string[] = ["langchain", "guardrails", "bedrock"];
  readonly guardrailIdentifier: string;
  readonly guardrailVersion: string;
  readonly source: GuardrailContentSource;
  readonly onBlocked: "throw" | "replace";
  /** Empty when only the AWS profile or the instance metadata has it, which the first request reads. */
  readonly region: string;
  /** AWS's client for JavaScript, made when it is first read. Requests go through it only where it was given, assigned or changed. */
  declare client: BedrockRuntimeClient;
  readonly #connection: ModelConnection;
  readonly #connectionFields: Pick<ConnectionOptions, "bedrockBearerToken" | "responseTimeout">;

  constructor(given: GuardrailRunnableFields) {
    super();
    const fields = withClientOptions(given);
    checkConstructorOptions(CLASS_NAME, fields, GUARDRAIL_OPTIONS);
    const { guardrailIdentifier, guardrailVersion, source } = fields;
    for (const [option, value] of Object.entries({ guardrailIdentifier, guardrailVersion, source })) {
      if (!value) throw new Error(`${CLASS_NAME}: pass the option ${option}.`);
    }
    this.guardrailIdentifier = guardrailIdentifier;
    this.guardrailVersion = guardrailVersion;
    this.source = source;
    this.onBlocked = fields.onBlocked ?? (source === "INPUT" ? "throw" : "replace");
    this.region = resolveRegion(fields);
    const secrets = resolveSecrets(fields);
    this.#connectionFields = { ...secrets, responseTimeout: fields.responseTimeout };
    this.#connection = new ModelConnection(this, connectionOptions(CLASS_NAME, fields, this.region, secrets));
  }

  /** Closes the connections that nothing else uses; requests under way go on, later ones are refused. */
  close(): void {
    this.#connection.close();
  }

  override invoke(subject: Subject, options?: Partial<RunnableConfig>): Promise<Subject> {
    const guard = async (input: GuardrailSubject, config?: Partial<RunnableConfig>): Promise<Subject> => (await this.#guard(input, config?.signal)) as Subject;
    return this._callWithConfig(guard, subject, options);
  }

  async #guard(subject: GuardrailSubject, signal: AbortSignal | undefined): Promise<GuardrailSubject> {
    if (typeof subject === "string") return this.#guardText(subject, signal);
    const messages = messagesOf(subject);
    if (messages === undefined) throw new Error(`${CLASS_NAME}: takes a text, a message or messages, but was given ${typeof subject}.`);
    const start = this.source === "OUTPUT" ? messages.length - 1 : 1 + messages.findLastIndex(({ type }) => type === "ai");
    const guarded = await this.#guardMessages(messages.slice(Math.max(0, start)), signal);
    if (!Array.isArray(subject) && "content" in subject) return guarded[0] ?? subject;
    return [...messages.slice(0, Math.max(0, start)), ...guarded];
  }

  async #guardText(text: string, signal: AbortSignal | undefined): Promise<string> {
    const { answer, isBlocked, texts } = await this.#assess([textBlock(text)], signal);
    if (isBlocked) return textOf(answer);
    return texts?.[0] ?? text;
  }

  async #guardMessages(messages: BaseMessage[], signal: AbortSignal | undefined): Promise<BaseMessage[]> {
    const content = messages.flatMap(assessedOf);
    const { answer, isBlocked, texts } = await this.#assess(content, signal);
    if (isBlocked) return messages.map((message) => this.#replaced(message, answer));
    const left = texts && [...texts];
    return left === undefined ? messages : messages.map((message) => this.#masked(message, left, answer));
  }

  /** Asks once; once more for each text if the answer has not one text for each. Throws for what is blocked, if that is wanted. */
  async #assess(content: ContentBlock[], signal: AbortSignal | undefined): Promise<Assessed> {
    const answer = await this.#apply(content, signal);
    const isIntervention = answer.action === "GUARDRAIL_INTERVENED";
    const findings = guardrailFindings(answer);
    const isBlocked = isIntervention && blockedSides(findings, findings.length > 0).has(this.source);
    if (isBlocked && this.onBlocked === "throw") throw new GuardrailInterventionError(answer, this.guardrailIdentifier);
    if (!isIntervention || isBlocked) return { answer, isBlocked, texts: undefined };
    const given = content.filter(isText).map(textIn);
    if (answer.outputs.length === given.length) return { answer, isBlocked, texts: answer.outputs.map(({ text = "" }) => text) };
    const texts: string[] = [];
    for (const text of given) texts.push((given.length === 1 ? answer : await this.#apply([textBlock(text)], signal)).outputs[0]?.text ?? text);
    return { answer, isBlocked, texts };
  }

  async #apply(content: ContentBlock[], signal: AbortSignal | undefined): Promise<GuardrailAnswer> {
    const { source, guardrailIdentifier, guardrailVersion } = this;
    const request = requestOfGuardrail(content, { source, guardrailConfig: { guardrailIdentifier, guardrailVersion } });
    if (request === undefined) return completeAnswer(source, undefined);
    signal?.throwIfAborted();
    return completeAnswer(source, await this.#connection.request<GuardrailAnswer>(request, resolveCallOptions({ signal }, this.#connectionFields)));
  }

  #replaced(message: BaseMessage, answer: GuardrailAnswer): BaseMessage {
    if (message.type === "system") return message;
    return message.type === "ai" ? interventionOf(answer, this.guardrailIdentifier, message as AIMessage) : withContent(message, textOf(answer));
  }

  /** Takes as many of `texts` as the message has. */
  #masked(message: BaseMessage, texts: string[], answer: GuardrailAnswer): BaseMessage {
    const { content, type } = message;
    if (type === "system") return message;
    if (typeof content === "string") {
      const text = content.trim() === "" ? content : (texts.shift() ?? content);
      return this.#withTrace(withContent(message, text), answer);
    }
    const masked = content.map((block) => (isText(block) ? { ...(typeof block === "object" ? block : {}), ...textBlock(texts.shift() ?? textIn(block)) } : block));
    return this.#withTrace(withContent(message, masked), answer);
  }

  /** An answer tells what was masked in it. */
  #withTrace(message: BaseMessage, answer: GuardrailAnswer): BaseMessage {
    if (message.type === "ai") message.response_metadata = { ...message.response_metadata, trace: { guardrail: traceOf(answer, this.guardrailIdentifier) } };
    return message;
  }
}

/** The messages of a prompt value too, which prompts pass on. */
function messagesOf(subject: unknown): BaseMessage[] | undefined {
  if (Array.isArray(subject)) return subject as BaseMessage[];
  if (typeof subject !== "object" || subject === null) return undefined;
  if ("toChatMessages" in subject) return (subject as { toChatMessages(): BaseMessage[] }).toChatMessages();
  return "content" in subject ? [subject as BaseMessage] : undefined;
}

function blocksOf({ content }: BaseMessage): ContentBlock[] {
  return typeof content === "string" ? [textBlock(content)] : content;
}

function textBlock(text: string): ContentBlock {
  return { type: "text", text };
}

/** System text is the application's own. Of an answer, reasoning and tool calls are not assessed, as by `guardrailConfig`. */
function assessedOf(message: BaseMessage): ContentBlock[] {
  if (message.type === "system") return [];
  return message.type === "ai" ? blocksOf(message).filter(isText) : blocksOf(message);
}

/** Blank texts are not assessed, and stay. */
function isText(block: unknown): boolean {
  if (typeof block === "string") return block.trim() !== "";
  const { type, text } = (block ?? {}) as { type?: unknown; text?: unknown };
  return type === "text" && typeof text === "string" && text.trim() !== "";
}

function textIn(block: unknown): string {
  return typeof block === "string" ? block : String((block as { text: unknown }).text);
}

/** A message of the same kind: the given one is the caller's. */
function withContent(message: BaseMessage, content: MessageContent): BaseMessage {
  const { id, name, additional_kwargs, response_metadata } = message;
  const fields = { id, name, content, additional_kwargs, response_metadata };
  if (message.type === "ai") {
    const { tool_calls, invalid_tool_calls, usage_metadata } = message as AIMessage;
    return new AIMessage({ ...fields, tool_calls, invalid_tool_calls, usage_metadata });
  }
  if (message.type !== "tool") return new HumanMessage(fields);
  const { tool_call_id, status, artifact } = message as ToolMessage;
  return new ToolMessage({ ...fields, tool_call_id, status, artifact: artifact as unknown });
}
