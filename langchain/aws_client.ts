/** AWS's clients for JavaScript, typed. The rest of the package uses them only through this file, and loads one only when a user's client is in play. */
import loader from "#aws-client";
import type { AwsModules } from "../aws_client.cjs";

/** A service of AWS, in the words of its package for JavaScript. */
export interface AwsService {
  package: keyof AwsModules;
  /** The class of the client. */
  client: "BedrockRuntimeClient" | "BedrockAgentRuntimeClient" | "KendraClient";
  /** The member of ours that holds a client. */
  property: "client" | "bedrockAgentRuntimeClient" | "kendraClient";
}

export const BEDROCK_RUNTIME: AwsService = { package: "@aws-sdk/client-bedrock-runtime", client: "BedrockRuntimeClient", property: "client" };
export const BEDROCK_AGENT_RUNTIME: AwsService = {
  package: "@aws-sdk/client-bedrock-agent-runtime",
  client: "BedrockAgentRuntimeClient",
  property: "bedrockAgentRuntimeClient",
};
export const KENDRA: AwsService = { package: "@aws-sdk/client-kendra", client: "KendraClient", property: "kendraClient" };

/** A class of a module: a client or a command. */
type Constructor = new (input: object) => object;

/** A class of the service's package, which is loaded when it is first asked for. Throws a sentence that says what to install where it is missing. */
export function awsClass(service: AwsService, name: string): Constructor {
  return (loader.load(service.package) as unknown as Record<string, Constructor>)[name] as Constructor;
}

/** Whether something has replaced `send` of the client's class, as aws-sdk-client-mock does, or the class itself, as `jest.mock` does. */
export function isClassMocked(service: AwsService): boolean {
  const loaded = loader.findLoaded(service.package) as Record<string, { prototype?: object }> | undefined;
  const prototype = loaded?.[service.client]?.prototype;
  return prototype !== undefined && (Object.hasOwn(prototype, "send") || !("send" in prototype));
}
