import { AIMessageChunk } from "@langchain/core/messages";
import { ChatGenerationChunk } from "@langchain/core/outputs";
import fc from "fast-check";
import { CollectingChunk } from "../../langchain/response/generation_chunk.js";

const usage_metadata = { input_tokens: 1, output_tokens: 2, total_tokens: 3 };

/** Messages of every kind that a stream has. */
const message = fc.oneof(
  { weight: 5, arbitrary: fc.string().map((content) => ({ content })) },
  fc.string().map((text) => ({ content: [{ type: "text", text, index: 1 }] })),
  fc.string().map((reasoning) => ({ content: [{ type: "reasoning", reasoning, index: 0 }] })),
  fc.string().map((args) => ({ content: "", tool_call_chunks: [{ args, index: 2, type: "tool_call_chunk" as const }] })),
  fc.constant({ content: "", usage_metadata, response_metadata: { stopReason: "end_turn", model_provider: "bedrock-converse" } }),
);

const stream = fc.array(message, { minLength: 1, maxLength: 40 });

function chunks(Chunk: typeof ChatGenerationChunk, messages: object[]): ChatGenerationChunk[] {
  return messages.map((fields) => {
    const chunk = new AIMessageChunk({ id: "a", ...structuredClone(fields) } as never);
    return new Chunk({ text: chunk.text, message: chunk });
  });
}

const fold = (all: ChatGenerationChunk[]): ChatGenerationChunk => all.slice(1).reduce((whole, chunk) => whole.concat(chunk), all[0] as ChatGenerationChunk);
const seen = (chunk: ChatGenerationChunk): unknown => JSON.parse(JSON.stringify({ ...chunk }));

test("what is collected folds to what core's own chunks fold to", () => {
  fc.assert(
    fc.property(stream, (messages) => {
      const ours = fold(chunks(CollectingChunk, messages));
      const cores = fold(chunks(ChatGenerationChunk, messages));
      expect(seen(ours)).toEqual(seen(cores));
      expect(Object.keys(ours).sort()).toEqual(Object.keys(cores).sort());
      expect(ours).toBeInstanceOf(ChatGenerationChunk);
    }),
    { seed: 1, numRuns: 300 },
  );
});

test("looking in between and going on twice from one place change nothing", () => {
  fc.assert(
    fc.property(stream, stream, stream, (first, left, right) => {
      const from = (Chunk: typeof ChatGenerationChunk, look: boolean): unknown[] => {
        const start = fold(chunks(Chunk, first));
        if (look) void start.message;
        const ends = [left, right].map((messages) => chunks(Chunk, messages).reduce((whole, chunk) => whole.concat(chunk), start));
        return [start, ...ends].map(seen);
      };
      const expected = from(ChatGenerationChunk, true);
      expect(from(CollectingChunk, false)).toEqual(expected);
      expect(from(CollectingChunk, true)).toEqual(expected);
    }),
    { seed: 1, numRuns: 100 },
  );
});

test("a long stream is folded in between", () => {
  const messages = Array.from({ length: 2_000 }, (_, index) => ({ content: `${index} ` }));
  expect(fold(chunks(CollectingChunk, messages)).text).toBe(messages.map(({ content }) => content).join(""));
});

test("what core sets on it stays", () => {
  const whole = fold(chunks(CollectingChunk, [{ content: "a" }, { content: "b" }]));
  whole.message = new AIMessageChunk("c");
  expect(whole.message.content).toBe("c");
  expect(whole.concat(chunks(CollectingChunk, [{ content: "d" }])[0] as ChatGenerationChunk).message.content).toBe("cd");
});
