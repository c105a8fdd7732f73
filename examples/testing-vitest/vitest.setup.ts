import { bedrockMatchers, type BedrockMatchers } from "langchain-aws-native/testing";
import { expect } from "vitest";

expect.extend(bedrockMatchers);

declare module "vitest" {
  interface Matchers<T = any> extends BedrockMatchers<T> {}
}
