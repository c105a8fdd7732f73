const { startBedrock, throttling } = require("langchain-aws-native/testing");
const { translate } = require("./translator");

/** @type {import("langchain-aws-native/testing").Bedrock} */
let bedrock;
beforeAll(async () => {
  bedrock = await startBedrock();
});
beforeEach(() => bedrock.reset());
afterEach(() => expect(bedrock).toHaveRefusedNothing());
afterAll(() => bedrock.close());

test("asks for French", async () => {
  bedrock.reply("J'adore la programmation.");
  expect(await translate("I love programming.", bedrock.connection)).toBe("J'adore la programmation.");
  expect(bedrock).toHaveReceivedConverseTimes(1);
  expect(bedrock).toHaveReceivedLastConverse({
    system: [{ text: expect.stringContaining("French") }],
    messages: [{ role: "user", content: [{ text: "I love programming." }] }],
    inferenceConfig: { temperature: 0 },
  });
});

test("tries again when Bedrock is busy", async () => {
  bedrock.reply(throttling(), "Bonjour.");
  expect(await translate("Hello.", bedrock.connection)).toBe("Bonjour.");
  expect(bedrock).toHaveReceivedConverseTimes(2);
});
