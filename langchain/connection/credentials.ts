import { AsyncResource } from "node:async_hooks";
import type { NativeCredentials } from "../native.js";
import type { AwsCredentialIdentity, CredentialType } from "../types/credentials.js";

/** Credentials as the addon asks for them, and what the user's function threw last. */
export interface CredentialsSource {
  /** Resolves with `null` when the user's function threw: an error cannot cross the boundary and stay the same object. */
  provide: () => Promise<NativeCredentials | null>;
  thrown?: unknown;
  /** Runs a request, in whose async context the user's function is called if the request is the last that has begun; `undefined` without a function. */
  during?: <Outcome>(request: () => Promise<Outcome>) => Promise<Outcome>;
}

export function credentialsSource(credentials: CredentialType): CredentialsSource {
  const requests = new Set<AsyncResource>();
  const source: CredentialsSource = {
    provide: () => {
      const context = [...requests].at(-1);
      return context === undefined ? provide() : context.runInAsyncScope(provide);
    },
  };
  const provide = async (): Promise<NativeCredentials | null> => {
    try {
      return await readCredentials(credentials);
    } catch (error) {
      source.thrown = error;
      return null;
    }
  };
  if (typeof credentials === "function") {
    source.during = async (request) => {
      const context = new AsyncResource("langchain-aws-native");
      requests.add(context);
      try {
        return await request();
      } finally {
        requests.delete(context);
      }
    };
  }
  return source;
}

/** Refuses a secret that cannot stand in a header, as one that was read from a file with its line break. The secret is not shown. */
export function checkHeaderText<Text extends string | undefined>(text: Text, name: string): Text {
  if (text === undefined || /^[\x21-\x7e]+$/.test(text)) return text;
  throw new Error(`${name} has a character that it cannot have, such as a line break or a space.`);
}

/** Resolves with a Bedrock API key. */
export async function readBearerToken(token: () => string | Promise<string>): Promise<string> {
  const resolved: unknown = await token();
  if (typeof resolved === "string" && resolved !== "") return checkHeaderText(resolved, "What the `bedrockBearerToken` function resolves to");
  throw new Error("`bedrockBearerToken` must be, or resolve to, a string that is not empty.");
}

/** Calls the function, if it is one, and checks what it returns. */
export async function readCredentials(credentials: CredentialType): Promise<NativeCredentials> {
  const identity: Partial<AwsCredentialIdentity> = (typeof credentials === "function" ? await credentials() : credentials) ?? {};
  const { accessKeyId, secretAccessKey, sessionToken, expiration } = identity;
  if (typeof accessKeyId !== "string" || typeof secretAccessKey !== "string") {
    throw new Error("`credentials` must be, or resolve to, an object with the strings accessKeyId and secretAccessKey.");
  }
  checkHeaderText(accessKeyId, "The accessKeyId of `credentials`");
  checkHeaderText(sessionToken, "The sessionToken of `credentials`");
  return { accessKeyId, secretAccessKey, sessionToken, expiration: readExpiration(expiration) };
}

/** Milliseconds since 1970, also of the text that AWS's services and tools give out as JSON. */
function readExpiration(expiration: unknown): number | undefined {
  if (expiration === undefined || expiration === null) return undefined;
  const milliseconds = typeof expiration === "string" ? Date.parse(expiration) : Number(expiration);
  if (!Number.isNaN(milliseconds)) return milliseconds;
  throw new Error("The expiration of `credentials` must be a Date, and a valid one.");
}
