/** AWS's JavaScript client, typed. The rest of the package uses it only through this file, and loads it only when a user's client is in play. */
import loader from "#aws-client";

/** The module, loaded when it is first asked for. Throws a sentence that says what to install where it is missing. */
export function awsModule(): ReturnType<typeof loader.load> {
  return loader.load();
}

/** Whether something has replaced `send` of AWS's class, as aws-sdk-client-mock does. Loads nothing. */
export function isClassMocked(): boolean {
  const mocked = loader.findLoaded()?.BedrockRuntimeClient?.prototype as object | undefined;
  return mocked !== undefined && Object.hasOwn(mocked, "send");
}
