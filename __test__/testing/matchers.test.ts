import { bedrockMatchers, startBedrock, unscripted, type Bedrock, type BedrockMatchers } from "../../testing/index.js";
import { ourModel } from "../support/models.js";

declare global {
  namespace jest {
    interface Matchers<R> extends BedrockMatchers<R> {}
  }
}

expect.extend(bedrockMatchers);

let bedrock: Bedrock;
beforeAll(async () => {
  bedrock = await startBedrock();
  const model = ourModel(bedrock);
  await model.invoke("Hello", { temperature: 0.5 } as never);
  for await (const _chunk of await model.stream([["system", "Be brief."], ["human", "And?"]])) void _chunk;
});
afterAll(() => bedrock.close());

const HELLO = { messages: [{ role: "user", content: [{ text: "Hello" }] }] };

test("hold for what was received, streamed or not", () => {
  expect(bedrock).toHaveReceivedConverse();
  expect(bedrock).toHaveReceivedConverse(HELLO);
  expect(bedrock).toHaveReceivedConverse({ messages: [{ content: [{ text: expect.stringMatching("^A") }] }], system: expect.any(Array) });
  expect(bedrock).toHaveReceivedConverseTimes(2);
  expect(bedrock).toHaveReceivedLastConverse({ system: [{ text: "Be brief." }] });
  expect(bedrock).toHaveReceivedNthConverse(1, HELLO);
  expect(bedrock).toHaveRefusedNothing();
  expect(bedrock).not.toHaveReceivedConverse({ messages: [{}, {}] });
  expect(bedrock).not.toHaveReceivedConverseTimes(1);
  expect(bedrock).not.toHaveReceivedLastConverse(HELLO);
});

test.each<[string, () => void, string]>([
  [
    "no such request",
    () => expect(bedrock).toHaveReceivedConverse({ messages: [{ content: [{ text: "Hi" }] }] }),
    'A Converse request with {"messages":[{"content":[{"text":"Hi"}]}]} was expected; 2 requests were received:\n' +
      '  1. messages.0.content.0.text is "Hello", not "Hi"\n  2. messages.0.content.0.text is "And?", not "Hi"',
  ],
  ["a member that is missing", () => expect(bedrock).toHaveReceivedLastConverse({ toolConfig: {} }), 'The last Converse request was expected to have {"toolConfig":{}}; toolConfig is absent, not {}.'],
  ["a list of another length", () => expect(bedrock).toHaveReceivedNthConverse(1, { messages: [] }), 'The 1. Converse request was expected to have {"messages":[]}; messages has 1 item, not 0.'],
  ["no such place", () => expect(bedrock).toHaveReceivedNthConverse(3, {}), "The 3. Converse request was expected to have {}; 2 requests were received."],
  ["another count", () => expect(bedrock).toHaveReceivedConverseTimes(1), '1 request was expected; 2 requests were received:\n  1. [{"role":"user","content":[{"text":"Hello"}]}]\n  2.'],
  ["what should not be", () => expect(bedrock).not.toHaveReceivedConverse(HELLO), 'No Converse request with {"messages":[{"role":"user","content":[{"text":"Hello"}]}]} was expected; 2 requests were received'],
  ["an asymmetric matcher", () => expect(bedrock).toHaveReceivedNthConverse(1, { messages: expect.any(String) }), '{"messages":"Any<String>"}; messages is [{"role":"user","content":[{"text":"Hello"}]}], not Any<String>.'],
  ["something else than an endpoint", () => expect({}).toHaveReceivedConverse(), "This matcher is for what startBedrock() gives, as in expect(bedrock), not for {}."],
])("fail with a sentence: %s", (_what, assertion, sentence) => {
  expect(assertion).toThrow(sentence);
});

test("what was refused is said, also when the application says nothing of it", async () => {
  await using strict = await startBedrock();
  strict.replyAlways(unscripted());
  await ourModel(strict).invoke("Hello").catch(() => undefined);
  expect(() => expect(strict).toHaveRefusedNothing()).toThrow(
    "No refused request was expected; there were:\n  converse: ValidationException: Nobody scripted an answer to this request: converse of anthropic",
  );
  strict.reset();
  expect(strict).toHaveRefusedNothing();
});
