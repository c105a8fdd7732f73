/** Checked by tsc alone: code that is written against the types of `@langchain/aws` compiles against ours. */
import type * as peer from "@langchain/aws";
import type * as ours from "langchain-aws-native";

/** Compiles when `From` can be given where `To` is wanted. */
type Fits<From extends To, To> = From;

export type PeerFitsOurs = [
  Fits<peer.CredentialType, ours.CredentialType>,
  Fits<peer.BedrockToolChoice, ours.BedrockToolChoice>,
  Fits<peer.BedrockPromptCacheControl, ours.BedrockPromptCacheControl>,
  Fits<peer.ChatBedrockConverseToolType, ours.ChatBedrockConverseToolType>,
  Fits<peer.MessageContentReasoningBlock, ours.MessageContentReasoningBlock>,
  Fits<peer.MessageContentReasoningBlockReasoningText, ours.MessageContentReasoningBlockReasoningText>,
  Fits<peer.MessageContentReasoningBlockReasoningTextPartial, ours.MessageContentReasoningBlockReasoningTextPartial>,
  Fits<peer.MessageContentReasoningBlockRedacted, ours.MessageContentReasoningBlockRedacted>,
  Fits<peer.ConverseCommandParams, ours.ConverseCommandParams>,
  Fits<peer.ChatBedrockConverseCallOptions, ours.ChatBedrockConverseCallOptions>,
];

export type OursFitsPeer = [
  Fits<ours.CredentialType, peer.CredentialType>,
  Fits<ours.BedrockToolChoice, peer.BedrockToolChoice>,
  Fits<ours.BedrockPromptCacheControl, peer.BedrockPromptCacheControl>,
  Fits<ours.MessageContentReasoningBlock, peer.MessageContentReasoningBlock>,
  Fits<ours.MessageContentReasoningBlockReasoningText, peer.MessageContentReasoningBlockReasoningText>,
  Fits<ours.MessageContentReasoningBlockReasoningTextPartial, peer.MessageContentReasoningBlockReasoningTextPartial>,
  Fits<ours.MessageContentReasoningBlockRedacted, peer.MessageContentReasoningBlockRedacted>,
];

/** Options of the peer's constructor that hold objects which only AWS's JavaScript client can use; they are refused with a sentence. */
type Refused = "client" | "clientOptions";
/** The names that the peer's constructor declares: it also takes any other, for AWS's credential chain. */
type Declared<T> = keyof { [Name in keyof T as string extends Name ? never : Name]: true };
export type EmbeddingsOptions = Fits<Omit<peer.BedrockEmbeddingsParams, Refused>, ours.BedrockEmbeddingsParams>;
export type Found = Fits<"model" | "region" | "credentials" | "bedrockApiKey" | "guardrailConfig" | "defaultHeaders", Declared<peer.ChatBedrockConverseInput>>;
export type Options = Fits<Pick<peer.ChatBedrockConverseInput, Exclude<Declared<peer.ChatBedrockConverseInput> & keyof ours.ChatBedrockConverseInput, Refused>>, ours.ChatBedrockConverseInput>;
