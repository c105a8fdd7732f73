import type { ClientOptions, SupportedClientOptions } from "../types/aws_client.js";
import type { ConnectionOptions } from "../types/connection.js";

type Member = keyof SupportedClientOptions;

/** The options of ours that each member becomes; `undefined` for a value that only AWS's client for JavaScript takes. */
const SUPPORTED: { [Name in Member]-?: (value: SupportedClientOptions[Name] & {}) => Partial<ConnectionOptions> | undefined } = {
  region: (region) => (typeof region === "function" ? undefined : { region }),
  endpoint: (endpoint) => (typeof endpoint === "function" ? undefined : { endpointUrl: endpointUrl(endpoint) }),
  credentials: (credentials) => ({ credentials }),
  token: (token) => ({ bedrockBearerToken: typeof token === "function" ? cachedToken(token) : token.token }),
  maxAttempts: (maxAttempts) => (typeof maxAttempts === "function" ? undefined : { maxRetries: maxAttempts - 1 }),
  retryMode: (retryMode) => (typeof retryMode === "function" ? undefined : { retryMode }),
  useFipsEndpoint: (useFipsEndpoint) => (typeof useFipsEndpoint === "function" ? undefined : { useFipsEndpoint }),
  useDualstackEndpoint: (useDualstackEndpoint) => (typeof useDualstackEndpoint === "function" ? undefined : { useDualstackEndpoint }),
  customUserAgent: (customUserAgent) => ({ userAgent: [customUserAgent].flat(2).filter(Boolean).join("-") }),
  requestHandler: timeouts,
  profile: (profile) => ({ profile }),
};

/** `clientOptions`, which `@langchain/aws` passes to AWS's client, as options of ours. */
export interface ReadClientOptions {
  options: Partial<ConnectionOptions>;
  /** Whether a member, or its value, is one that only AWS's client for JavaScript takes. */
  needJavaScript: boolean;
}

export function readClientOptions(clientOptions: ClientOptions | undefined): ReadClientOptions {
  const read: ReadClientOptions = { options: {}, needJavaScript: false };
  for (const [member, value] of Object.entries(clientOptions ?? {})) {
    if (value === undefined || value === null) continue;
    const supported = Object.hasOwn(SUPPORTED, member) ? SUPPORTED[member as Member](value as never) : undefined;
    if (supported === undefined) read.needJavaScript = true;
    Object.assign(read.options, supported);
  }
  return read;
}

function endpointUrl(endpoint: Exclude<SupportedClientOptions["endpoint"], undefined>): string {
  if (typeof endpoint === "string") return endpoint;
  if (endpoint instanceof URL) return endpoint.href;
  const { protocol = "https:", hostname, port, path = "" } = endpoint;
  return `${protocol}//${hostname}${port === undefined ? "" : `:${port}`}${path}`;
}

type Token = { token: string; expiration?: Date };

/** Milliseconds before its end at which AWS's client no longer uses a token. */
const TOKEN_EXPIRES_EARLY = 5 * 60 * 1000;

/** As AWS's client does, keeps a token until shortly before it expires; one without expiration for good. */
function cachedToken(fetchToken: () => Promise<Token>): () => Promise<string> {
  let fetched: Token | undefined;
  return async () => {
    const isValid = fetched !== undefined && (fetched.expiration === undefined || fetched.expiration.getTime() - Date.now() > TOKEN_EXPIRES_EARLY);
    if (!isValid) fetched = await fetchToken();
    return (fetched as Token).token;
  };
}

const TIMEOUTS = new Set(["connectionTimeout", "requestTimeout", "socketTimeout"]);

/** A plain object of timeouts; an instance of a handler, and agents, are JavaScript's. */
function timeouts(handler: object): Partial<ConnectionOptions> | undefined {
  const isPlain = [Object.prototype, null].includes(Object.getPrototypeOf(handler) as null);
  if (!isPlain || Object.keys(handler).some((member) => !TIMEOUTS.has(member))) return undefined;
  const { connectionTimeout, requestTimeout, socketTimeout } = handler as Record<string, number | undefined>;
  return { connectTimeout: connectionTimeout, responseTimeout: requestTimeout ?? socketTimeout };
}
