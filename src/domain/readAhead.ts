/**
 * Requests the first item of a source at once, and each further item while the caller works on the one before. An item
 * that is requested when the caller stops is dropped.
 */
export function readAhead<T>(source: AsyncIterable<T>): AsyncIterable<T> {
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
    let next = first;
    try {
      for (;;) {
        const { done, value } = await next;
        if (done) return;
        next = request();
        yield value;
      }
    } finally {
      // It waits for the request under way, and the caller does not.
      iterator.return?.().catch(() => undefined);
    }
  }
}
