/** A subclass that puts a cache point behind the last message of each request. */
import { HumanMessage } from "@langchain/core/messages";
import { NodeHttpHandler } from "@smithy/node-http-handler";

export default async function run({ ChatBedrockConverse }, { region, credentials, endpoint }) {
  class CachingModel extends ChatBedrockConverse {
    async _generateNonStreaming(messages, options, runManager) {
      const [last, ...earlier] = [...messages].reverse();
      const cached = new HumanMessage({ content: [{ type: "text", text: last.text }, { cachePoint: { type: "default" } }] });
      return super._generateNonStreaming([...earlier.reverse(), cached], options, runManager);
    }
  }
  process.env.AWS_ENDPOINT_URL_BEDROCK_RUNTIME = endpoint;
  const fields = { region, credentials, clientOptions: { requestHandler: new NodeHttpHandler() } };
  const { content, usage_metadata } = await new CachingModel(fields).invoke([["system", "Be brief."], ["human", "Hello"]]);
  return { content, usage_metadata };
}
