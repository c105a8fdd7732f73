/** The addon, typed. The rest of the package uses it only through this file. */
import load from "#native";
import type {
  CancellationToken,
  Client,
  ConverseStream,
  JsCallOptions,
  JsClientOptions,
  JsCompletion,
  JsCredentials,
  JsFailure,
  JsRequest,
  JsStreamOptions,
  JsVectors,
  SharedBuffer,
} from "../native.cjs";

let loaded: ReturnType<typeof load> | undefined;

/** The addon itself, loaded when it is first asked for. */
export function addon(): ReturnType<typeof load> {
  return (loaded ??= load());
}

export type NativeClient = Client;
export type NativeStream = ConverseStream;
export type NativeClientOptions = JsClientOptions;
export type NativeCallOptions = JsCallOptions;
export type NativeCredentials = JsCredentials;
export type NativeFailure = JsFailure;
export type NativeCompletion = JsCompletion;
export type NativeRequest = JsRequest;
export type NativeStreamOptions = JsStreamOptions;
export type NativeVectors = JsVectors;
export type NativeSharedBuffer = SharedBuffer;
export type NativeCancellationToken = CancellationToken;
