import { followSignal } from "./cancellation.js";
import { credentialsSource, type CredentialsSource } from "./credentials.js";
import { convertToError } from "./errors.js";
import { NativeClient, type NativeFailure } from "./native.js";
import type { NativeRequest } from "./request.js";
import type { CredentialType } from "./types.js";

export interface ConnectionOptions {
  region?: string;
  endpointUrl?: string;
  credentials?: CredentialType;
  bearerToken?: string;
  profile?: string;
  headers?: Record<string, string>;
  maxAttempts?: number;
}

export interface StreamOptions {
  form: "chunks" | "events";
  usage: boolean;
  /** Milliseconds; `undefined` for ever. */
  idleTimeout: number | undefined;
}

/** The addon's client with JavaScript's manners: failures are thrown, and an `AbortSignal` stops a call. */
export class Connection {
  readonly #client: NativeClient;
  readonly #credentials: CredentialsSource | undefined;

  constructor({ credentials, ...options }: ConnectionOptions) {
    this.#credentials = credentials === undefined ? undefined : credentialsSource(credentials);
    this.#client = new NativeClient({ ...options, credentials: this.#credentials?.provide });
  }

  /** Resolves with the answer, as `Message` is shaped in `messages.ts`. */
  async converse<Message>(request: NativeRequest, signal: AbortSignal | undefined): Promise<Message> {
    const link = followSignal(signal);
    try {
      const outcome = await this.#client.converse(request.json, request.attachments, link.token);
      if (typeof outcome !== "string") throw this.#error(outcome, signal);
      return JSON.parse(outcome) as Message;
    } finally {
      link.release();
    }
  }

  /** Yields what is ready, in batches. Leaving the loop ends the request. */
  async *stream<Element>(request: NativeRequest, options: StreamOptions, signal: AbortSignal | undefined): AsyncGenerator<Element[]> {
    const link = followSignal(signal);
    try {
      const stream = await this.#client.converseStream(request.json, request.attachments, options, link.token);
      if (!("next" in stream)) throw this.#error(stream, signal);
      try {
        for (;;) {
          const batch = await stream.next();
          if (batch === null) return;
          if (typeof batch !== "string") throw this.#error(batch, signal);
          yield JSON.parse(batch) as Element[];
        }
      } finally {
        stream.close();
      }
    } finally {
      link.release();
    }
  }

  #error(failure: NativeFailure, signal: AbortSignal | undefined): unknown {
    return convertToError(failure, signal, this.#credentials?.thrown);
  }
}
