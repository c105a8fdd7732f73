/** Sends by a client of AWS's for JavaScript, whose middleware sees each request. */
import { BedrockRuntimeClient } from "@aws-sdk/client-bedrock-runtime";
import { NodeHttpHandler } from "@smithy/node-http-handler";
import { ChatBedrockConverse } from "langchain-aws-native";

const client = new BedrockRuntimeClient({ requestHandler: new NodeHttpHandler() });
client.middlewareStack.add(
  (next, { commandName }) =>
    (request) => {
      console.log(`AWS's client sends a ${commandName}.`);
      return next(request);
    },
  { step: "initialize" },
);

const model = new ChatBedrockConverse({ client });
console.log((await model.invoke("Why is the sky blue?")).text);
for await (const chunk of await model.stream("And at dusk?")) process.stdout.write(chunk.text);
