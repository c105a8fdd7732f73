import { addon, type NativeConverseRequest, type NativeFailure } from "../native.js";
import type { Request } from "../request/request.js";
import { convertToError } from "../response/errors.js";
import { toNativeRequestAtOnce } from "./native_request.js";

/** The request as it is sent, converted on this thread. Throws what is refused. */
export function convert(request: Request): NativeConverseRequest {
  return unwrap(addon().ConverseRequest.convert(toNativeRequestAtOnce(request)));
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
