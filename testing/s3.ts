import { createHash } from "node:crypto";
import { serviceError, type ServiceError } from "./errors.js";
import type { BedrockRequest, Operation } from "./types.js";

/** The operations of S3 that are served. */
export type S3Operation = Extract<Operation, `s3-${string}`>;

/** An answer of S3. */
export interface S3Answer {
  status: number;
  headers: Record<string, string>;
  body: Buffer;
}

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html; the last part may be smaller. */
const MIN_PART = 5 * 1024 * 1024;

/** The service of a request is the one that its signature names: S3 shares the port. */
export function isForS3(authorization: string | undefined): boolean {
  return authorization !== undefined && /Credential=[^,]*\/s3\/aws4_request/.test(authorization);
}

/** The operation of a request, with the bucket in the path. */
export function s3OperationOf(method: string, url: string): S3Operation | undefined {
  const [path = "", query = ""] = url.split("?", 2);
  const parameters = new URLSearchParams(query);
  const hasKey = /^\/[^/]+\/./.test(path);
  if (!hasKey) return method === "GET" && parameters.get("list-type") === "2" ? "s3-list-objects" : undefined;
  switch (method) {
    case "PUT":
      return parameters.has("partNumber") ? "s3-upload-part" : "s3-put-object";
    case "POST":
      return parameters.has("uploads") ? "s3-create-upload" : parameters.has("uploadId") ? "s3-complete-upload" : undefined;
    case "DELETE":
      return parameters.has("uploadId") ? "s3-abort-upload" : undefined;
    case "GET":
      return "s3-get-object";
    case "HEAD":
      return "s3-head-object";
    default:
      return undefined;
  }
}

export function isS3Operation(operation: Operation): operation is S3Operation {
  return operation.startsWith("s3-");
}

/** An object and its entity tag. */
interface StoredObject {
  bytes: Buffer;
  etag: string;
}

interface Upload {
  name: string;
  parts: Map<number, StoredObject>;
}

/** The objects of the endpoint's S3, by their URIs (`s3://bucket/key`). Every bucket exists. */
export class ObjectStore {
  readonly #objects = new Map<string, StoredObject>();
  readonly #uploads = new Map<string, Upload>();
  #begun = 0;

  /** The bytes of an object; `undefined` if there is none. */
  get(uri: string): Buffer | undefined {
    return this.#objects.get(nameOf(uri))?.bytes;
  }

  /** Stores an object. */
  put(uri: string, content: string | Uint8Array): this {
    this.#store(nameOf(uri), Buffer.from(content as Uint8Array));
    return this;
  }

  /** Removes an object. Returns whether there was one. */
  delete(uri: string): boolean {
    return this.#objects.delete(nameOf(uri));
  }

  /** The URIs that begin with this one, in their order. */
  list(prefix: string = "s3://"): string[] {
    const start = prefix === "s3://" ? "" : nameOf(prefix);
    return [...this.#objects.keys()].filter((name) => name.startsWith(start)).sort(byBytes).map((name) => `s3://${name}`);
  }

  /** The number of uploads in parts that were neither completed nor given up: S3 charges for their parts. */
  get openUploads(): number {
    return this.#uploads.size;
  }

  /** @internal Answers a request. */
  answer(request: BedrockRequest): S3Answer | ServiceError {
    const { operation, modelId: name, url, headers, rawBody } = request;
    const parameters = new URLSearchParams(url.split("?", 2)[1] ?? "");
    const upload = this.#uploads.get(parameters.get("uploadId") ?? "");
    switch (operation as S3Operation) {
      case "s3-put-object":
        return this.#refusal(name, headers) ?? ok({ etag: this.#store(name, rawBody) });
      case "s3-get-object":
        return read(this.#objects.get(name), headers);
      case "s3-head-object":
        return head(this.#objects.get(name));
      case "s3-list-objects":
        return this.#page(name, parameters);
      case "s3-create-upload":
        return this.#begin(name);
      default:
        if (upload === undefined || upload.name !== name) return serviceError("NoSuchUpload", "The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed.", 404);
        return this.#goOn(request, upload, parameters);
    }
  }

  /** Of a condition on the object that a write would replace: https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html. */
  #refusal(name: string, { "if-none-match": tag }: Record<string, string>): ServiceError | undefined {
    if (tag === undefined) return undefined;
    if (tag !== "*") return serviceError("NotImplemented", "A header you provided implies functionality that is not implemented", 501);
    return this.#objects.has(name) ? serviceError("PreconditionFailed", PRECONDITION_FAILED, 412) : undefined;
  }

  #begin(name: string): S3Answer {
    const id = createHash("sha256").update(`${name} ${++this.#begun}`).digest("base64url");
    this.#uploads.set(id, { name, parts: new Map() });
    const [bucket = "", key = ""] = splitName(name);
    return ok({}, `<InitiateMultipartUploadResult xmlns="${NAMESPACE}"><Bucket>${escape(bucket)}</Bucket><Key>${escape(key)}</Key><UploadId>${id}</UploadId></InitiateMultipartUploadResult>`);
  }

  #goOn({ operation, headers, rawBody }: BedrockRequest, upload: Upload, parameters: URLSearchParams): S3Answer | ServiceError {
    const id = parameters.get("uploadId") ?? "";
    if (operation === "s3-abort-upload") {
      this.#uploads.delete(id);
      return { ...ok({}), status: 204 };
    }
    if (operation === "s3-upload-part") {
      const number = Number(parameters.get("partNumber"));
      if (!Number.isInteger(number) || number < 1 || number > 10_000) return serviceError("InvalidArgument", "Part number must be an integer between 1 and 10000, inclusive", 400);
      const part = { bytes: rawBody, etag: tagOf(rawBody) };
      upload.parts.set(number, part);
      return ok({ etag: part.etag });
    }
    const completed = this.#refusal(upload.name, headers) ?? complete(upload, rawBody.toString());
    if ("status" in completed) return completed;
    this.#uploads.delete(id);
    this.#objects.set(upload.name, completed);
    const [bucket = "", key = ""] = splitName(upload.name);
    return ok({}, `<CompleteMultipartUploadResult xmlns="${NAMESPACE}"><Bucket>${escape(bucket)}</Bucket><Key>${escape(key)}</Key><ETag>${escape(completed.etag)}</ETag></CompleteMultipartUploadResult>`);
  }

