/** Wraps a call so that callers share its result while it is pending. The next caller after that calls again. */
export function sharePending<T>(call: () => Promise<T>): () => Promise<T> {
  let pending: Promise<T> | undefined;
  return () => {
    pending ??= call().finally(() => {
      pending = undefined;
    });
    return pending;
  };
}
