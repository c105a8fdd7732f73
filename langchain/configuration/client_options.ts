import type { ClientOptions, ConnectionOptions } from "../types/connection.js";

/** The option of ours that each member becomes. */
const SUPPORTED: { [Member in keyof Required<ClientOptions>]: (value: never, className: string) => Partial<ConnectionOptions> } = {
  region: (region: string) => ({ region }),
  endpoint: (endpoint: ClientOptions["endpoint"] & {}, className) => ({ endpointUrl: endpointUrl(endpoint, className) }),
  credentials: (credentials: ClientOptions["credentials"]) => ({ credentials }),
  token: (token: ClientOptions["token"] & {}) => ({ bedrockBearerToken: bearerToken(token) }),
  maxAttempts: (maxAttempts: number) => ({ maxRetries: maxAttempts - 1 }),
  retryMode: (retryMode: ClientOptions["retryMode"]) => ({ retryMode }),
  useFipsEndpoint: (useFipsEndpoint: boolean) => ({ useFipsEndpoint }),
  useDualstackEndpoint: (useDualstackEndpoint: boolean) => ({ useDualstackEndpoint }),
  customUserAgent: (customUserAgent: ClientOptions["customUserAgent"] & {}) => ({ userAgent: [customUserAgent].flat(2).filter(Boolean).join("-") }),
  requestHandler: (handler: ClientOptions["requestHandler"] & {}, className) => timeouts(handler, className),
  profile: (profile: string) => ({ profile }),
};

/** What to use instead of members that need JavaScript's client. */
const INSTEAD: Record<string, string> = {
  requestHandler: "give it as a plain object of connectionTimeout and requestTimeout, or use proxy, caBundle, httpVersion, connectTimeout and responseTimeout",
  httpAgent: "use proxy, caBundle and httpVersion",
  httpsAgent: "use proxy, caBundle and httpVersion",
  logger: "subscribe to the channels of node:diagnostics_channel",
  retryStrategy: "use maxRetries and retryMode",
  tls: 'use endpointUrl with "http://"',
};

/** Reads `clientOptions`, which `@langchain/aws` passes to AWS's client. The constructor's own options have precedence. */
export function readClientOptions(className: string, options: ClientOptions | undefined): Partial<ConnectionOptions> {
  const read: Partial<ConnectionOptions> = {};
  for (const [member, value] of Object.entries(options ?? {})) {
    if (value === undefined || value === null) continue;
    const supported = Object.hasOwn(SUPPORTED, member) ? SUPPORTED[member as keyof typeof SUPPORTED] : undefined;
    if (supported === undefined) throw refusal(className, member);
    Object.assign(read, supported(value as never, className));
  }
  return read;
}

function refusal(className: string, member: string): Error {
  const instead = INSTEAD[member] ?? `only these are: ${Object.keys(SUPPORTED).join(", ")}`;
  return new Error(`${className}: clientOptions.${member} cannot be honoured by the native client: ${instead}.`);
}

function endpointUrl(endpoint: ClientOptions["endpoint"] & {}, className: string): string {
  if (typeof endpoint === "string") return endpoint;
  if (typeof endpoint === "function") throw new Error(`${className}: clientOptions.endpoint must be a URL, not a function: use endpointUrl.`);
  if (endpoint instanceof URL) return endpoint.href;
  const { protocol = "https:", hostname, port, path = "" } = endpoint;
  return `${protocol}//${hostname}${port === undefined ? "" : `:${port}`}${path}`;
}

function bearerToken(token: ClientOptions["token"] & {}): ConnectionOptions["bedrockBearerToken"] {
  return typeof token === "function" ? async () => (await token()).token : token.token;
}

function timeouts(handler: object, className: string): Partial<ConnectionOptions> {
  const isPlain = [Object.prototype, null].includes(Object.getPrototypeOf(handler) as null);
  const { connectionTimeout, requestTimeout, socketTimeout, ...others } = handler as Record<string, number | undefined>;
  if (!isPlain) throw refusal(className, "requestHandler");
  const [other] = Object.keys(others);
  if (other !== undefined) throw refusal(className, Object.hasOwn(INSTEAD, other) ? other : "requestHandler");
  return { connectTimeout: connectionTimeout, responseTimeout: requestTimeout ?? socketTimeout };
}
