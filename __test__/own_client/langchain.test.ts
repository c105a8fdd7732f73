/** LangChain's surface once more, by models that send by AWS's client for JavaScript. */
jest.mock("../support/models.js", () => {
  const actual = jest.requireActual<typeof import("../support/models.js")>("../support/models.js");
  return { ...actual, ourModel: actual.ourModelByClient };
});

describe.each([
  "cache",
  "callbacks",
  "cancellation",
  "chains",
  "create_agent",
  "failures",
  "history",
  "langgraph",
  "streams",
  "structured_output",
  "ways_of_asking",
])("%s", (file) => {
  require(`../langchain/${file}.test.js`);
});
