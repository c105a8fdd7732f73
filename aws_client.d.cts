import type * as bedrockAgentRuntime from "@aws-sdk/client-bedrock-agent-runtime";
import type * as bedrockRuntime from "@aws-sdk/client-bedrock-runtime";
import type * as kendra from "@aws-sdk/client-kendra";

/** The modules by their packages. */
export interface AwsModules {
  "@aws-sdk/client-bedrock-runtime": typeof bedrockRuntime;
  "@aws-sdk/client-bedrock-agent-runtime": typeof bedrockAgentRuntime;
  "@aws-sdk/client-kendra": typeof kendra;
}

export function load<Name extends keyof AwsModules>(name: Name): AwsModules[Name];
export function findLoaded<Name extends keyof AwsModules>(name: Name): AwsModules[Name] | undefined;
