import { batchesOf } from "../../domain/batchesOf.js";
import { createYielder } from "../../domain/time.js";

/** The members of a list as JSON text, without the brackets. Yields to other requests. */
export async function stringifyInChunks(list: readonly object[]): Promise<string[]> {
  const pause = createYielder();
  const chunks: string[] = [];
  for (const batch of batchesOf(list, 200)) {
    await pause();
    chunks.push((chunks.length === 0 ? "" : ",") + JSON.stringify(batch).slice(1, -1));
  }
  return chunks;
}
