const { ChatBedrockConverse } = require("langchain-aws-native");

/**
 * The application: it knows nothing of tests, but lets them say where its model is.
 *
 * @param {string} sentence
 * @param {import("langchain-aws-native").ChatBedrockConverseInput} [options]
 */
async function translate(sentence, options) {
  const model = new ChatBedrockConverse({ model: "anthropic.claude-haiku-4-5-20251001-v1:0", temperature: 0, ...options });
  const message = await model.invoke([
    ["system", "Translate the user's sentence to French."],
    ["human", sentence],
  ]);
  return message.text;
}

module.exports = { translate };
