/** Returns the replies of a pipeline or transaction, in order. @throws the first error among them */
export function unwrapReplies<T>(results: [Error | null, unknown][] | null): T[] {
  if (results === null) throw new Error("the transaction was discarded");
  return results.map(([error, reply]) => {
    if (error !== null) throw error;
    return reply as T;
  });
}
