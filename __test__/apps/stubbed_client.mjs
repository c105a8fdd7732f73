/** Unit tests of an application: a client with nothing but `send`, whose calls are looked at afterwards. */
export default async function run({ ChatBedrockConverse, BedrockEmbeddings }, { region }) {
  const inputs = [];
  const client = {
    async send({ input }) {
      inputs.push(input);
      if (input.body !== undefined) return { body: new TextEncoder().encode(JSON.stringify({ embedding: [1, 2, 3] })) };
      return {
        output: { message: { role: "assistant", content: [{ text: "Bonjour." }, { toolUse: { toolUseId: "t1", name: "add", input: { a: 1 } } }] } },
        stopReason: "tool_use",
        usage: { inputTokens: 3, outputTokens: 2, totalTokens: 5 },
      };
    },
  };
  const answer = await new ChatBedrockConverse({ region, client, temperature: 0 }).invoke([["system", "Translate."], ["human", "Hello"]]);
  const vector = await new BedrockEmbeddings({ region, client }).embedQuery("Hello");
  const { content, tool_calls, usage_metadata } = answer;
  return { content, tool_calls, usage_metadata, vector, inputs };
}
