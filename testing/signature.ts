import { createHash, createHmac } from "node:crypto";
import { serviceError, type ServiceError } from "./errors.js";
import type { Credentials } from "./types.js";

export const ALGORITHM = "AWS4-HMAC-SHA256";
/** What S3 takes in place of the body's hash. */
const UNSIGNED = "UNSIGNED-PAYLOAD";
const MAX_SKEW_MS = 5 * 60_000;

/** The parts of a request that its signature covers, as they were received. */
export interface SignedRequest {
  method: string;
  /** Path and query, not decoded: the client signed what it sent. */
  url: string;
  headers: Record<string, string>;
  body: Uint8Array;
}

/** The credentials that the endpoint accepts. */
export interface AccessRules {
  /** The service that the scope must name. */
  service: string;
  region: string;
  credentials: readonly Credentials[];
  bearerToken: string | undefined;
}

interface Authorization {
  accessKeyId: string;
  /** date/region/service/aws4_request */
  scope: string[];
  signedHeaders: string[];
  signature: string;
}

/** Checks the authentication of a request. Returns the error of AWS, or `undefined` if the request is allowed. */
export function checkAuthorization(request: SignedRequest, rules: AccessRules, now: Date): ServiceError | undefined {
  const header = request.headers["authorization"];
  if (header === undefined || header === "") {
    return serviceError("MissingAuthenticationTokenException", "Missing Authentication Token");
  }
  const bearer = /^Bearer +(.*)$/i.exec(header);
  if (bearer) return checkBearerToken(bearer[1] ?? "", rules);
  return checkSignature(request, header, rules, now);
}

function checkBearerToken(token: string, rules: AccessRules): ServiceError | undefined {
  if (token === rules.bearerToken) return undefined;
  const error = serviceError("AccessDeniedException", "Authentication failed: Please make sure your API Key is valid.");
  return { ...error, messageMember: "Message" };
}

/** In AWS's order: form, clock, scope, key, token, and the signature last. */
function checkSignature(request: SignedRequest, header: string, rules: AccessRules, now: Date): ServiceError | undefined {
  const authorization = parseAuthorization(header);
  if ("message" in authorization) return authorization;
  const timestamp = request.headers["x-amz-date"] ?? "";
  return (
    checkTimestamp(timestamp, now) ??
    checkSignedHeaders(authorization) ??
    checkScope(authorization.scope, timestamp, rules) ??
    checkKey(request, authorization, rules.credentials, now)
  );
}

function parseAuthorization(header: string): Authorization | ServiceError {
  const [algorithm = "", ...rest] = header.trim().split(/\s+/);
  if (algorithm !== ALGORITHM) {
    const message = `Unsupported AWS 'algorithm': '${algorithm}' (only ${ALGORITHM} for now).`;
    return serviceError("IncompleteSignatureException", message);
  }
  const parameters = new Map(
    rest
      .join("")
      .split(",")
      .map((parameter): [string, string] => {
        const [name = "", ...value] = parameter.split("=");
        return [name, value.join("=")];
      }),
  );
  const missing = ["Credential", "Signature", "SignedHeaders"].filter((name) => !parameters.get(name));
  if (missing.length > 0) {
    const sentences = missing.map((name) => `Authorization header requires '${name}' parameter.`);
    return serviceError("IncompleteSignatureException", `${sentences.join(" ")} Authorization=${ALGORITHM}`);
  }
  const [accessKeyId = "", ...scope] = (parameters.get("Credential") ?? "").split("/");
  return {
    accessKeyId,
    scope,
    signedHeaders: (parameters.get("SignedHeaders") ?? "").split(";"),
    signature: parameters.get("Signature") ?? "",
  };
}

function checkTimestamp(timestamp: string, now: Date): ServiceError | undefined {
  const time = Date.parse(timestamp.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, "$1-$2-$3T$4:$5:$6Z"));
  if (timestamp === "" || Number.isNaN(time)) {
    return serviceError("IncompleteSignatureException", "Date must be in ISO-8601 'basic format', in the header 'X-Amz-Date'.");
  }
  const clock = basicFormat(now);
  if (time < now.getTime() - MAX_SKEW_MS) {
    const earliest = basicFormat(new Date(now.getTime() - MAX_SKEW_MS));
    return invalidSignature(`Signature expired: ${timestamp} is now earlier than ${earliest} (${clock} - 5 min.)`);
  }
  if (time > now.getTime() + MAX_SKEW_MS) {
    const latest = basicFormat(new Date(now.getTime() + MAX_SKEW_MS));
    return invalidSignature(`Signature not yet current: ${timestamp} is still later than ${latest} (${clock} + 5 min.)`);
  }
  return undefined;
}

