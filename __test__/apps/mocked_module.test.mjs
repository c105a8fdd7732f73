/** Tests by Vitest that mock the package itself, which is `bedrock-package` here: one class is replaced, the others stay. */
import { expect, test, vi } from "vitest";
import { BedrockEmbeddings, ChatBedrockConverse } from "bedrock-package";

vi.mock("bedrock-package", async (importOriginal) => ({
  ...(await importOriginal()),
  ChatBedrockConverse: vi.fn(function () {
    return { invoke: vi.fn(async () => ({ content: "Mocked." })) };
  }),
}));

test("the model is the mock, the embeddings are not", async () => {
  const model = new ChatBedrockConverse({ region: "us-east-1" });
  expect(await model.invoke("Hello")).toEqual({ content: "Mocked." });
  expect(ChatBedrockConverse).toHaveBeenCalledWith({ region: "us-east-1" });
  expect(new BedrockEmbeddings({ region: "us-east-1" }).model).toBe("amazon.titan-embed-text-v1");
});
