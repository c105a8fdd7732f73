/** Tests by Jest that mock AWS's package: `bedrock-package` is the package that uses it. */
const mockSend = jest.fn();
jest.mock("@aws-sdk/client-bedrock-runtime", () => ({
  BedrockRuntimeClient: jest.fn(() => ({ send: mockSend, middlewareStack: { add: jest.fn() } })),
  ConverseCommand: jest.fn((input) => ({ input })),
}));

const { ChatBedrockConverse } = require("bedrock-package");

test("the call goes to the mock", async () => {
  mockSend.mockResolvedValue({ output: { message: { role: "assistant", content: [{ text: "Mocked." }] } }, stopReason: "end_turn" });
  const model = new ChatBedrockConverse({ region: "us-east-1", credentials: { accessKeyId: "AKIA", secretAccessKey: "secret" } });
  expect((await model.invoke("Hello")).content).toBe("Mocked.");
  expect(mockSend.mock.calls[0][0].input).toMatchObject({ messages: [{ role: "user", content: [{ text: "Hello" }] }] });
});
