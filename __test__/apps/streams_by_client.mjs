/** A subclass that streams on its own: it sends the command by the model's client, and makes chunks of its own kind. */
import { ConverseStreamCommand } from "@aws-sdk/client-bedrock-runtime";
import { AIMessageChunk } from "@langchain/core/messages";
import { ChatGenerationChunk } from "@langchain/core/outputs";
import { NodeHttpHandler } from "@smithy/node-http-handler";

export default async function run({ ChatBedrockConverse }, { region, credentials, endpoint }) {
  class OwnStream extends ChatBedrockConverse {
    async *_streamResponseChunks(messages, options, runManager) {
      const input = { modelId: this.model, messages: [{ role: "user", content: [{ text: messages.at(-1).text }] }], ...this.invocationParams(options) };
      const { stream } = await this.client.send(new ConverseStreamCommand(input));
      for await (const { contentBlockDelta } of stream) {
        const text = contentBlockDelta?.delta?.text?.toUpperCase();
        if (text === undefined) continue;
        yield new ChatGenerationChunk({ text, message: new AIMessageChunk(text) });
        await runManager?.handleLLMNewToken(text);
      }
    }
  }
  process.env.AWS_ENDPOINT_URL_BEDROCK_RUNTIME = endpoint;
  const model = new OwnStream({ region, credentials, maxTokens: 50, clientOptions: { requestHandler: new NodeHttpHandler() } });
  let streamed = "";
  for await (const chunk of await model.stream("Hello")) streamed += chunk.text;
  return streamed;
}
