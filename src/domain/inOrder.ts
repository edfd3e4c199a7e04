/**
 * Works on several items at once and returns the results in the order of the items.
 *
 * @param limit items that are worked on at the same time
 */
export async function* inOrder<T, R>(
  items: AsyncIterable<T> | Iterable<T>,
  limit: number,
  work: (item: T) => Promise<R>,
): AsyncGenerator<R> {
  const pending: Promise<R>[] = [];
  for await (const item of items) {
    const result = work(item);
    // The caller meets the error at its turn, and not at all if it stops before.
    result.catch(() => undefined);
    pending.push(result);
    if (pending.length === limit) yield (await pending.shift()) as R;
  }
  for (const result of pending) yield await result;
}
