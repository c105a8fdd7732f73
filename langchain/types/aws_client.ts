/** AWS's client for JavaScript. Its package is an optional peer dependency. */
// @ts-ignore: Where the package is not installed, its types are `any`.
import type { BedrockRuntimeClient as AwsClient, BedrockRuntimeClientConfig as AwsClientConfig } from "@aws-sdk/client-bedrock-runtime";
import type { CredentialType } from "./credentials.js";

/** `Fallback` where `Type` is `any`, which a type of a package that is not installed is. */
export type IfInstalled<Type, Fallback> = 0 extends 1 & Type ? Fallback : Type;

/** The client of `@aws-sdk/client-bedrock-runtime`; an object with its method `send` where that package is not installed. */
export type BedrockRuntimeClient = IfInstalled<AwsClient, AnyClient>;

/** What is known of a client of AWS's whose package is not installed. */
export type AnyClient = { send: (...parameters: any[]) => any } & Record<string, any>;

/** The configuration of that client; where its package is not installed, the members that the native client takes. */
export type ClientOptions = IfInstalled<AwsClientConfig, SupportedClientOptions & Record<string, any>>;

/** The members of AWS's own client configuration that the native client takes. */
export interface SupportedClientOptions {
  /** As the option `region`. */
  region?: string;
  /** As the option `endpointUrl`. */
  endpoint?: string | URL | { protocol?: string; hostname: string; port?: number; path?: string };
  /** As the option `credentials`. */
  credentials?: CredentialType;
  /** As the option `bedrockBearerToken`. */
  token?: { token: string; expiration?: Date } | (() => Promise<{ token: string; expiration?: Date }>);
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
  /** Timeouts in milliseconds. */
  requestHandler?: { connectionTimeout?: number; requestTimeout?: number; socketTimeout?: number };
  /** As the option `profile`. */
  profile?: string;
}
