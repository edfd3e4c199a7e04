/**
 * Requests the first item of a source at once, and each further item while the caller works on the one before. An item
 * that is requested when the caller stops is dropped.
 *
 * @param isNextLikely whether the caller probably needs another item after this one. Otherwise it is requested when the
 *   caller asks for it
 */
export function readAhead<T>(
  source: AsyncIterable<T>,
  isNextLikely: (item: T) => boolean = () => true,
): AsyncIterable<T> {
  const iterator = source[Symbol.asyncIterator]();
  const request = () => {
    const next = iterator.next();
    // A caller that stops early does not await it.
    next.catch(() => undefined);
    return next;
  };
  const first = request();
  return iterate();

  async function* iterate(): AsyncGenerator<T> {
    let next: ReturnType<typeof request> | undefined = first;
    try {
      for (;;) {
        const result: IteratorResult<T> = await (next ?? request());
        if (result.done) return;
        next = isNextLikely(result.value) ? request() : undefined;
        yield result.value;
      }
    } finally {
      // It waits for the request under way, and the caller does not.
      iterator.return?.().catch(() => undefined);
    }
  }
}
