import { WmsError } from "../domain/wmsError.js";
import type { IdempotentRequest } from "../domain/idempotentRequest.js";
import { type Claim, Overtaken } from "../store/idempotencyClaims.js";
import type { Wms } from "./context.js";

/** What a request that may be repeated does. */
export interface Repeatable<T> {
  /** The partition of what it makes. */
  partition: number;
  /** Has it take effect, by writing with the claim. */
  make(claim: Claim): Promise<T>;
  /** What {@link make} gave when it took effect. @param made the id that was written with it */
  again(made: string): Promise<T>;
}

/**
 * Serves a request that takes effect once. What fails is forgotten, so that it can be tried again.
 *
 * @returns what the request gave, and whether it had taken effect before
 * @throws WmsError `conflict` when the key was used for another request, `under-way` while the same request is being served
 */
export async function once<T>(
  { store, log }: Wms,
  request: IdempotentRequest,
  { partition, make, again }: Repeatable<T>,
): Promise<{ given: T; replayed: boolean }> {
  for (;;) {
    const claim = await store.idempotency.claim(request, partition);
    if (claim === "other-request")
      throw new WmsError("conflict", "Idempotency-Key: was used for another request");
    if (claim === "under-way")
      throw new WmsError("under-way", "Idempotency-Key: the same request is still under way", {
        retryAfterSeconds: 1,
      });
    if ("made" in claim) return { given: await again(claim.made), replayed: true };
    try {
      return { given: await make(claim), replayed: false };
    } catch (error) {
      if (error instanceof Overtaken) continue;
      await store.idempotency.release(claim).catch((cause: unknown) => {
        log.debug({ err: cause }, "a failed request keeps its key until that runs out");
      });
      throw error;
    }
  }
}
