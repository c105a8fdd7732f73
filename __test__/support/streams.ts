import type { BaseMessageChunk } from "@langchain/core/messages";

/** All items of a stream. */
export async function collect<Item>(stream: AsyncIterable<Item>): Promise<Item[]> {
  const items: Item[] = [];
  for await (const item of stream) items.push(item);
  return items;
}

/** The message whose pieces a stream gives. */
export async function fold<Chunk extends BaseMessageChunk>(stream: AsyncIterable<Chunk>): Promise<Chunk> {
  const [first, ...rest] = await collect(stream);
  if (first === undefined) throw new Error("The stream gave nothing.");
  return rest.reduce((whole, chunk) => whole.concat(chunk) as Chunk, first);
}
