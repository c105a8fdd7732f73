/** The addon. Everything else of this package reaches it through here. */
import native from "#native";
import type {
  CancellationToken,
  Client,
  ConverseStream,
  JsCallOptions,
  JsClientOptions,
  JsCredentials,
  JsFailure,
} from "#native";

export const NativeClient: typeof Client = native.Client;
export const NativeCancellationToken: typeof CancellationToken = native.CancellationToken;

export type NativeClient = Client;
export type NativeStream = ConverseStream;
export type NativeClientOptions = JsClientOptions;
export type NativeCallOptions = JsCallOptions;
export type NativeCredentials = JsCredentials;
export type NativeFailure = JsFailure;
export type NativeCancellationToken = CancellationToken;

/** Bytes, or a long text of base64, that go beside a request instead of inside its JSON. */
export type Attachment = Uint8Array | string;
