import type { BedrockMatchers } from "langchain-aws-native/testing";

declare global {
  namespace jest {
    interface Matchers<R> extends BedrockMatchers<R> {}
  }
}
