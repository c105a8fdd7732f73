import { ALGORITHM, basicFormat, canonicalRequest, hmac, sha256, type SignedRequest } from "./signature.js";
import type { Credentials } from "./types.js";

/** The headers that authenticate a request; they replace those of the same names. */
export function signatureHeaders(request: SignedRequest, { service, region }: { service: string; region: string }, credentials: Credentials, now: Date): Record<string, string> {
  const date = basicFormat(now);
  const { accessKeyId, secretAccessKey, sessionToken } = credentials;
  const added = { "x-amz-date": date, ...(sessionToken === undefined ? {} : { "x-amz-security-token": sessionToken }) };
  const headers: Record<string, string> = { ...request.headers, ...added };
  const signed = ["content-type", "host", ...Object.keys(added)].filter((name) => name in headers);
  const scope = [date.slice(0, 8), region, service, "aws4_request"];
  const canonical = canonicalRequest({ ...request, headers }, signed, sha256(request.body));
  const key = scope.reduce<string | Buffer>((secret, part) => hmac(secret, part), `AWS4${secretAccessKey}`);
  const signature = hmac(key, [ALGORITHM, date, scope.join("/"), sha256(canonical)].join("\n")).toString("hex");
  const credential = `${accessKeyId}/${scope.join("/")}`;
  return { ...added, authorization: `${ALGORITHM} Credential=${credential}, SignedHeaders=${signed.join(";")}, Signature=${signature}` };
}
