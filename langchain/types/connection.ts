/** How a class of the package reaches AWS. */

/** Static AWS credentials. */
export interface AwsCredentialIdentity {
  /** Such as `AKIA…`, or `ASIA…` of temporary credentials. */
  readonly accessKeyId: string;
  /** Never shown in errors, logs or dumps of the model. */
  readonly secretAccessKey: string;
  /** Of temporary credentials. */
  readonly sessionToken?: string;
  /** Expiry; a provider function is called again before it. */
  readonly expiration?: Date;
}

/** AWS credentials, or a function that fetches them: called before the first request and again before they expire. */
export type CredentialType = AwsCredentialIdentity | (() => Promise<AwsCredentialIdentity>);

/** Of constructor and call; a call's has precedence. */
export interface TimeLimitOptions {
  /** Milliseconds until the answer, or the first event of a stream, retries included; 0: no limit. @default 3600000 */
  responseTimeout?: number;
}

/** Authentication, of constructor and call; a call's has precedence. */
export interface AuthenticationOptions {
  /** Credentials, or a function that fetches them. Default: the AWS chain: environment, profile, SSO, process, web identity, container, instance. */
  credentials?: CredentialType;
  /** A Bedrock API key, used instead of credentials; a function is called before each request. Default: `AWS_BEARER_TOKEN_BEDROCK`. */
  bedrockBearerToken?: string | (() => string | Promise<string>);
}

/** The values of AWS's own client configuration that the native client supports. */
export interface ClientOptions {
  /** As the option `region`. */
  region?: string;
  /** As the option `endpointUrl`. */
  endpoint?: string | URL | { protocol?: string; hostname: string; port?: number; path?: string };
  /** As the option `credentials`. */
  credentials?: CredentialType;
  /** As the option `bedrockBearerToken`. */
  token?: { token: string } | (() => Promise<{ token: string }>);
  /** One more than the option `maxRetries`. */
  maxAttempts?: number;
  /** As the option `retryMode`. */
  retryMode?: "standard" | "adaptive";
  /** As the option `useFipsEndpoint`. */
  useFipsEndpoint?: boolean;
  /** As the option `useDualstackEndpoint`. */
  useDualstackEndpoint?: boolean;
  /** As the option `userAgent`. */
  customUserAgent?: string | [string, string?][];
  /** Timeouts in milliseconds; a handler instance cannot be used. */
  requestHandler?: { connectionTimeout?: number; requestTimeout?: number; socketTimeout?: number };
  /** As the option `profile`. */
  profile?: string;
}

/** Options of the connection, which all classes of the package have. */
export interface ConnectionOptions extends AuthenticationOptions, TimeLimitOptions {
  /** AWS region. Default: `AWS_REGION`, `AWS_DEFAULT_REGION`, the profile's, the instance's. */
  region?: string;
  /** AWS access key id, with `bedrockApiSecret`. Default: `BEDROCK_AWS_ACCESS_KEY_ID`. */
  bedrockApiKey?: string;
  /** AWS secret access key. Default: `BEDROCK_AWS_SECRET_ACCESS_KEY`. */
  bedrockApiSecret?: string;
  /** AWS session token. Default: `BEDROCK_AWS_SESSION_TOKEN`. */
  bedrockApiSessionToken?: string;
  /** A profile of the shared AWS files. Default: `AWS_PROFILE`. */
  profile?: string;
  /** The shared credentials file. Default: `AWS_SHARED_CREDENTIALS_FILE`, then `~/.aws/credentials`. */
  filepath?: string;
  /** The shared configuration file. Default: `AWS_CONFIG_FILE`, then `~/.aws/config`. */
  configFilepath?: string;
  /** A role to assume with the token in `webIdentityTokenFile`. Default: `AWS_ROLE_ARN`. */
  roleArn?: string;
  /** The file with the token. Default: `AWS_WEB_IDENTITY_TOKEN_FILE`. */
  webIdentityTokenFile?: string;
  /** Whether requests are sent without authentication, for a gateway that adds it. @default false */
  noAuth?: boolean;
  /** Host name to call instead of the region's. */
  endpointHost?: string;
  /** A whole URL to call instead of the region's, such as `http://127.0.0.1:8080`. It has precedence over `endpointHost`. Default: `AWS_ENDPOINT_URL_BEDROCK_RUNTIME`, `AWS_ENDPOINT_URL`. */
  endpointUrl?: string;
  /** Whether to use the region's FIPS endpoint. Default: `AWS_USE_FIPS_ENDPOINT`. */
  useFipsEndpoint?: boolean;
  /** Whether to use the region's dual-stack endpoint. Default: `AWS_USE_DUALSTACK_ENDPOINT`. */
  useDualstackEndpoint?: boolean;
  /** Headers for every request; they are signed. */
  defaultHeaders?: Record<string, string>;
  /** URL of a proxy, with user and password if it requires them; `false` for none. Default: `HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY`. */
  proxy?: string | false;
  /** Hosts to reach without the proxy, comma separated. Default: `NO_PROXY`. */
  noProxy?: string;
  /** PEM files with certificates to trust beside the system's and Mozilla's. Default: `AWS_CA_BUNDLE`; `NODE_EXTRA_CA_CERTS` is always added. */
  caBundle?: string | string[];
  /** The HTTP version. `1.1` has a connection for each request under way; `2` has one for all, up to the server's limit of streams. @default "1.1" */
  httpVersion?: "1.1" | "2";
  /** Milliseconds for opening a connection, TLS included; 0: no limit. @default 10000 */
  connectTimeout?: number;
  /** The number of retries of a failed request. Default: `AWS_MAX_ATTEMPTS`, else 2. */
  maxRetries?: number;
  /** The retry mode; `adaptive` also delays first attempts while Bedrock throttles. Default: `AWS_RETRY_MODE`, else `standard`. */
  retryMode?: "standard" | "adaptive";
  /** A name for the user agent: letters, digits and the like, 50 characters at most. */
  userAgent?: string;
  /** Values of AWS's own client configuration; options of the constructor have precedence. Members that need JavaScript's client are refused. */
  clientOptions?: ClientOptions;
}
