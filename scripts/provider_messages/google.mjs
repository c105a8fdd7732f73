/** Answers of Google's generateContent. Shapes: <https://ai.google.dev/api/generate-content>. */
import { dataOnlyEvents } from "./server_sent_events.mjs";

const call = (name, args, more = {}) => ({ functionCall: { name, args }, ...more });
const SIGNATURE = "CtEBAVSoXO4signature0==";

const PARTS = {
  text: [{ text: "Paris is the capital of France." }],
  two_texts: [{ text: "First." }, { text: "Second." }],
  one_call: [call("weather", { city: "Paris" })],
  call_with_id: [{ functionCall: { id: "fc-1", name: "weather", args: { city: "Linz" } } }],
  parallel_calls: [{ text: "Both." }, call("weather", { city: "Paris" }), call("weather", { city: "Rome", days: 2 })],
  call_without_arguments: [{ functionCall: { name: "now" } }],
  thinking: [{ text: "Let me see.", thought: true }, { text: "It is 4.", thoughtSignature: SIGNATURE }],
  thinking_signed: [{ text: "Let me see.", thought: true, thoughtSignature: SIGNATURE }, { text: "It is 5." }],
  thinking_and_call: [{ text: "I need the weather.", thought: true }, call("weather", { city: "Oslo" }, { thoughtSignature: SIGNATURE })],
  code_execution: [
    { text: "I compute." },
    { executableCode: { language: "PYTHON", code: "print(6*7)" } },
    { codeExecutionResult: { outcome: "OUTCOME_OK", output: "42\n" } },
    { text: "The result is 42." },
  ],
  image: [{ text: "Here is the cat." }, { inlineData: { mimeType: "image/png", data: "iVBORw0KGgo=" } }],
  empty_text: [{ text: "" }],
};

const CANDIDATES = {
  ...Object.fromEntries(Object.entries(PARTS).map(([name, parts]) => [name, [candidate(parts)]])),
  two_candidates: [candidate([{ text: "Heads." }]), { ...candidate([{ text: "Tails." }]), index: 1 }],
  malformed_call: [{ ...candidate([]), finishReason: "MALFORMED_FUNCTION_CALL", finishMessage: "Malformed function call: print(weather(" }],
  grounded: [
    {
      ...candidate([{ text: "Rust 1.90 is out." }]),
      groundingMetadata: {
        webSearchQueries: ["rust release"],
        groundingChunks: [{ web: { uri: "https://blog.rust-lang.org", title: "Rust blog" } }],
        groundingSupports: [{ segment: { startIndex: 0, endIndex: 17, text: "Rust 1.90 is out." }, groundingChunkIndices: [0] }],
      },
      citationMetadata: { citationSources: [{ startIndex: 0, endIndex: 17, uri: "https://blog.rust-lang.org" }] },
    },
  ],
};

function candidate(parts) {
  return { content: { role: "model", parts }, finishReason: "STOP", index: 0, safetyRatings: [{ category: "HARM_CATEGORY_HARASSMENT", probability: "NEGLIGIBLE" }] };
}

const USAGE = { promptTokenCount: 9, candidatesTokenCount: 9, totalTokenCount: 18 };

export const generateContent = {
  answers: Object.fromEntries(
    Object.entries(CANDIDATES).map(([name, candidates]) => [name, { candidates, usageMetadata: USAGE, modelVersion: "gemini-3-pro", responseId: "r1" }]),
  ),
  /** An event for each part. */
  events: ({ candidates: [candidate], ...rest }) => {
    const { content, ...last } = candidate;
    const parts = content.parts.map((part) => ({ ...rest, candidates: [{ index: 0, content: { role: "model", parts: [part] } }] }));
    return dataOnlyEvents([...parts, { ...rest, candidates: [{ ...last, content: { role: "model", parts: [] } }] }], "");
  },
  said: ({ candidates: [{ content }] }) => content.parts.filter(({ thought }) => thought !== true).map(({ text }) => text),
  model: ({ ChatGoogleGenerativeAI }, baseUrl, fields) => new ChatGoogleGenerativeAI({ model: "gemini-3-pro", apiKey: "made-up", baseUrl, maxRetries: 0, ...fields }),
  package: "@langchain/google-genai",
};
