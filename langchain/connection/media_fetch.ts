import { performance } from "node:perf_hooks";
import { addon, type NativeCancellationToken, type NativeFailure, type NativeFetchedMedia } from "../native.js";
import { addressed, type Request, withOwnBytes } from "../request/request.js";
import { convertToError } from "../response/errors.js";
import type { FetchMediaOptions } from "../types/media.js";
import type { CallOptions } from "./call.js";
import { onAbort, untilAborted, withTimeLimit } from "./cancellation.js";
import { convertElsewhere } from "./conversion.js";
import { type Outcome, takeOutcome } from "./mailbox.js";
import { isAllowed, MAX_TOTAL_BYTES } from "./media_hosts.js";
import type { SharedClient } from "./shared_client.js";

/** Bytes. `API_runtime_VideoSource` of AWS's documentation: "less than 25MB". */
const DEFAULT_MAX_BYTES = 25 * 1024 * 1024;

/** Milliseconds. */
const DEFAULT_TIMEOUT = 30_000;

const MAX_REDIRECTS = 3;

/** Files of one call; Converse takes 20 images and 5 documents. */
const MAX_FILES = 100;

/** Files of one call that are fetched at once. */
const MAX_AT_ONCE = 4;

/** A file that a message names by its URL. */
interface MediaUrl {
  /** As the message has it. */
  url: string;
  /** Where. */
  path: string;
}

/** Whether a request may name files that are to be fetched. The core says which, but a request without any need not wait for that. */
export function mayNameMedia({ fetchMedia, json, attachments }: Request): boolean {
  return fetchMedia !== undefined && (isUrl.test(json) || attachments.some((attachment) => typeof attachment === "string" && isUrl.test(attachment.slice(0, 8))));
}

const isUrl = /https:\/\//i;

/** The request with the files that it names by URLs. They are to be released. */
export async function fetchMedia(request: Request, client: SharedClient, options: CallOptions): Promise<Request> {
  const start = performance.now();
  // What follows waits, and the caller may use its buffers again.
  const own = withOwnBytes(request);
  const media = await mediaUrls(own, client, options);
  if (media.length === 0) return own;
  const fetching = new MediaFetch(request.fetchMedia ?? { hosts: [] }, client, options, start);
  const files = await fetching.all(media);
  return { ...own, fetched: { files, bytes: fetching.bytes, duration: performance.now() - start } };
}

/** Gives the files of a request up. */
export function releaseMedia({ fetched }: Request): void {
  for (const file of fetched?.files.values() ?? []) file.release();
}

async function mediaUrls(request: Request, client: SharedClient, { signal }: CallOptions): Promise<MediaUrl[]> {
  const [first] = request.addresses ?? [];
  const converted = await untilAborted(convertElsewhere(first === undefined ? request : addressed(request, first.address), client, true), signal);
  const { mediaUrls } = converted;
  converted.release();
  return JSON.parse(mediaUrls ?? "[]") as MediaUrl[];
}

/** A file that is wanted, and where. */
interface Wanted {
  url: URL;
  /** Of the first block that wants it. */
  path: string;
  /** The URL as messages have it: parts that do not count may differ. */
  names: string[];
}

/** The files of one call. */
class MediaFetch {
  readonly #options: FetchMediaOptions;
  readonly #client: SharedClient;
  readonly #call: CallOptions;
  readonly #start: number;
  readonly #token: NativeCancellationToken = new (addon().CancellationToken)();
  readonly #files = new Map<string, NativeFetchedMedia>();
  #isOver = false;
  bytes = 0;

  /** `start`: the time from which the limits count. */
  constructor(options: FetchMediaOptions, client: SharedClient, call: CallOptions, start: number) {
    this.#options = options;
    this.#client = client;
    this.#call = call;
    this.#start = start;
  }

