/** Tests by aws-sdk-client-mock: AWS's class itself is mocked, before or after the model is made. */
import { BedrockRuntimeClient, ConverseCommand, ThrottlingException } from "@aws-sdk/client-bedrock-runtime";
import { mockClient } from "aws-sdk-client-mock";

export default async function run({ ChatBedrockConverse }, { region, credentials }) {
  const model = new ChatBedrockConverse({ region, credentials });
  const mock = mockClient(BedrockRuntimeClient);
  const answer = { output: { message: { role: "assistant", content: [{ text: "Mocked." }] } }, stopReason: "end_turn" };
  mock.on(ConverseCommand).rejectsOnce(new ThrottlingException({ message: "Slow down.", $metadata: {} })).resolves(answer);
  const error = await model.invoke("Hello").catch((thrown) => thrown);
  const { content } = await model.withRetry({ stopAfterAttempt: 1 }).invoke("Hello");
  return { content, isThrottled: error instanceof ThrottlingException, inputs: mock.commandCalls(ConverseCommand).map(({ args: [{ input }] }) => input) };
}
