/** How a class of the package reaches AWS. */
import type { BedrockRuntimeClient, ClientOptions } from "./aws_client.js";
import type { AwsCredentialIdentity, CredentialType } from "./credentials.js";

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

/** A limit that calls are held to before they are sent. At least one member is given; each is a whole number of at least 1. */
export interface RateLimit {
  /** Requests in any minute. Default: any number. */
  requestsPerMinute?: number;
  /** Tokens of Bedrock's quota in any minute: at first input and `maxTokens`, then what the answer used, which docs/availability.md explains. Default: any number. */
  tokensPerMinute?: number;
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
  /** The HTTP version. `1.1` has a connection for each request under way; `2` has one for each hundred of them. @default "1.1" */
  httpVersion?: "1.1" | "2";
  /** Milliseconds for opening a connection, TLS included; 0: no limit. @default 10000 */
  connectTimeout?: number;
  /** The number of retries of a failed request. Default: `AWS_MAX_ATTEMPTS`, else 2. */
  maxRetries?: number;
  /** The retry mode; `adaptive` also delays first attempts while Bedrock throttles. Default: `AWS_RETRY_MODE`, else `standard`. */
  retryMode?: "standard" | "adaptive";
  /** A name for the user agent: letters, digits and the like, 50 characters at most. */
  userAgent?: string;
  /** A client of AWS's for JavaScript: requests go through its method `send`. */
  client?: BedrockRuntimeClient;
  /**
   * The configuration of AWS's own client; options of the constructor have precedence. Members that only AWS's client for JavaScript can serve, such as
   * an instance of a request handler, a logger or a retry strategy, make requests go through that client.
   */
  clientOptions?: ClientOptions;
  /** Whether the shared AWS files are read anew. With it, requests go through AWS's client for JavaScript, as with the three below. */
  ignoreCache?: boolean;
  /** Asks the user for the code of a device with this serial number, for a profile with `mfa_serial`. */
  mfaCodeProvider?: (mfaSerial: string) => Promise<string>;
  /** Assumes the role of a profile in place of AWS's own code. */
  roleAssumer?: (source: AwsCredentialIdentity, parameters: any) => Promise<AwsCredentialIdentity>;
  /** Assumes a role with a web identity in place of AWS's own code. */
  roleAssumerWithWebIdentity?: (parameters: any) => Promise<AwsCredentialIdentity>;
}
