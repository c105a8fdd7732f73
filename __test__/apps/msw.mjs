/** Tests by msw: handlers of requests, an error among them. */
import { NodeHttpHandler } from "@smithy/node-http-handler";
import { http, HttpResponse } from "msw";
import { setupServer } from "msw/node";

export default async function run({ ChatBedrockConverse }, { credentials }) {
  let calls = 0;
  const server = setupServer(
    http.post("https://bedrock-runtime.us-west-2.amazonaws.com/model/:id/converse", async ({ request }) => {
      if (++calls === 1) return HttpResponse.json({ message: "Slow down." }, { status: 429, headers: { "x-amzn-errortype": "ThrottlingException" } });
      const { messages } = await request.json();
      return HttpResponse.json({ output: { message: { role: "assistant", content: [{ text: `You said: ${messages[0].content[0].text}` }] } }, stopReason: "end_turn" });
    }),
  );
  server.listen({ onUnhandledRequest: "error" });
  const model = new ChatBedrockConverse({ region: "us-west-2", credentials, clientOptions: { maxAttempts: 1, requestHandler: new NodeHttpHandler() } });
  const { name, message } = await model.invoke("Hello").catch((error) => error);
  const { content } = await model.invoke("Hello");
  server.close();
  return { name, message, content };
}
