/** The addon, typed. The rest of the package uses it only through this file. */
import { AsyncResource } from "node:async_hooks";
import load from "#native";
import type {
  BatchOutput,
  BatchUpload,
  CancellationToken,
  Client,
  ConverseRequest,
  ConverseStream,
  EmbeddingRequest,
  FetchedMedia,
  JsBatchInput,
  JsBatchOptions,
  JsBatchOutputOptions,
  JsCallOptions,
  JsChoice,
  JsClientOptions,
  JsCompletion,
  JsCredentials,
  JsFailure,
  JsRequest,
  JsServiceRequest,
  JsStreamOptions,
  JsVectors,
  SharedBuffer,
  StreamConverter,
  Targets,
  Undelivered,
  WrittenMessages,
} from "../native.cjs";

const importing = new AsyncResource("langchain-aws-native");

/**
 * Runs `make` in the async context of the import. What is made lives as long as the process or a client, and would otherwise keep what the AsyncLocalStorage
 * of its first caller has, such as a request of a web server.
 */
export function outsideCalls<Made>(make: () => Made): Made {
  return importing.runInAsyncScope(make);
}

let loaded: ReturnType<typeof load> | undefined;

/** The addon itself, loaded when it is first asked for. */
export function addon(): ReturnType<typeof load> {
  return (loaded ??= outsideCalls(load));
}

export type NativeClient = Client;
export type NativeBatchUpload = BatchUpload;
export type NativeBatchOutput = BatchOutput;
export type NativeBatchInput = JsBatchInput;
export type NativeBatchOptions = JsBatchOptions;
export type NativeBatchOutputOptions = JsBatchOutputOptions;
export type NativeStream = ConverseStream;
export type NativeConverseRequest = ConverseRequest;
export type NativeEmbeddingRequest = EmbeddingRequest;
export type NativeStreamConverter = StreamConverter;
export type NativeClientOptions = JsClientOptions;
export type NativeCallOptions = JsCallOptions;
export type NativeCredentials = JsCredentials;
export type NativeFailure = JsFailure;
export type NativeChoice = JsChoice;
export type NativeCompletion = JsCompletion;
export type NativeRequest = JsRequest;
export type NativeServiceRequest = JsServiceRequest;
export type NativeStreamOptions = JsStreamOptions;
export type NativeTargets = Targets;
export type NativeFetchedMedia = FetchedMedia;
export type NativeVectors = JsVectors;
export type NativeSharedBuffer = SharedBuffer;
export type NativeCancellationToken = CancellationToken;
export type NativeUndelivered = Undelivered;
export type NativeWrittenMessages = WrittenMessages;
