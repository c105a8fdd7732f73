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

/** The names that the peer's constructor declares: it also takes any other, for AWS's credential chain. */
type Declared<T> = keyof { [Name in keyof T as string extends Name ? never : Name]: true };
export type EmbeddingsOptions = Fits<peer.BedrockEmbeddingsParams, ours.BedrockEmbeddingsParams>;
export type Found = Fits<"model" | "region" | "credentials" | "bedrockApiKey" | "guardrailConfig" | "defaultHeaders" | "client" | "clientOptions", Declared<peer.ChatBedrockConverseInput>>;
export type Options = Fits<Pick<peer.ChatBedrockConverseInput, Declared<peer.ChatBedrockConverseInput> & keyof ours.ChatBedrockConverseInput>, ours.ChatBedrockConverseInput>;
/** The field is AWS's client, with its type. */
export type Clients = [
  Fits<ours.ChatBedrockConverse["client"], peer.ChatBedrockConverse["client"]>,
  Fits<peer.ChatBedrockConverse["client"], ours.ChatBedrockConverse["client"]>,
  Fits<ours.BedrockEmbeddings["client"], peer.BedrockEmbeddings["client"]>,
  Fits<ours.ClientOptions, peer.ChatBedrockConverseInput["clientOptions"] & {}>,
];
