/**
 * Cuts a list into batches of at most `maxBytes`. A batch has at least one item: a larger one is a batch of its own.
 *
 * @param maxItems also bounds a batch
 */
export function* batchesByBytes<T>(
  items: Iterable<T>,
  bytesOf: (item: T) => number,
  maxBytes: number,
  maxItems = Number.POSITIVE_INFINITY,
): Generator<T[]> {
  let batch: T[] = [];
  let bytes = 0;
  for (const item of items) {
    const size = bytesOf(item);
    if (batch.length > 0 && (bytes + size > maxBytes || batch.length >= maxItems)) {
      yield batch;
      batch = [];
      bytes = 0;
    }
    batch.push(item);
    bytes += size;
  }
  if (batch.length > 0) yield batch;
}
