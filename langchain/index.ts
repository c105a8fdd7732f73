export { ChatBedrockConverse } from "./chat_models.js";
export { BedrockRuntimeServiceException, IncompleteStreamError, type ResponseMetadata } from "./errors.js";
export type { EndMessage, ErrorMessage, FirstEventMessage, RequestMessage, RetryMessage } from "./diagnostics.js";
export type {
  AwsCredentialIdentity,
  BedrockConverseToolChoice,
  BedrockPromptCacheControl,
  BedrockToolChoice,
  ChatBedrockConverseCallOptions,
  ChatBedrockConverseInput,
  ChatBedrockConverseToolType,
  ClientOptions,
  ConverseCommandParams,
  ConverseInvocationParams,
  CredentialType,
  DocumentType,
  GuardrailConfiguration,
  MessageContentReasoningBlock,
  MessageContentReasoningBlockReasoningText,
  MessageContentReasoningBlockReasoningTextPartial,
  MessageContentReasoningBlockRedacted,
  OutputConfig,
  PerformanceConfiguration,
  ResponseFormat,
  ServiceTierType,
  Tool,
  ToolInputSchema,
} from "./types.js";
