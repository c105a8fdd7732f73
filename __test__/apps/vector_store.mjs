/** Retrieval: documents in a vector store, asked through a retriever. */
import { Document } from "@langchain/core/documents";
import { FakeVectorStore } from "@langchain/core/utils/testing";
import { NodeHttpHandler } from "@smithy/node-http-handler";

export default async function run({ BedrockEmbeddings }, { region, credentials, endpoint }) {
  const embeddings = new BedrockEmbeddings({ region, credentials, clientOptions: { endpoint, requestHandler: new NodeHttpHandler() } });
  const documents = ["Bedrock runs models.", "The sky is blue."].map((pageContent, id) => new Document({ pageContent, metadata: { id } }));
  const store = await FakeVectorStore.fromDocuments(documents, embeddings);
  return (await store.asRetriever(1).invoke("The sky is blue.")).map(({ pageContent, metadata }) => ({ pageContent, metadata }));
}
