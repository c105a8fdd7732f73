/** The addon. Everything else of this package reaches it through here. */
import load from "#native";
import type {
  CancellationToken,
  Client,
  ConverseStream,
  JsCallOptions,
  JsClientOptions,
  JsCredentials,
  JsFailure,
  JsLetter,
  JsRequest,
  JsStreamOptions,
  Room,
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
export type NativeLetter = JsLetter;
export type NativeRequest = JsRequest;
export type NativeStreamOptions = JsStreamOptions;
export type NativeRoom = Room;
export type NativeCancellationToken = CancellationToken;