  /** The continuation token is the last key of the page before. */
  #page(bucket: string, parameters: URLSearchParams): S3Answer {
    const prefix = parameters.get("prefix") ?? "";
    const after = parameters.get("continuation-token");
    const most = Math.min(Number(parameters.get("max-keys") ?? 1000), 1000);
    const all = this.list(`s3://${bucket}/${prefix}`).map((uri) => splitName(nameOf(uri))[1]);
    const left = after === null ? all : all.filter((key) => byBytes(key, Buffer.from(after, "base64url").toString()) > 0);
    const page = left.slice(0, most);
    const contents = page.map((key) => {
      const { bytes, etag } = this.#objects.get(`${bucket}/${key}`) as StoredObject;
      return `<Contents><Key>${escape(key)}</Key><ETag>${escape(etag)}</ETag><Size>${bytes.length}</Size><StorageClass>STANDARD</StorageClass></Contents>`;
    });
    const isTruncated = page.length < left.length;
    const next = isTruncated ? `<NextContinuationToken>${Buffer.from(page.at(-1) ?? "").toString("base64url")}</NextContinuationToken>` : "";
    return ok(
      {},
      `<ListBucketResult xmlns="${NAMESPACE}"><Name>${escape(bucket)}</Name><Prefix>${escape(prefix)}</Prefix><KeyCount>${page.length}</KeyCount>` +
        `<MaxKeys>${most}</MaxKeys><IsTruncated>${isTruncated}</IsTruncated>${next}${contents.join("")}</ListBucketResult>`,
    );
  }

  #store(name: string, bytes: Buffer): string {
    const etag = tagOf(bytes);
    this.#objects.set(name, { bytes, etag });
    return etag;
  }
}

const NAMESPACE = "http://s3.amazonaws.com/doc/2006-03-01/";

function ok(headers: Record<string, string>, xml: string = ""): S3Answer {
  const body = Buffer.from(xml === "" ? "" : `<?xml version="1.0" encoding="UTF-8"?>\n${xml}`);
  return { status: 200, headers: { ...headers, ...(xml === "" ? {} : { "content-type": "application/xml" }) }, body };
}

const PRECONDITION_FAILED = "At least one of the pre-conditions you specified did not hold";

const NO_SUCH_KEY = "The specified key does not exist.";

function read(object: StoredObject | undefined, headers: Record<string, string>): S3Answer | ServiceError {
  if (object === undefined) return serviceError("NoSuchKey", NO_SUCH_KEY, 404);
  const { bytes, etag } = object;
  const wanted = headers["if-match"];
  if (wanted !== undefined && wanted !== etag) return serviceError("PreconditionFailed", PRECONDITION_FAILED, 412);
  const range = /^bytes=(\d+)-(\d*)$/.exec(headers["range"] ?? "");
  if (range === null) return { status: 200, headers: { etag, "content-type": "binary/octet-stream" }, body: bytes };
  const start = Number(range[1]);
  if (start >= bytes.length) return serviceError("InvalidRange", "The requested range is not satisfiable", 416);
  const end = Math.min(range[2] === "" ? Infinity : Number(range[2]), bytes.length - 1);
  const body = bytes.subarray(start, end + 1);
  return { status: 206, headers: { etag, "content-type": "binary/octet-stream", "content-range": `bytes ${start}-${end}/${bytes.length}` }, body };
}

