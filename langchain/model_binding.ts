import type { BaseLanguageModelInput } from "@langchain/core/language_models/base";
import type { AIMessageChunk } from "@langchain/core/messages";
import { RunnableBinding } from "@langchain/core/runnables";
import { hideSecrets } from "./configuration/secrets.js";
import type { ChatBedrockConverseCallOptions } from "./types/chat.js";

/** A model with call options. Its configuration can be serialized without secrets. */
export class ModelBinding extends RunnableBinding<BaseLanguageModelInput, AIMessageChunk, ChatBedrockConverseCallOptions> {
  /** Serialized under the name of core's class, as which it can be loaded. */
  static override readonly name: string = "RunnableBinding";

  constructor(fields: ConstructorParameters<typeof RunnableBinding<BaseLanguageModelInput, AIMessageChunk, ChatBedrockConverseCallOptions>>[0]) {
    super({ ...fields, config: hideSecrets(fields.config) });
  }
}
