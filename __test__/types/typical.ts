/** What users of `@langchain/aws` write. tsc reads it twice: with the peer's types, and with ours under the peer's name. */
import {
  AmazonKendraRetriever,
  AmazonKnowledgeBaseRetriever,
  BedrockEmbeddings,
  ChatBedrockConverse,
  type AmazonKendraRetrieverArgs,
  type AmazonKnowledgeBaseRetrieverArgs,
  type BedrockEmbeddingsParams,
  type BedrockPromptCacheControl,
  type BedrockToolChoice,
  type ChatBedrockConverseCallOptions,
  type ChatBedrockConverseInput,
  type ChatBedrockConverseToolType,
  type ConverseCommandParams,
  type CredentialType,
  type MessageContentReasoningBlock,
  type MessageContentReasoningBlockReasoningText,
  type MessageContentReasoningBlockReasoningTextPartial,
  type MessageContentReasoningBlockRedacted,
} from "@langchain/aws";
import type { BaseChatModel } from "@langchain/core/language_models/chat_models";
import type { Document } from "@langchain/core/documents";
import type { EmbeddingsInterface } from "@langchain/core/embeddings";
import { AIMessage, type AIMessageChunk, HumanMessage } from "@langchain/core/messages";
import { StringOutputParser } from "@langchain/core/output_parsers";
import { ChatPromptTemplate } from "@langchain/core/prompts";
import type { BaseRetrieverInterface } from "@langchain/core/retrievers";
import { tool } from "@langchain/core/tools";
import { z } from "zod";

const credentials: CredentialType = { accessKeyId: "AKIA", secretAccessKey: "secret", sessionToken: "token" };
const fetched: CredentialType = async () => credentials as { accessKeyId: string; secretAccessKey: string };

const input: ChatBedrockConverseInput = {
  model: "anthropic.claude-haiku-4-5-20251001-v1:0",
  region: process.env["BEDROCK_AWS_REGION"],
  credentials: fetched,
  temperature: 0,
  maxTokens: undefined,
  maxRetries: 2,
  topP: 0.9,
  streaming: true,
  streamUsage: false,
  streamIdleTimeout: 0,
  endpointHost: "bedrock.example.com",
  applicationInferenceProfile: "arn:aws:bedrock:eu-west-1:123456789102:application-inference-profile/fm16bt65tzgx",
  guardrailConfig: { guardrailIdentifier: "g", guardrailVersion: "1", trace: "enabled" },
  performanceConfig: { latency: "optimized" },
  serviceTier: "priority",
  additionalModelRequestFields: { thinking: { type: "enabled", budget_tokens: 2000 } },
  supportsToolChoiceValues: ["auto", "any"],
  defaultHeaders: { "anthropic-beta": "prompt-caching-2024-07-31" },
  clientOptions: { maxAttempts: 1 },
  verbose: true,
  callbacks: [],
  tags: ["a"],
};
const model = new ChatBedrockConverse(input);
const byName = new ChatBedrockConverse("amazon.nova-lite-v1:0", { region: "us-east-1" });
const base: BaseChatModel = byName;

const weather = tool(async ({ city }: { city: string }) => city, { name: "get_weather", schema: z.object({ city: z.string() }) });
const tools: ChatBedrockConverseToolType[] = [
  weather,
  { name: "GetPopulation", description: "The population", schema: z.object({ city: z.string() }) },
  { type: "function", function: { name: "f", parameters: { type: "object" } } },
  { toolSpec: { name: "t", inputSchema: { json: { type: "object", properties: {} } } } },
  { cachePoint: { type: "default" } },
];
const choice: BedrockToolChoice = { tool: { name: "get_weather" } };
const choices: BedrockToolChoice[] = [choice, { any: {} }, { auto: {} }];
const cache: BedrockPromptCacheControl = { type: "ephemeral", ttl: "1h" };
const options: Partial<ChatBedrockConverseCallOptions> = { tools, tool_choice: choices[0], stop: ["\n"], cache_control: cache, requestMetadata: { team: "a" } };

