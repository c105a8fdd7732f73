import type { BaseMessageLike, StoredMessage } from "@langchain/core/messages";

/** Messages of a file: what `invoke` takes, and messages as LangChain stores them (`BaseMessage.toDict()`). */
export type FileMessage = BaseMessageLike | StoredMessage;

/** Messages of a file as `invoke` takes them. */
export async function messagesOfFile(messages: FileMessage[]): Promise<BaseMessageLike[]> {
  const { mapStoredMessagesToChatMessages } = await import("@langchain/core/messages");
  return messages.map((message) => (isStored(message) ? mapStoredMessagesToChatMessages([message])[0] : message)) as BaseMessageLike[];
}

function isStored(message: FileMessage): message is StoredMessage {
  return typeof message === "object" && message !== null && "type" in message && "data" in message && typeof message.data === "object";
}
