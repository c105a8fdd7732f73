/** Answers a question from passages of a knowledge base. */
import { AmazonKnowledgeBaseRetriever, ChatBedrockConverse } from "langchain-aws-native";

const question = "How are clouds formed?";
const retriever = new AmazonKnowledgeBaseRetriever({
  knowledgeBaseId: process.env.KNOWLEDGE_BASE_ID ?? "ABCDEFGHIJ",
  topK: 2,
});
const passages = await retriever.invoke(question);
for (const { metadata } of passages) console.log(`${metadata.source} (score ${metadata.score})`);

const model = new ChatBedrockConverse();
const answer = await model.invoke(`${passages.map(({ pageContent }) => pageContent).join("\n")}\n\nAnswer from these passages: ${question}`);
console.log(answer.text);