  /** Resolves with the files by their URLs as messages have them. Equal ones are fetched once. Once one cannot be fetched, the others are given up. */
  async all(media: MediaUrl[]): Promise<Map<string, NativeFetchedMedia>> {
    const { signal } = this.#call;
    const unfollow = signal === undefined ? () => undefined : onAbort(signal, () => this.#token.cancel());
    try {
      const queue = distinct(media).values();
      await Promise.all(Array.from({ length: MAX_AT_ONCE }, () => this.#work(queue)));
      return this.#files;
    } catch (error) {
      this.#isOver = true;
      for (const file of this.#files.values()) file.release();
      throw error;
    } finally {
      this.#token.cancel();
      unfollow();
    }
  }

  async #work(queue: Iterator<Wanted>): Promise<void> {
    for (let next = queue.next(); !next.done && !this.#isOver; next = queue.next()) {
      const { names } = next.value;
      const file = await this.#fetch(next.value);
      this.bytes += file.size;
      // Whoever has failed meanwhile has released the others.
      if (this.#isOver) return file.release();
      for (const name of names) this.#files.set(name, file);
    }
  }

  /** Ends with the time limits and the signal, also where the user's function does not. */
  async #fetch(wanted: Wanted): Promise<NativeFetchedMedia> {
    const { timeout = DEFAULT_TIMEOUT } = this.#options;
    const { signal, responseTimeout = Infinity } = this.#call;
    const [limit, who] = responseTimeout < timeout ? [responseTimeout, "Bedrock Converse"] : [timeout, "fetchMedia"];
    const remaining = Math.max(0, limit - (performance.now() - this.#start));
    return withTimeLimit(untilAborted(this.#follow(wanted), signal), limit, `${wanted.path}: ${who}`, `file at ${shown(wanted.url)}`, remaining);
  }

  /** Asks the URL, and those that it redirects to, each of which must be allowed. */
  async #follow(wanted: Wanted): Promise<NativeFetchedMedia> {
    let { url } = wanted;
    for (let redirects = 0; ; redirects++) {
      const what = redirects === 0 ? "" : `it redirects to ${shown(url)}, and `;
      const refuse = (why: string, code?: unknown): unknown => refusal(wanted, `${what}${why}`, code);
      checkUrl(url, refuse);
      if (!(await isAllowed(url, this.#options.hosts))) throw refuse(`fetchMedia.hosts does not allow ${url.host}`);
      if (this.bytes >= MAX_TOTAL_BYTES) throw refuse(`the files of one call have ${MAX_TOTAL_BYTES} bytes together at most`);
      const outcome = await this.#ask(url);
      if (typeof outcome === "object" && "kind" in outcome) throw outcome.kind === "aborted" ? convertToError(outcome, this.#call.signal) : refuse(outcome.message, codeOf(outcome));
      if (typeof outcome !== "string") return outcome as NativeFetchedMedia;
      if (redirects === MAX_REDIRECTS) throw refuse(`the server redirects once more; ${MAX_REDIRECTS} redirects are followed`);
      if (!URL.canParse(outcome, url.href)) throw refuse("the server redirects to what is no URL");
      url = new URL(outcome, url);
    }
  }

  async #ask({ href }: URL): Promise<Outcome> {
    const { maxBytes = DEFAULT_MAX_BYTES, allowPrivateAddresses = false } = this.#options;
    const limits = { maxBytes: Math.min(maxBytes, MAX_TOTAL_BYTES - this.bytes), allowsPrivate: allowPrivateAddresses };
    const { native, mailbox } = this.#client;
    return takeOutcome(await mailbox.call((call) => native.fetch(call, href, limits, this.#token)));
  }
}

/** Equal URLs are one file. What stands behind `#` is not sent. */
function distinct(media: MediaUrl[]): Wanted[] {
  const wanted = new Map<string, Wanted>();
  for (const { url: name, path } of media) {
    if (!URL.canParse(name)) throw plainError(`${path}: what the block has as its URL is none.`);
    const url = new URL(name);
    url.hash = "";
    const known = wanted.get(url.href);
    if (known === undefined) wanted.set(url.href, { url, path, names: [name] });
    else known.names.push(name);
  }
  const all = [...wanted.values()];
  const surplus = all[MAX_FILES];
  if (surplus !== undefined) throw plainError(`${surplus.path}: the messages name ${all.length} files to fetch; ${MAX_FILES} are fetched for one call.`);
  return all;
}

function checkUrl({ protocol, username, password }: URL, refuse: (why: string) => unknown): void {
  if (protocol !== "https:") throw refuse("only https: URLs are fetched");
  if (username !== "" || password !== "") throw refuse("a URL with a user's name or password is not fetched");
}

/** Characters of a URL in an error. A server may redirect to a very long one. */
const MAX_SHOWN = 300;

/** Without what may be a secret. */
function shown({ protocol, host, pathname }: URL): string {
  const url = `${protocol}//${host}${pathname}`;
  return url.length > MAX_SHOWN ? `${url.slice(0, MAX_SHOWN)}...` : url;
}

function refusal({ path, url }: Wanted, why: string, code: unknown): unknown {
  const message = `${path}: ${shown(url)} could not be fetched: ${why}.`;
  return code === undefined ? plainError(message) : convertToError({ kind: "connection", message, members: JSON.stringify({ code }) });
}

function plainError(message: string): unknown {
  return convertToError({ kind: "error", message, members: "{}" });
}

function codeOf({ members }: NativeFailure): unknown {
  return (JSON.parse(members) as { code?: unknown }).code;
}