function checkSignedHeaders(authorization: Authorization): ServiceError | undefined {
  if (["host", ":authority"].some((name) => authorization.signedHeaders.includes(name))) return undefined;
  return invalidSignature("'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.");
}

/** AWS lists every wrong part of the scope in one message. */
function checkScope(scope: string[], timestamp: string, { region, service: expected }: AccessRules): ServiceError | undefined {
  const [date = "", scopeRegion, service, terminator] = scope;
  const day = timestamp.slice(0, 8);
  const dates = `'${date}' != '${day}', from '${timestamp}'`;
  const faults = [
    scopeRegion === region ? "" : "Credential should be scoped to a valid region.",
    service === expected ? "" : `Credential should be scoped to correct service: '${expected}'.`,
    terminator === "aws4_request" ? "" : "Credential should be scoped with a valid terminator: 'aws4_request'.",
    date === day ? "" : `Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: ${dates}.`,
  ].filter((fault) => fault !== "");
  return faults.length === 0 ? undefined : invalidSignature(faults.join(" "));
}

function checkKey(request: SignedRequest, authorization: Authorization, accepted: readonly Credentials[], now: Date): ServiceError | undefined {
  const sessionToken = request.headers["x-amz-security-token"];
  const credentials = accepted.find((pair) => pair.accessKeyId === authorization.accessKeyId && pair.sessionToken === sessionToken);
  if (credentials === undefined) return serviceError("UnrecognizedClientException", "The security token included in the request is invalid.");
  if (credentials.expiration && credentials.expiration <= now) {
    return serviceError("ExpiredTokenException", "The security token included in the request is expired");
  }
  return compareSignatures(request, authorization, credentials.secretAccessKey);
}

function compareSignatures(request: SignedRequest, authorization: Authorization, secretAccessKey: string): ServiceError | undefined {
  const sentHash = request.headers["x-amz-content-sha256"];
  const isForS3 = authorization.scope[2] === "s3";
  if (isForS3 && sentHash === undefined) return serviceError("InvalidRequest", "Missing required header for this request: x-amz-content-sha256", 400);
  const isUnsigned = isForS3 && sentHash === UNSIGNED;
  const payloadHash = isUnsigned ? UNSIGNED : sha256(request.body);
  const stringToSign = [
    ALGORITHM,
    request.headers["x-amz-date"],
    authorization.scope.join("/"),
    sha256(canonicalRequest(request, authorization.signedHeaders, isForS3 ? (sentHash ?? "") : payloadHash, isForS3)),
  ].join("\n");
  const key = authorization.scope.reduce<string | Buffer>((secret, part) => hmac(secret, part), `AWS4${secretAccessKey}`);
  const signatureFits = hmac(key, stringToSign).toString("hex") === authorization.signature;
  if (isForS3 && signatureFits && sentHash !== payloadHash) {
    return serviceError("XAmzContentSHA256Mismatch", "The provided 'x-amz-content-sha256' header does not match what was computed.", 400);
  }
  if (signatureFits && (sentHash === undefined || sentHash === payloadHash)) return undefined;
  return invalidSignature(
    "The request signature we calculated does not match the signature you provided. " +
      "Check your AWS Secret Access Key and signing method. Consult the service documentation for details.",
  );
}

/** The text whose hash is signed; exported for tests. */
export function canonicalRequest(request: SignedRequest, signedHeaders: string[], payloadHash: string, isForS3: boolean = false): string {
  const [path = "", query = ""] = request.url.split("?", 2);
  const headers = signedHeaders.map((name) => `${name}:${(request.headers[name] ?? "").trim().replace(/\s+/g, " ")}`);
  return [request.method, isForS3 ? path : canonicalPath(path), canonicalQuery(query), ...headers, "", signedHeaders.join(";"), payloadHash].join("\n");
}

/** Segments are encoded once more than they were sent: the `:` of a model id, sent as `%3A`, is signed as `%253A`. Only S3 does otherwise. */
function canonicalPath(path: string): string {
  return path.split("/").map(uriEncode).join("/");
}

function canonicalQuery(query: string): string {
  return [...new URLSearchParams(query)]
    .map(([name, value]) => `${uriEncode(name)}=${uriEncode(value)}`)
    .sort()
    .join("&");
}

function uriEncode(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
}

function invalidSignature(message: string): ServiceError {
  return serviceError("InvalidSignatureException", message);
}

/** 20260131T120000Z */
export function basicFormat(date: Date): string {
  return date.toISOString().replace(/\.\d+/, "").replace(/[-:]/g, "");
}

/** In hexadecimal. */
export function sha256(data: string | Uint8Array): string {
  return createHash("sha256").update(data).digest("hex");
}

export function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac("sha256", key).update(text).digest();
}
