/**
 * Which images, documents and videos are fetched, that messages name by `https:` URLs. Whoever writes messages, a tool's output too, names the URLs, so
 * nothing is fetched but what is allowed here.
 */
export interface FetchMediaOptions {
  /**
   * The hosts: names such as `"cdn.example.com"`, `"*.example.com"` for all below it, `"example.com:8443"` for another port than 443; or a function that
   * says `true`. Each redirect is asked about again.
   */
  hosts: readonly string[] | ((url: URL) => boolean | Promise<boolean>);
  /** Bytes of one file at most, up to 104857600, which all files of a call have together at most. @default 26214400 */
  maxBytes?: number;
  /** Milliseconds for all files of a call, with redirects and the function `hosts`. They count towards `responseTimeout`. @default 30000 */
  timeout?: number;
  /**
   * For development and tests: whether private addresses and this machine are reached as well. Link-local addresses, where services of instance metadata are,
   * never are. @default false
   */
  allowPrivateAddresses?: boolean;
}

/** Options of `mediaFromFile`. */
export interface MediaFromFileOptions {
  /** The MIME type, for a format that neither its bytes nor its ending tell. */
  mimeType?: string;
  /** The name of a document. Default: the file's, without its ending. */
  name?: string;
  /** Bytes at most. @default 26214400 */
  maxBytes?: number;
}

/** A content block of LangChain with the bytes of a file. */
export interface MediaBlock {
  type: "image" | "file" | "video" | "audio";
  mimeType: string;
  data: Uint8Array;
  /** Of a document. */
  metadata?: { name: string };
}
