/**
 * A chat server: POST a question, get server-sent events with the answer's text as it comes. A client that leaves stops the request, so
 * that nobody pays for words that nobody reads. Try it: curl -N -d "Why is the sky blue?" http://127.0.0.1:PORT
 */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { ChatBedrockConverse } from "langchain-aws-native";

const model = new ChatBedrockConverse({ model: "anthropic.claude-haiku-4-5-20251001-v1:0" });
await model.prewarm();

async function chat(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const left = new AbortController();
  response.once("close", () => left.abort());
  const send = (event: string, data: unknown): boolean => response.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
  try {
    const question = await text(request);
    response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-cache" });
    for await (const chunk of await model.stream(question, { signal: left.signal })) {
      if (chunk.text) send("text", chunk.text);
      if (chunk.usage_metadata) send("usage", chunk.usage_metadata);
    }
    send("end", null);
  } catch (error) {
    if (left.signal.aborted) return console.log("The client left; the request was stopped.");
    send("error", (error as Error).message);
  }
  response.end();
}

const server = createServer((request, response) => void chat(request, response));
server.listen(Number(process.env["PORT"] ?? 0), "127.0.0.1", () => {
  console.log(`Listening on http://127.0.0.1:${(server.address() as AddressInfo).port}`);
});
process.once("SIGINT", () => {
  server.close();
  server.closeAllConnections();
  model.close();
});
