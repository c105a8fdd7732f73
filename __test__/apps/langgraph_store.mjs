/** The memory of an agent: a store of LangGraph that finds memories by their meaning. */
import { InMemoryStore } from "@langchain/langgraph";
import { NodeHttpHandler } from "@smithy/node-http-handler";

export default async function run({ BedrockEmbeddings }, { region, credentials, endpoint }) {
  const embeddings = new BedrockEmbeddings({ region, credentials, model: "amazon.titan-embed-text-v2:0", dimensions: 256, clientOptions: { endpoint, requestHandler: new NodeHttpHandler() } });
  const store = new InMemoryStore({ index: { embeddings, dims: 256, fields: ["text"] } });
  for (const [key, text] of [["a", "She likes tea."], ["b", "He plays chess."]]) await store.put(["user"], key, { text });
  const found = await store.search(["user"], { query: "He plays chess.", limit: 1 });
  return found.map(({ key, value, score }) => ({ key, value, score: score.toFixed(6) }));
}
