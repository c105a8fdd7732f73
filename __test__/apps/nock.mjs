/** Tests by nock: an answer of Bedrock's for a URL, and no network. AWS's client speaks HTTP/1.1 with this handler, which nock sees. */
import { NodeHttpHandler } from "@smithy/node-http-handler";
import nock from "nock";

export default async function run({ ChatBedrockConverse }, { credentials }) {
  nock.disableNetConnect();
  const bodies = [];
  nock("https://bedrock-runtime.us-west-2.amazonaws.com")
    .post(/\/model\/.*\/converse$/, (body) => bodies.push(body))
    .reply(200, { output: { message: { role: "assistant", content: [{ text: "Bonjour." }] } }, stopReason: "end_turn", usage: { inputTokens: 1, outputTokens: 1, totalTokens: 2 } });
  const model = new ChatBedrockConverse({ region: "us-west-2", credentials, clientOptions: { requestHandler: new NodeHttpHandler() } });
  const { content, usage_metadata } = await model.invoke("Hello");
  return { content, usage_metadata, bodies, isDone: nock.isDone() };
}
