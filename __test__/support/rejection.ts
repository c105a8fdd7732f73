/** What a promise rejects with; a test fails if it resolves. */
export async function rejection<T = Error & Record<string, unknown>>(promise: Promise<unknown>): Promise<T> {
  try {
    await promise;
  } catch (error) {
    return error as T;
  }
  throw new Error("The promise was to reject, but it resolved.");
}

/** All items of an async iterable. */
export async function collect<T>(items: AsyncIterable<T> | Promise<AsyncIterable<T>>): Promise<T[]> {
  const collected: T[] = [];
  for await (const item of await items) collected.push(item);
  return collected;
}
