import { exponentialBackoffMs } from "../domain/time.js";
import type { Notification } from "../domain/webhook.js";
import type { Wms } from "../lifecycle/context.js";
import { BACKGROUND_QUEUE_NAMES } from "../queues/queues.js";
import { deliverNotification } from "../webhooks/deliver.js";
import { type BackgroundWork, PermanentFailure, Postponed, RetryLater } from "./backgroundWorker.js";

/** Calls at once in this process, and of them those of one webhook: a slow receiver must not block the others. */
const CONCURRENCY = 50;
const CONCURRENCY_PER_WEBHOOK = 4;
/** Milliseconds until a delivery that had no turn tries again, at least and at most. */
const POSTPONE_MS = [5_000, 30_000] as const;
/** The longest wait between two attempts. */
const MAX_BACKOFF_MS = 3_600_000;

const randomBetween = (min: number, max: number): number => min + Math.random() * (max - min);

/**
 * The work that calls webhooks.
 *
 * @param retryWaitSeconds before the second attempt; it doubles, and varies by a fifth, so that calls of a receiver that was
 *   down do not come at the same time
 */
export function webhookWork(wms: Wms, retryWaitSeconds: number): BackgroundWork {
  const running = new Map<string, number>();
  return {
    queue: BACKGROUND_QUEUE_NAMES.webhooks,
    concurrency: CONCURRENCY,
    retryLaterDelayMs: (attempts) =>
      exponentialBackoffMs(1000 * retryWaitSeconds, attempts, MAX_BACKOFF_MS) * randomBetween(0.8, 1.2),
    async work(webhookId, _jobId, _offset, { attempt, event }) {
      const count = running.get(webhookId) ?? 0;
      if (count >= CONCURRENCY_PER_WEBHOOK) throw new Postponed(randomBetween(...POSTPONE_MS));
      running.set(webhookId, count + 1);
      try {
        const result = await deliverNotification(wms, webhookId, event as Notification, attempt);
        if (result.outcome === "retry") throw new RetryLater(result.reason);
        if (result.outcome === "dead") throw new PermanentFailure(result.reason);
      } finally {
        const left = (running.get(webhookId) ?? 1) - 1;
        if (left === 0) running.delete(webhookId);
        else running.set(webhookId, left);
      }
    },
  };
}
