import { BATCH_ACCESS, type BatchAccess } from "../connection/batch_access.js";
import { followSignal } from "../connection/cancellation.js";
import type { Called, CallOptions } from "../connection/call.js";
import { fetchMedia } from "../connection/media_fetch.js";
import { NativeCall } from "../connection/native_call.js";
import { toNativeRequestAtOnce } from "../connection/native_request.js";
import type { SharedClient } from "../connection/shared_client.js";
import type { NativeBatchOptions, NativeBatchOutput, NativeBatchOutputOptions } from "../native.js";
import type { JobOperation } from "../request/service_request.js";
import type { Request } from "../request/request.js";
import { isConversionError } from "../response/errors.js";
import type { CredentialType } from "../types/credentials.js";
import type { ManifestChange, ManifestFile } from "./manifest.js";
import { asMistake } from "./mistake.js";
import type { Location } from "./s3_uri.js";

/** What the core has done with inputs: jobs whose files have been written since the report before. */
export interface UploadReport {
  jobs: { folder: string; token: string; records: number; files: ManifestFile[] }[];
  changes: ManifestChange[];
  inputs: number;
}

/** An input on its way to the core. */
export interface UploadInput {
  /** Absent where it is made of the index. */
  id: string | undefined;
  request: Request;
}

/** Inputs on their way to S3. */
export interface BatchUpload {
  /** Resolves when there is room for more. */
  write(inputs: UploadInput[]): Promise<UploadReport>;
  finish(): Promise<UploadReport>;
}

export interface BatchEndpoints {
  s3EndpointUrl: string | undefined;
  bedrockEndpointUrl: string | undefined;
  credentials: CredentialType | undefined;
}

/** A model's way to the jobs of its region and to S3. */
export class BatchConnection {
  readonly #model: object;
  readonly #endpoints: BatchEndpoints;
  #ownClient: SharedClient | undefined;

  constructor(model: object, endpoints: BatchEndpoints) {
    this.#model = model;
    this.#endpoints = endpoints;
  }

