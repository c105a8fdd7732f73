import type { BaseMessage } from "@langchain/core/messages";
import { addon, type NativeWrittenMessages } from "../native.js";
import { membersOf, type MessageMembers } from "./message_members.js";
import { equalsCopy, NOT_PLAIN, plainCopy } from "./plain_copy.js";
import { lengthOf, LONG_TEXT, sharedBufferOf } from "./shared_buffer.js";

/** UTF-16 units of all conversations that are kept. One more takes the place of those that were not used for longest. */
const MAX_LENGTH = 16 * 1024 * 1024;

/** A message as it was when it was written. Its texts are the message's own. */
interface Snapshot {
  type: string;
  content: unknown;
  members: MessageMembers;
}

/**
 * What was written of a conversation, in the core's memory, for the requests that begin with it: an agent asks with the same messages and some more in each
 * turn. Messages can be changed, so each is compared with what it was.
 */
export class WrittenConversation {
  readonly native: NativeWrittenMessages = new (addon().WrittenMessages)();
  readonly #snapshots: Snapshot[] = [];
  #length = 0;

  /** How many messages were written. */
  get count(): number {
    return this.#snapshots.length;
  }

  /** UTF-16 units. */
  get length(): number {
    return this.#length;
  }

  isBeginningOf(messages: BaseMessage[]): boolean {
    const snapshots = this.#snapshots;
    if (snapshots.length > messages.length) return false;
    for (let index = 0; index < snapshots.length; index++) {
      if (!isUnchanged(messages[index] as BaseMessage, snapshots[index] as Snapshot)) return false;
    }
    return true;
  }

  /**
   * Adds those of `messages` that were not written yet, in the compact form. `false`, and nothing is added, where a later change could not be seen, or it
   * would be more than is kept.
   */
  append(messages: BaseMessage[], json: string, texts: string[]): boolean {
    const length = json.length + lengthOf(texts);
    if (this.#length + length > MAX_LENGTH) return false;
    const snapshots: Snapshot[] = [];
    for (let index = this.count; index < messages.length; index++) {
      const snapshot = snapshotOf(messages[index] as BaseMessage);
      if (snapshot === undefined) return false;
      snapshots.push(snapshot);
    }
    if (length < LONG_TEXT) this.native.append(json, texts.join(""));
    else this.native.appendLong(sharedBufferOf([json]), sharedBufferOf(texts));
    for (const snapshot of snapshots) this.#snapshots.push(snapshot);
    this.#length += length;
    keep(this, length);
    return true;
  }
}

function snapshotOf(message: BaseMessage): Snapshot | undefined {
  const content = plainCopy(message.content);
  const members = plainCopy(membersOf(message));
  return content === NOT_PLAIN || members === NOT_PLAIN ? undefined : { type: message.type, content, members: members as MessageMembers };
}

function isUnchanged(message: BaseMessage, { type, content, members }: Snapshot): boolean {
  return message.type === type && (message.content === content || equalsCopy(message.content, content)) && equalMembers(membersOf(message), members);
}

/** One by one: loops over members, for each message of a conversation, would take several times as long. */
function equalMembers(members: MessageMembers, copy: MessageMembers): boolean {
  return (
    members.tool_call_id === copy.tool_call_id &&
    (members.tool_calls === copy.tool_calls || equalsCopy(members.tool_calls, copy.tool_calls)) &&
    (members.invalid_tool_calls === copy.invalid_tool_calls || equalsCopy(members.invalid_tool_calls, copy.invalid_tool_calls)) &&
    members.role === copy.role &&
    members.said === copy.said &&
    members.status === copy.status &&
    members.name === copy.name &&
    members.output_version === copy.output_version &&
    members.model_provider === copy.model_provider &&
    members.model_name === copy.model_name
  );
}

/** What is known of a conversation by its first message. */
interface Known {
  /** Of the last request. */
  count: number;
  last: BaseMessage;
  /** From the second request on: most conversations that a process sees once do not come back. */
  written: WeakRef<WrittenConversation> | undefined;
}

const conversations = new WeakMap<BaseMessage, Known>();

/** Conversations that are kept, the one that was used last at the end. */
const kept = new Set<WrittenConversation>();
let keptLength = 0;

/** Lets go of a conversation whose first message is gone. */
const collected = new FinalizationRegistry<WeakRef<WrittenConversation>>((written) => {
  const conversation = written.deref();
  if (conversation !== undefined) drop(conversation);
});

/** What was written of the beginning of these messages, which may be nothing yet; `undefined` where nothing is to be kept. */
export function writtenConversation(messages: BaseMessage[]): WrittenConversation | undefined {
  // A system message may be made for each call.
  const first = messages.find((message) => message.type !== "system");
  const last = messages[messages.length - 1];
  if (first === undefined || last === undefined) return undefined;
  const known = conversations.get(first);
  const written = known?.written?.deref();
  if (written !== undefined && written.isBeginningOf(messages)) return used(written);
  if (written !== undefined) drop(written);
  const isContinued = known !== undefined && known.written === undefined && messages[known.count - 1] === known.last;
  const conversation = isContinued ? new WrittenConversation() : undefined;
  const weak = conversation && new WeakRef(conversation);
  conversations.set(first, { count: messages.length, last, written: weak });
  collected.unregister(first);
  if (weak !== undefined) collected.register(first, weak, first);
  return conversation;
}

function used(conversation: WrittenConversation): WrittenConversation {
  if (kept.delete(conversation)) kept.add(conversation);
  return conversation;
}

function keep(conversation: WrittenConversation, added: number): void {
  keptLength += kept.delete(conversation) ? added : conversation.length;
  kept.add(conversation);
  for (const oldest of kept) {
    if (keptLength <= MAX_LENGTH) break;
    drop(oldest);
  }
}

function drop(conversation: WrittenConversation): void {
  if (kept.delete(conversation)) keptLength -= conversation.length;
}
