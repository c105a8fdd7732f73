import type { CallbackManagerForLLMRun } from "@langchain/core/callbacks/manager";
import { type BaseMessage, SystemMessage } from "@langchain/core/messages";
import type { ChatResult } from "@langchain/core/outputs";
import { ChatBedrockConverse as PeerChatBedrockConverse } from "@langchain/aws";
import { ChatBedrockConverse } from "langchain-aws-native";
import { startBedrock, type Bedrock } from "langchain-aws-native/testing";
import { useCleanEnvironment } from "../support/environment.js";
import { ourModel, peerModel } from "../support/models.js";

useCleanEnvironment();

let bedrock: Bedrock;
beforeEach(async () => {
  bedrock = await startBedrock();
});
afterEach(() => bedrock.close());

/** The body of the one request that was sent. */
function sent(): unknown {
  expect(bedrock.requests).toHaveLength(1);
  return bedrock.requests[0]!.body;
}

describe("a subclass that overrides _generateNonStreaming", () => {
  const rules = new SystemMessage("Be brief.");

  class Ours extends ChatBedrockConverse {
    override _generateNonStreaming(messages: BaseMessage[], options: Partial<this["ParsedCallOptions"]>, runManager?: CallbackManagerForLLMRun): Promise<ChatResult> {
      return super._generateNonStreaming([rules, ...messages], options, runManager);
    }
  }

  class Peers extends PeerChatBedrockConverse {
    override _generateNonStreaming(messages: BaseMessage[], options: Partial<this["ParsedCallOptions"]>, runManager?: CallbackManagerForLLMRun): Promise<ChatResult> {
      return super._generateNonStreaming([rules, ...messages], options, runManager);
    }
  }

  test("sends what it makes of the messages, as with @langchain/aws", async () => {
    const { model } = ourModel(bedrock);
    expect((await new Ours({ model, ...bedrock.connection }).invoke("Hello", { stop: ["x"] })).text).toBe("You said: Hello");
    const ours = sent();
    bedrock.reset();
    const { client } = peerModel(bedrock);
    await new Peers({ model, region: bedrock.region, client }).invoke("Hello", { stop: ["x"] });
    expect(ours).toEqual(sent());
    expect(ours).toMatchObject({ system: [{ text: "Be brief." }] });
  });

  test("is not asked where the answer is streamed", async () => {
    await new Ours({ ...bedrock.connection, streaming: true }).invoke("Hello");
    expect(sent()).not.toHaveProperty("system");
  });
});
