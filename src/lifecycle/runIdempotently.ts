import type { IdempotentRequest } from "../domain/idempotentRequest.js";
import { WmsError } from "../domain/wmsError.js";
import { ClaimLostError, type IdempotencyClaim } from "../store/idempotencyClaims.js";
import type { Wms } from "./context.js";

/** What a request that may be repeated does. */
export interface IdempotentOperation<T> {
  /** The partition of what it makes. */
  partition: number;
  /** Has it take effect, by writing with the claim. */
  execute(claim: IdempotencyClaim): Promise<T>;
  /** What {@link execute} gave when it took effect. @param made the id that was written with it */
  replay(made: string): Promise<T>;
}

/**
 * Serves a request that takes effect once. What fails is forgotten, so that it can be tried again.
 *
 * @returns what the request gave, and whether it had taken effect before
 * @throws WmsError `conflict` when the key was used for another request, `under-way` while the same request is being served
 */
export async function runIdempotently<T>(
  { store, log }: Wms,
  request: IdempotentRequest,
  { partition, execute, replay }: IdempotentOperation<T>,
): Promise<{ result: T; replayed: boolean }> {
  for (;;) {
    const claim = await store.idempotency.claim(request, partition);
    if (claim === "other-request") throw new WmsError("conflict", "Idempotency-Key: was used for another request");
    if (claim === "under-way")
      throw new WmsError("under-way", "Idempotency-Key: the same request is still under way", {
        retryAfterSeconds: 1,
      });
    if ("made" in claim) return { result: await replay(claim.made), replayed: true };
    try {
      return { result: await execute(claim), replayed: false };
    } catch (error) {
      if (error instanceof ClaimLostError) continue;
      await store.idempotency.release(claim).catch((cause: unknown) => {
        log.debug({ err: cause }, "a failed request keeps its key until that runs out");
      });
      throw error;
    }
  }
}
