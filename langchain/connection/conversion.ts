import { addon, type NativeConverseRequest, type NativeFailure } from "../native.js";
import type { Request } from "../request/request.js";
import { convertToError } from "../response/errors.js";
import { takeOutcome } from "./mailbox.js";
import { toNativeRequest, toNativeRequestAtOnce } from "./native_request.js";
import type { SharedClient } from "./shared_client.js";

/** The request as it is sent, converted on this thread. Throws what is refused. `keepsUrls`: files that are to be fetched may be missing. */
export function convert(request: Request, keepsUrls?: boolean): NativeConverseRequest {
  return unwrap(addon().ConverseRequest.convert(toNativeRequestAtOnce(request), keepsUrls));
}

/** The same, converted on another thread. */
export async function convertElsewhere(request: Request, client: SharedClient, keepsUrls: boolean = false): Promise<NativeConverseRequest> {
  const { native, mailbox } = client;
  const requestOrPromise = toNativeRequest(request, client);
  // The caller's bytes are copied when they cross, so nothing is awaited that need not be.
  const nativeRequest = requestOrPromise instanceof Promise ? await requestOrPromise : requestOrPromise;
  return unwrap(takeOutcome(await mailbox.call((call) => native.convert(call, nativeRequest, keepsUrls))) as NativeFailure | NativeConverseRequest);
}

/** The repaired history of a request, as the core writes it. Throws what is refused. */
export function repair(request: Request): string {
  return unwrap(addon().ConverseRequest.repairHistory(toNativeRequestAtOnce(request)));
}

/** A value of the addon, or throws the failure that it is. */
export function unwrap<Value>(outcome: NativeFailure | Value): Value {
  if (typeof outcome === "object" && outcome !== null && "kind" in outcome) throw convertToError(outcome);
  return outcome as Value;
}
