/** A low-code tool's node: it makes the model, and puts a client of its own in place of the model's. */
import { BedrockRuntimeClient } from "@aws-sdk/client-bedrock-runtime";
import { NodeHttpHandler } from "@smithy/node-http-handler";

export default async function run({ ChatBedrockConverse }, { region, credentials, endpoint }) {
  class NodeModel extends ChatBedrockConverse {
    constructor(fields) {
      super(fields);
      this.client = new BedrockRuntimeClient({ region, credentials, endpoint, requestHandler: new NodeHttpHandler(), customUserAgent: "my-node/1.0" });
    }
  }
  const model = new NodeModel({ model: "anthropic.claude-haiku-4-5-20251001-v1:0", region: "eu-west-3", credentials: { accessKeyId: "unused", secretAccessKey: "unused" } });
  let streamed = "";
  for await (const chunk of await model.stream("Hello")) streamed += chunk.text;
  return { invoked: (await model.invoke("Hello")).content, streamed };
}