const whole: MessageContentReasoningBlockReasoningText = { type: "reasoning_content", reasoningText: { text: "Hm.", signature: "s" } };
const part: MessageContentReasoningBlockReasoningTextPartial = { type: "reasoning_content", reasoningText: { signature: "s" } };
const redacted: MessageContentReasoningBlockRedacted = { type: "reasoning_content", redactedContent: "AA==" };
const reasoning: MessageContentReasoningBlock[] = [whole, part, redacted];

const embedding: BedrockEmbeddingsParams = {
  model: "amazon.titan-embed-text-v2:0",
  region: process.env["BEDROCK_AWS_REGION"],
  credentials: fetched,
  dimensions: 512,
  modelParameters: { normalize: true },
  maxRetries: 2,
  maxConcurrency: 4,
};

class Cleaned extends BedrockEmbeddings {
  protected override async _embedText(text: string): Promise<number[]> {
    return super._embedText(text.trim());
  }
}

export async function embed(): Promise<number[][]> {
  const embeddings: EmbeddingsInterface = new Cleaned(embedding);
  const vector: number[] = await new BedrockEmbeddings().embedQuery("Hello");
  return [vector, ...(await embeddings.embedDocuments(["one", "two"]))];
}

const knowledgeBase: AmazonKnowledgeBaseRetrieverArgs = {
  knowledgeBaseId: "ABCDEFGHIJ",
  topK: 5,
  region: "us-east-1",
  filter: { equals: { key: "year", value: 2026 } },
  overrideSearchType: "HYBRID",
  clientOptions: { credentials: { accessKeyId: "AKIA", secretAccessKey: "secret" } },
};
const kendra: AmazonKendraRetrieverArgs = {
  indexId: "01234567-89ab-cdef-0123-456789abcdef",
  topK: 5,
  region: "us-east-1",
  attributeFilter: { EqualsTo: { Key: "_language_code", Value: { StringValue: "en" } } },
};

class Logged extends AmazonKendraRetriever {
  override async _getRelevantDocuments(query: string): Promise<Document[]> {
    return this.queryKendra(query, this.topK, this.attributeFilter);
  }
}

export async function retrieve(): Promise<string[]> {
  const retrievers: BaseRetrieverInterface[] = [new AmazonKnowledgeBaseRetriever(knowledgeBase), new Logged(kendra)];
  const found = await Promise.all(retrievers.map((retriever) => retriever.invoke("How are clouds formed?")));
  const more = await new AmazonKnowledgeBaseRetriever(knowledgeBase).queryKnowledgeBase("Hello", 3);
  return [...found.flat(), ...more].map(({ pageContent }) => pageContent);
}

export async function use(): Promise<void> {
  const message: AIMessageChunk = await model.invoke([new HumanMessage("Hello"), new AIMessage({ content: reasoning })], options);
  console.log(message.tool_calls?.[0]?.args, message.usage_metadata?.input_tokens, message.response_metadata["stopReason"]);
  for await (const chunk of await model.stream([["human", "Hello"]], { signal: new AbortController().signal })) console.log(chunk.text);
  const called = await model.bindTools(tools, { tool_choice: "any" }).invoke("Hello");
  const joke = await model.withStructuredOutput(z.object({ setup: z.string() }), { name: "joke" }).invoke("A joke");
  const { raw, parsed } = await model.withStructuredOutput(z.object({ setup: z.string() }), { includeRaw: true }).invoke("A joke");
  const chain = ChatPromptTemplate.fromMessages([["human", "{question}"]]).pipe(model.withConfig({ stop: ["\n"] })).pipe(new StringOutputParser());
  const answers: string[] = await chain.batch([{ question: "a" }]);
  const params: Partial<ConverseCommandParams> = model.invocationParams(options);
  console.log(called.text, joke.setup, raw.text, parsed.setup, answers, params, base._llmType(), model.model, model.region, model.temperature);
}
