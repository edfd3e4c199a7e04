/**
 * Works on several items at once and returns the results in the order of the items. What is under way when the caller stops,
 * or when the source fails, is completed first.
 *
 * @param limit items that are worked on at the same time
 * @throws the error of an item or, after the results of all items before, that of the source
 */
export async function* inOrder<T, R>(
  items: AsyncIterable<T> | Iterable<T>,
  limit: number,
  work: (item: T) => Promise<R>,
): AsyncGenerator<R> {
  const pending: Promise<R>[] = [];
  try {
    for await (const next of untilFailure(items)) {
      const result = "error" in next ? Promise.reject(next.error) : work(next.item);
      // The caller meets the error at its turn.
      result.catch(() => undefined);
      pending.push(result);
      if (pending.length === limit) yield (await pending.shift()) as R;
    }
    while (pending.length > 0) yield (await pending.shift()) as R;
  } finally {
    await Promise.allSettled(pending);
  }
}

/** The items of a source, and its error as the last one. */
async function* untilFailure<T>(
  items: AsyncIterable<T> | Iterable<T>,
): AsyncGenerator<{ item: T } | { error: unknown }> {
  try {
    for await (const item of items) yield { item };
  } catch (error) {
    yield { error };
  }
}
