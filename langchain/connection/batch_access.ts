import type { BaseMessage } from "@langchain/core/messages";
import type { Request } from "../request/request.js";
import type { RequestContext } from "../response/messages.js";
import type { ChatBedrockConverseCallOptions } from "../types/chat.js";
import type { CredentialType } from "../types/credentials.js";
import type { CallOptions } from "./call.js";
import type { SharedClient } from "./shared_client.js";

/**
 * The method of a model by which `langchain-aws-native/batch` reaches its requests and its client. A registered symbol, since that entry has copies of
 * modules of its own, and an application may have two copies of the model's class.
 *
 * @internal
 */
export const BATCH_ACCESS: unique symbol = Symbol.for("langchain-aws-native.batch-access");

/** What a batch needs of its model. */
export interface BatchAccess {
  /** Model id or ARN. */
  readonly modelId: string;
  /** The endpoint that an option names. */
  readonly endpointUrl: string | undefined;
  /** Whether requests go by the native client. */
  readonly isNative: boolean;
  readonly client: SharedClient;
  /** A client with these credentials, and else as the model's. */
  clientWith(credentials: CredentialType): SharedClient;
  /** The request that a call would send, and what is known of its answer. */
  request(messages: BaseMessage[], options: Partial<ChatBedrockConverseCallOptions>): { request: Request; context: RequestContext };
  /** The options of the connection, of a call with these. */
  callOptions(options: Partial<ChatBedrockConverseCallOptions>): CallOptions;
}
