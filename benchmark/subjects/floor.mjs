/** The minimal cost of a usual LangChain model: on `@langchain/core` alone, with its answers in memory. */
import { setTimeout as sleep } from "node:timers/promises";
import { BaseChatModel } from "@langchain/core/language_models/chat_models";
import { AIMessage, AIMessageChunk } from "@langchain/core/messages";
import { ChatGenerationChunk } from "@langchain/core/outputs";
import { scenarioOf } from "../scenarios.mjs";

const USAGE = { input_tokens: 12, output_tokens: 6, total_tokens: 18 };

class Floor extends BaseChatModel {
  #scenario;

  constructor(scenario) {
    super({});
    this.#scenario = scenario;
  }

  _llmType() {
    return "floor";
  }

  /** Agents bind their tools, also where they have none. */
  bindTools() {
    return this;
  }

  async _generate() {
    const { text } = this.#scenario;
    return { generations: [{ text, message: new AIMessage({ content: text, usage_metadata: USAGE }) }] };
  }

  async *_streamResponseChunks(_messages, _options, runManager) {
    const { kind, pieces, pace } = this.#scenario;
    if (kind === "tool") yield toolChunk({ id: "tooluse_bench", name: "write_file" });
    for (const piece of pieces) {
      if (pace > 0) await sleep(pace);
      const chunk = kind === "tool" ? toolChunk({ args: piece }) : new ChatGenerationChunk({ text: piece, message: new AIMessageChunk({ content: piece }) });
      yield chunk;
      await runManager?.handleLLMNewToken(chunk.text, undefined, undefined, undefined, undefined, { chunk });
    }
    yield new ChatGenerationChunk({ text: "", message: new AIMessageChunk({ content: "", usage_metadata: USAGE }) });
  }
}

function toolChunk(call) {
  const message = new AIMessageChunk({ content: "", tool_call_chunks: [{ type: "tool_call_chunk", index: 0, ...call }] });
  return new ChatGenerationChunk({ text: "", message });
}

export function connect(scenario) {
  return new Floor(scenarioOf(scenario));
}
