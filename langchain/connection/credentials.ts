import type { NativeCredentials } from "../native.js";
import type { AwsCredentialIdentity, CredentialType } from "../types/chat.js";

/** Credentials as the addon asks for them, and what the user's function threw last. */
export interface CredentialsSource {
  /** Resolves with `null` when the user's function threw: an error cannot cross the boundary and stay the same object. */
  provide: () => Promise<NativeCredentials | null>;
  thrown?: unknown;
}

export function credentialsSource(credentials: CredentialType): CredentialsSource {
  const source: CredentialsSource = {
    provide: async () => {
      try {
        return await readCredentials(credentials);
      } catch (error) {
        source.thrown = error;
        return null;
      }
    },
  };
  return source;
}

/** Calls the function, if it is one, and checks what it returns. */
export async function readCredentials(credentials: CredentialType): Promise<NativeCredentials> {
  const identity: Partial<AwsCredentialIdentity> = (typeof credentials === "function" ? await credentials() : credentials) ?? {};
  const { accessKeyId, secretAccessKey, sessionToken, expiration } = identity;
  if (typeof accessKeyId !== "string" || typeof secretAccessKey !== "string") {
    throw new Error("`credentials` must be, or resolve to, an object with the strings accessKeyId and secretAccessKey.");
  }
  return { accessKeyId, secretAccessKey, sessionToken, expiration: expiration === undefined ? undefined : Number(expiration) };
}
