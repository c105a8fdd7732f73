interface Source {
  bytes?: unknown;
}

/** The parts of a content block that can have bytes. */
interface Block {
  image?: { source?: Source };
  document?: { source?: Source };
  video?: { source?: Source };
  audio?: { source?: Source };
  guardContent?: { image?: { source?: Source } };
  reasoningContent?: { redactedContent?: unknown };
  toolResult?: { content?: Block[] };
}

interface ConverseBody {
  messages?: { content?: Block[] }[];
  system?: Block[];
}

/** The input of AWS's `ConverseCommand`, which takes bytes where the JSON body has base64. */
export function toConverseInput(modelId: string, body: string): object {
  return { modelId, ...decodeBody(JSON.parse(body) as ConverseBody) };
}

/** The input of AWS's `CountTokensCommand`. */
export function toCountTokensInput(modelId: string, body: string): object {
  const { input } = JSON.parse(body) as { input: { converse: ConverseBody } };
  return { modelId, input: { converse: decodeBody(input.converse) } };
}

function decodeBody(body: ConverseBody): ConverseBody {
  body.system?.forEach(decodeBlock);
  for (const { content } of body.messages ?? []) content?.forEach(decodeBlock);
  return body;
}

/** Documents, such as a tool's input, are the user's and stay as they are. */
function decodeBlock({ image, document, video, audio, guardContent, reasoningContent, toolResult }: Block): void {
  for (const media of [image, document, video, audio, guardContent?.image]) decodeMember(media?.source, "bytes");
  decodeMember(reasoningContent, "redactedContent");
  toolResult?.content?.forEach(decodeBlock);
}

function decodeMember<Member extends string>(holder: { [Name in Member]?: unknown } | undefined, member: Member): void {
  const base64 = holder?.[member];
  if (holder === undefined || typeof base64 !== "string") return;
  const { buffer, byteOffset, length } = Buffer.from(base64, "base64");
  holder[member] = new Uint8Array(buffer, byteOffset, length);
}