function head(object: StoredObject | undefined): S3Answer | ServiceError {
  if (object === undefined) return serviceError("NotFound", "", 404);
  return { status: 200, headers: { etag: object.etag, "content-length": String(object.bytes.length) }, body: Buffer.alloc(0) };
}

/** The object of the parts that a list names. */
function complete({ parts }: Upload, list: string): StoredObject | ServiceError {
  const named = [...list.matchAll(/<Part>([\s\S]*?)<\/Part>/g)].map(([, part = ""]) => ({
    number: Number(/<PartNumber>(\d+)<\/PartNumber>/.exec(part)?.[1]),
    etag: unescape(/<ETag>([\s\S]*?)<\/ETag>/.exec(part)?.[1] ?? ""),
  }));
  if (named.length === 0) return serviceError("MalformedXML", "The XML you provided was not well-formed or did not validate against our published schema", 400);
  const isOrdered = named.every(({ number }, index) => index === 0 || number > (named[index - 1]?.number ?? 0));
  if (!isOrdered) return serviceError("InvalidPartOrder", "The list of parts was not in ascending order. Parts must be ordered by part number.", 400);
  const chosen = named.map(({ number, etag }) => {
    const part = parts.get(number);
    return part !== undefined && bare(part.etag) === bare(etag) ? part : undefined;
  });
  if (chosen.some((part) => part === undefined)) {
    return serviceError("InvalidPart", "One or more of the specified parts could not be found. The part may not have been uploaded, or the specified entity tag may not match the part's entity tag.", 400);
  }
  const all = chosen as StoredObject[];
  if (all.slice(0, -1).some(({ bytes }) => bytes.length < MIN_PART)) return serviceError("EntityTooSmall", "Your proposed upload is smaller than the minimum allowed size", 400);
  const digests = Buffer.concat(all.map(({ etag }) => Buffer.from(bare(etag), "hex")));
  return { bytes: Buffer.concat(all.map(({ bytes }) => bytes)), etag: `"${md5(digests)}-${all.length}"` };
}

/** The form in which S3 reports an error. */
export function errorXml({ name, message }: ServiceError, requestId: string): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${escape(name)}</Code><Message>${escape(message)}</Message><RequestId>${requestId}</RequestId></Error>`;
}

/** S3's own names for what is wrong with a signature. */
const SIGNATURE_ERRORS: Record<string, string> = {
  InvalidSignatureException: "SignatureDoesNotMatch",
  UnrecognizedClientException: "InvalidAccessKeyId",
  ExpiredTokenException: "ExpiredToken",
  MissingAuthenticationTokenException: "AccessDenied",
  IncompleteSignatureException: "AuthorizationHeaderMalformed",
};

export function namedByS3(error: ServiceError): ServiceError {
  return { ...error, name: SIGNATURE_ERRORS[error.name] ?? error.name };
}

/** `bucket/key` of a URI. */
function nameOf(uri: string): string {
  if (!/^s3:\/\/[^/]+(\/|$)/.test(uri)) throw new TypeError(`An object is named by a URI such as s3://bucket/key, not ${JSON.stringify(uri)}.`);
  return uri.slice("s3://".length);
}

function splitName(name: string): [bucket: string, key: string] {
  const slash = name.indexOf("/");
  return slash === -1 ? [name, ""] : [name.slice(0, slash), name.slice(slash + 1)];
}

/** S3 orders keys by the bytes of their UTF-8. */
function byBytes(one: string, other: string): number {
  return Buffer.compare(Buffer.from(one), Buffer.from(other));
}

function tagOf(bytes: Uint8Array): string {
  return `"${md5(bytes)}"`;
}

function bare(etag: string): string {
  return etag.replaceAll('"', "");
}

function md5(bytes: Uint8Array): string {
  return createHash("md5").update(bytes).digest("hex");
}

function escape(text: string): string {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}

function unescape(text: string): string {
  const named: Record<string, string> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };
  return text.replace(/&(?:#(\d+)|#x([\da-f]+)|(\w+));/gi, (whole, decimal?: string, hex?: string, name?: string) => {
    if (name !== undefined) return named[name] ?? whole;
    return String.fromCodePoint(decimal === undefined ? parseInt(hex ?? "0", 16) : Number(decimal));
  });
}
