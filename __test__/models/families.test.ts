import { AIMessage, type BaseMessage, HumanMessage, SystemMessage, trimMessages } from "@langchain/core/messages";
import type { ChatBedrockConverse, ChatBedrockConverseCallOptions } from "langchain-aws-native";
import { startBedrock, type Bedrock } from "langchain-aws-native/testing";
import { knowledgeOf, knownModels } from "../../langchain/request/model_knowledge.js";
import { type Abilities, citedConversation, conversation, ONLY_A_POINT, OPTIONS, TOOLS } from "../support/agent_turn.js";
import { ourModel } from "../support/models.js";

/**
 * Every model of the core's table gets an agent's turn that asks for all at once, and the strict endpoint accepts what is sent. The endpoint's rules of
 * families are written from public sources without a look at the table: where the two disagree, one of them is wrong.
 */

let bedrock: Bedrock;
beforeAll(async () => void (bedrock = await startBedrock()));
afterEach(() => bedrock.reset());
afterAll(() => bedrock.close());

type Options = Partial<ChatBedrockConverseCallOptions>;

const MODELS = knownModels();

const ALL: Abilities = { tools: true, images: true, documents: true };

/** What the model can take of a question, by what is known of it. Of a history, which may be another model's, it gets all. */
function abilitiesOf(id: string): Abilities {
  const { facts } = knowledgeOf(id);
  return { tools: facts["toolCalling"] !== false, images: facts["imageInputs"] !== false, documents: facts["documentInputs"] !== false };
}

/** Asks and returns the sentences in which the endpoint refused: a refusal from which the package learns is one, though the answer comes. */
async function refusalsOf(model: ChatBedrockConverse, messages: BaseMessage[], options: Options, tools = false): Promise<string[]> {
  const before = bedrock.requests.length;
  const asked = tools ? model.bindTools(TOOLS, options) : model.withConfig(options);
  const error = await asked.invoke(messages).then(() => undefined, String);
  const refused = bedrock.requests.slice(before).flatMap(({ response }) => (response.errorMessage === undefined ? [] : [response.errorMessage]));
  return [...refused, ...(error === undefined ? [] : [error])];
}

/** The conversation and its rests, as agents and `trimMessages` leave them. */
async function variants(id: string): Promise<[string, BaseMessage[]][]> {
  const whole = conversation(id, ALL);
  const [system, first, ...rest] = whole as [BaseMessage, BaseMessage, ...BaseMessage[]];
  const trimmed = await Promise.all(
    Array.from({ length: whole.length - 2 }, (_, index) => trimMessages(whole, { maxTokens: index + 2, strategy: "last", includeSystem: true, tokenCounter: (messages) => messages.length })),
  );
  return [
    ["whole", whole],
    ["ending with the assistant", [...whole, new AIMessage("In short: ")]],
    ["beginning with the assistant", [system, ...rest]],
    ["with a system text of nothing but a cache point", [ONLY_A_POINT, first, ...rest]],
    ["without a system text", [first, ...rest]],
    ["with system texts in the midst", [system, first, ...rest.flatMap((message) => [new SystemMessage("Be brief."), message]), new SystemMessage("Be kind.")]],
    ["paused at a tool call", [...whole, new AIMessage({ content: "", tool_calls: [{ id: "open", name: "find", args: { word: "x" } }] }), new HumanMessage("No.")]],
    ...trimmed.map((messages, index): [string, BaseMessage[]] => [`trimmed to ${index + 2} messages`, messages]),
  ];
}

test("the table has models of every maker", () => {
  expect(MODELS.length).toBeGreaterThan(100);
  const makers = ["ai21", "amazon", "anthropic", "cohere", "deepseek", "google", "meta", "minimax", "mistral", "moonshot", "moonshotai", "nvidia", "openai", "qwen", "writer", "xai", "zai"];
  expect([...new Set(MODELS.map((id) => id.split(".")[0]))].sort()).toEqual(makers);
});

/** All that an application may ask of a model at once, as far as it can. */
function askAll(model: ChatBedrockConverse, messages: BaseMessage[], { tools }: Abilities, options: Options = {}): Promise<string[]> {
  return refusalsOf(model, messages, tools ? { ...OPTIONS, tool_choice: "any", ...options } : { ...OPTIONS, ...options }, tools);
}

test.each(MODELS)("%s", async (id) => {
  const abilities = abilitiesOf(id);
  const model = ourModel(bedrock, { model: id });
  const refused: string[] = [];
  const note = (variant: string, sentences: string[]): void => void refused.push(...sentences.map((sentence) => `${variant}: ${sentence}`));

  for (const [variant, messages] of await variants(id)) note(variant, await askAll(model, messages, abilities));
  const whole = conversation(id, ALL);
  note("strict tools", await askAll(model, whole, abilities, { strict: true } as Options));
  note("an answer of few tokens", await refusalsOf(model, whole, { maxTokens: 1 }));
  note("no effort", await askAll(model, whole, abilities, { reasoning: { effort: "none" }, tool_choice: undefined }));
  note("a question with media", await askAll(model, conversation(id, abilities).slice(0, 2), abilities));
  note("without tools, after a history with tools", await refusalsOf(model, whole, OPTIONS));
  note("with documents to be cited", await refusalsOf(model, citedConversation(id, abilities), {}, abilities.tools));
  note("a sampling field of its own", await refusalsOf(model, whole, { ...OPTIONS, ...(id.startsWith("anthropic.") ? { additionalModelRequestFields: { top_k: 5 } } : {}) }));
  for (const form of [`us.${id}`, `arn:aws:bedrock:us-east-1:123456789012:inference-profile/global.${id}`, `arn:aws:bedrock:us-east-1::foundation-model/${id}`]) {
    note(form, await askAll(ourModel(bedrock, { model: form }), whole, abilities));
  }
  expect(refused).toEqual([]);
});
