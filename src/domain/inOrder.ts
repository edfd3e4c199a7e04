/** How much work may be under way at once. */
export interface InOrderLimits<T> {
  /** Items that are worked on at the same time. */
  items: number;
  /** Limits the sum of their weights; a heavier item is worked on alone. */
  weight?: { of: (item: T) => number; total: number };
}

/**
 * Works on several items at once and returns the results in the order of the items. What is under way when the caller stops,
 * or when the source fails, is completed first.
 *
 * @throws the error of an item or, after the results of all items before, that of the source
 */
export async function* inOrder<T, R>(
  items: AsyncIterable<T> | Iterable<T>,
  limits: InOrderLimits<T>,
  work: (item: T) => Promise<R>,
): AsyncGenerator<R> {
  const pending: { result: Promise<R>; weight: number }[] = [];
  let pendingWeight = 0;
  const next = async (): Promise<R> => {
    const { result, weight } = pending.shift() as (typeof pending)[number];
    pendingWeight -= weight;
    return result;
  };
  const { of: weigh, total } = limits.weight ?? { of: () => 0, total: 0 };
  try {
    for await (const step of untilFailure(items)) {
      const weight = "error" in step ? 0 : weigh(step.item);
      while (pending.length > 0 && (pending.length >= limits.items || pendingWeight + weight > total))
        yield await next();
      const result = "error" in step ? Promise.reject(step.error) : work(step.item);
      // The caller meets the error at its turn.
      result.catch(() => undefined);
      pending.push({ result, weight });
      pendingWeight += weight;
    }
    while (pending.length > 0) yield await next();
  } finally {
    await Promise.allSettled(pending.map(({ result }) => result));
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
