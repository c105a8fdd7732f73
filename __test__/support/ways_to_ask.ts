import { AmazonKendraRetriever, AmazonKnowledgeBaseRetriever, BedrockEmbeddings, ChatBedrockConverse, type ChatBedrockConverseInput } from "langchain-aws-native";
import { MODEL } from "./models.js";
import { fold } from "./streams.js";

type Connection = Pick<ChatBedrockConverseInput, "endpointUrl" | "region" | "credentials" | "maxRetries">;

const GUARDRAIL = { guardrailIdentifier: "abc123", guardrailVersion: "1" };
const chat = (connection: Connection): ChatBedrockConverse => new ChatBedrockConverse({ model: MODEL, guardrailConfig: GUARDRAIL, ...connection });

/** Each operation of the package, by its name: how to connect, which returns how to ask. Each question is another one, so that no memory answers it. */
export const WAYS_TO_ASK: [string, (connection: Connection) => () => Promise<unknown>][] = [
  ["invoke", (connection) => asking(chat(connection), (model, question) => model.invoke(question))],
  ["stream", (connection) => asking(chat(connection), async (model, question) => fold(await model.stream(question)))],
  ["getNumTokensFromMessages", (connection) => asking(chat(connection), (model, question) => model.getNumTokens(question))],
  ["applyGuardrail", (connection) => asking(chat(connection), (model, question) => model.applyGuardrail(question, { source: "INPUT" }))],
  ["embedQuery", (connection) => asking(new BedrockEmbeddings(connection), (model, question) => model.embedQuery(question))],
  ["a knowledge base", (connection) => asking(new AmazonKnowledgeBaseRetriever({ knowledgeBaseId: "ABCDEFGHIJ", ...connection }), (retriever, question) => retriever.invoke(question))],
  ["Kendra", (connection) => asking(new AmazonKendraRetriever({ indexId: "01234567-89ab-cdef-0123-456789abcdef", ...connection }), (retriever, question) => retriever.invoke(question))],
];

function asking<Model>(model: Model, ask: (model: Model, question: string) => Promise<unknown>): () => Promise<unknown> {
  let questions = 0;
  return () => ask(model, `How is the weather on day ${++questions}?`);
}