  /** What the model's class offers. Throws where jobs cannot be reached through the model. */
  get access(): BatchAccess {
    const access = (this.#model as { [BATCH_ACCESS]?: () => BatchAccess })[BATCH_ACCESS]?.();
    if (access === undefined) throw new Error("BedrockBatch: the model is of another version of langchain-aws-native than langchain-aws-native/batch.");
    if (access.isNative) return access;
    throw new Error("BedrockBatch: the model sends by AWS's client for JavaScript (`client`, or an option that only that client has), and jobs go by the native client only.");
  }

  /** Credentials of the batch's own have a client, which asks for new ones when they expire. */
  get #client(): SharedClient {
    const { credentials } = this.#endpoints;
    if (credentials === undefined) return this.access.client;
    return (this.#ownClient ??= this.access.clientWith(credentials));
  }

  /** The request with the files that it names by URLs, where the model fetches them; they are to be released. */
  async withFiles(request: Request, signal: AbortSignal | undefined): Promise<Request> {
    return request.fetchMedia === undefined ? request : fetchMedia(request, this.#client, this.#options(signal));
  }

  /** Sends a request about jobs. */
  async control<Answer extends object>(operation: JobOperation, method: "GET" | "POST", path: string, body: object | undefined, signal: AbortSignal | undefined): Promise<Answer> {
    const { bedrockEndpointUrl } = this.#endpoints;
    const endpoint = bedrockEndpointUrl ?? withScheme(this.access.endpointUrl);
    const request = { service: "bedrock-jobs", method, path, endpoint, body: body === undefined ? "" : JSON.stringify(body) } as const;
    const json = await this.#call(operation, signal, (call) => call.request(request));
    return (JSON.parse(json) as { answer: Answer }).answer;
  }

  /** The text of an object; `undefined` if there is none. */
  readObject(at: Location, signal?: AbortSignal): Promise<string | undefined> {
    const { native } = this.#client;
    const object = { at, endpoint: this.#endpoints.s3EndpointUrl };
    return this.#callS3(signal, (call) => call.callS3((number, timeout, token, own) => native.object(number, object, timeout, token, own)));
  }

  async writeObject(at: Location, text: string, signal?: AbortSignal): Promise<void> {
    const { native } = this.#client;
    const object = { at, text, endpoint: this.#endpoints.s3EndpointUrl };
    await this.#callS3(signal, (call) => call.callS3((number, timeout, token, own) => native.object(number, object, timeout, token, own)));
  }

  /** Runs `work`, which writes a batch. When it ends or fails, what is under way is given up first: a process may end then, and S3 charges for parts that are kept. */
  async upload<Result>(options: NativeBatchOptions, signal: AbortSignal | undefined, work: (upload: BatchUpload) => Promise<Result>): Promise<Result> {
    const { native } = this.#client;
    const s3Options = this.#s3Options(signal);
    const link = followSignal(signal);
    try {
      return await this.#callS3(signal, async (call) => {
        const batch = native.openBatch(options, this.#endpoints.s3EndpointUrl, s3Options.responseTimeout, link.token, await call.ownOptions());
        try {
          return await work({
            write: (inputs) => report(call.continueS3((number) => native.writeBatch(number, batch, inputs.map(({ id, request }) => ({ id, request: toNativeRequestAtOnce(request) }))))),
            finish: () => report(call.continueS3((number) => native.finishBatch(number, batch))),
          });
        } finally {
          // What it says does not matter beside what `work` says.
          await call.continueS3((number) => native.closeBatch(number, batch)).catch(() => undefined);
        }
      });
    } finally {
      link.release();
    }
  }

  /** The results of a file, as the core reads them. */
  async *output<Result>(options: NativeBatchOutputOptions, signal: AbortSignal | undefined): AsyncGenerator<Result[]> {
    const { native } = this.#client;
    const call = this.#open("s3", this.#s3Options(signal));
    try {
      let output: NativeBatchOutput | undefined;
      for (;;) {
        const opened = output;
        const batch = await (opened === undefined
          ? call.callS3((number, timeout, token, own) => {
              output = native.openOutput(options, this.#endpoints.s3EndpointUrl, timeout, own);
              native.readOutput(number, output, token);
            })
          : call.continueS3((number, token) => native.readOutput(number, opened, token)));
        if (batch === undefined) return;
        yield JSON.parse(batch) as Result[];
      }
    } finally {
      call.release();
    }
  }

  #callS3<Result>(signal: AbortSignal | undefined, work: (call: NativeCall) => Promise<Result>): Promise<Result> {
    return this.#run(this.#open("s3", this.#s3Options(signal)), work);
  }

  #call<Result>(operation: Called, signal: AbortSignal | undefined, work: (call: NativeCall) => Promise<Result>): Promise<Result> {
    return this.#run(this.#open(operation, this.#options(signal)), work);
  }

  async #run<Result>(call: NativeCall, work: (call: NativeCall) => Promise<Result>): Promise<Result> {
    try {
      return await work(call);
    } finally {
      call.release();
    }
  }

  #open(operation: Called, options: CallOptions): NativeCall {
    options.signal?.throwIfAborted();
    return new NativeCall(operation, this.#client, options, undefined, undefined, undefined);
  }

  #options(signal: AbortSignal | undefined): CallOptions {
    const { modelBearerToken, responseTimeout, ...options } = this.access.callOptions({ signal });
    const isModels = this.#endpoints.credentials === undefined;
    return { ...options, modelBearerToken: isModels ? modelBearerToken : undefined, responseTimeout: responseTimeout === Infinity ? undefined : responseTimeout };
  }

  /** S3 knows no API keys of Bedrock. */
  #s3Options(signal: AbortSignal | undefined): CallOptions {
    const { credentials } = this.#endpoints;
    const { bedrockBearerToken } = this.#model as { bedrockBearerToken?: unknown };
    if (bedrockBearerToken !== undefined && bedrockBearerToken !== "" && credentials === undefined) {
      throw new Error("BedrockBatch: the model has a Bedrock API key, which S3 does not take. Give BedrockBatch `credentials`.");
    }
    return this.#options(signal);
  }
}

/** What the core refuses without asking anybody is an input that cannot be sent, too few of them, or a setting such as a region that is missing. */
async function report(json: Promise<string | undefined>): Promise<UploadReport> {
  const text = await json.catch((error: unknown) => {
    throw isConversionError(error) ? asMistake(error as Error) : error;
  });
  return JSON.parse(text ?? "{}") as UploadReport;
}

/** A host without a scheme is called over https. */
function withScheme(endpoint: string | undefined): string | undefined {
  return endpoint === undefined || endpoint.includes("://") ? endpoint : `https://${endpoint}`;
}
