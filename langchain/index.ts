export { ChatBedrockConverse } from "./chat_models.js";
export { BedrockEmbeddings } from "./embeddings.js";
export { guardrailFindings, isGuardrailIntervention } from "./guardrails/findings.js";
export { GuardrailRunnable } from "./guardrails/guardrail_runnable.js";
export { GuardrailInterventionError } from "./guardrails/intervention.js";
export { redactIntervenedMessages } from "./guardrails/redaction.js";
export { AmazonKendraRetriever } from "./retrievers/kendra.js";
export { AmazonKnowledgeBaseRetriever } from "./retrievers/knowledge_base.js";
export { mediaFromFile } from "./media_from_file.js";
export { repairHistory } from "./repair_history.js";
export { BedrockRuntimeServiceException, IncompleteStreamError, type ResponseMetadata } from "./response/errors.js";
export type { CancelMessage, EndMessage, ErrorMessage, FailoverMessage, FirstEventMessage, RequestMessage, RequestParameters, RetryMessage, StartMessage, Switch } from "./connection/diagnostics.js";
export type { AvailabilityOptions, FailedTarget, FailoverTarget, HedgeOptions, TargetDescription } from "./types/availability.js";
export type {
  AudioBlock,
  CachePoint,
  CitationsContentBlock,
  ContentBlock,
  DocumentBlock,
  GuardContentBlock,
  ImageBlock,
  MediaSource,
  Message,
  ReasoningContentBlock,
  S3Location,
  SearchResultBlock,
  SystemContentBlock,
  ToolResultBlock,
  ToolResultContentBlock,
  ToolUseBlock,
  VideoBlock,
} from "./types/converse.js";
export type {
  AnthropicTool,
  BedrockConverseToolChoice,
  BedrockPromptCacheControl,
  BedrockToolChoice,
  ChatBedrockConverseCallOptions,
  ChatBedrockConverseInput,
  ChatBedrockConverseToolType,
  ChatFailoverTarget,
  ConverseCommandParams,
  ConverseInvocationParams,
  GuardrailConfiguration,
  MessageContentReasoningBlock,
  MessageContentReasoningBlockReasoningText,
  MessageContentReasoningBlockReasoningTextPartial,
  MessageContentReasoningBlockRedacted,
  OutputConfig,
  PerformanceConfiguration,
  ReasoningOptions,
  ResponseFormat,
  ServiceTierType,
  TokenCounts,
  Tool,
  ToolChoiceKind,
  ToolInputSchema,
} from "./types/chat.js";
export type { BedrockRuntimeClient, ClientOptions } from "./types/aws_client.js";
export type { RateLimit } from "./types/connection.js";
export type { AwsCredentialIdentity, CredentialType } from "./types/credentials.js";
export type {
  ApplyGuardrailOptions,
  GuardrailAnswer,
  GuardrailAssessment,
  GuardrailAutomatedReasoningFinding,
  GuardrailCallOptions,
  GuardrailChecksAnswer,
  GuardrailChecksConfig,
  GuardrailContentBlock,
  GuardrailContentFilter,
  GuardrailContentSource,
  GuardrailContextualGroundingFilter,
  GuardrailCoverage,
  GuardrailCustomWord,
  GuardrailFinding,
  GuardrailInput,
  GuardrailIntervention,
  GuardrailManagedWord,
  GuardrailPiiEntityFilter,
  GuardrailPolicyAction,
  GuardrailRedaction,
  GuardrailRegexFilter,
  GuardrailRunnableFields,
  GuardrailSubject,
  GuardrailTopic,
  GuardrailTraceAssessment,
  GuardrailUsage,
} from "./types/guardrails.js";
export type { BedrockEmbeddingsCallOptions, BedrockEmbeddingsParams } from "./types/embeddings.js";
export type { DocumentType } from "./types/document.js";
export type { CachePointExplanation, ModelFacts, ConverseBody, RequestExplanation } from "./types/explanation.js";
export type {
  AmazonKendraRetrieverArgs,
  AmazonKnowledgeBaseRetrieverArgs,
  AttributeFilter,
  BedrockAgentRuntimeClient,
  DocumentAttribute,
  DocumentAttributeValue,
  KendraClient,
  QueryCommandOutput,
  QueryResultItem,
  RetrievalFilter,
  RetrieveCommandOutput,
  RetrieveResultItem,
  RetrieverCallOptions,
  SearchType,
} from "./types/retrievers.js";
export type { FetchMediaOptions, MediaBlock, MediaFromFileOptions } from "./types/media.js";
export type { RepairedHistory, RepairHistoryOptions } from "./types/history.js";
export type { StructuredOutputOptions } from "./types/structured_output.js";
export type { RequestWarning } from "./types/warnings.js";
