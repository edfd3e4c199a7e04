import { nextEpochSeconds } from "../../domain/clock.js";
import { hideSecrets } from "../../domain/hideSecrets.js";
import type { WorkflowId } from "../../domain/ids.js";
import { sha256 } from "../../domain/sha256.js";
import type { WorkflowSummary } from "../../domain/summary.js";
import { truncateText } from "../../domain/truncateText.js";
import {
  MAX_DEAD_DELIVERIES,
  MAX_WAITING_DELIVERIES,
  MAX_WAITING_OF_FAILING,
  MAX_WEBHOOK_OUTCOMES,
  type Notification,
  type Webhook,
} from "../../domain/webhook.js";
import type { WebhookIndex } from "../../domain/webhookIndex.js";
import type { Wms } from "../../lifecycle/context.js";
import { indexedOrigin, originOf } from "../../store/annotations.js";
import type { Webhooks } from "../../store/webhooks.js";
import { findOccurrences, type Occurrence } from "./occurrences.js";

/** Characters of a notification's sentence. */
const MAX_SENTENCE_CHARS = 500;
/** Seconds by which the clocks of two processes may differ: a webhook gets no event from before its registration. */
const CLOCK_TOLERANCE_SECONDS = 1;

/**
 * Adds a delivery for each event of a workflow and each webhook that wants it. This precedes the storage of the summary:
 * after a crash in between, the next summary finds the same events, whose deliveries have the same ids.
 *
 * @returns the part of the summary by which the next one recognizes what was raised; undefined: no webhook matches
 */
export async function raiseNotifications(
  wms: Wms,
  index: WebhookIndex,
  workflow: WorkflowId,
  after: WorkflowSummary,
): Promise<WorkflowSummary["notified"]> {
  const { summaries } = wms.store;
  const record = await wms.store.fetch("workflow", workflow);
  if (record === undefined) return undefined;
  const { owner, labels } = indexedOrigin(originOf(record));
  const webhooks = index.find(owner, labels);
  if (webhooks.length === 0) return undefined;
  const [before, neededAttention] = await Promise.all([summaries.fetch(workflow), summaries.neededAttention(workflow)]);
  const { deactivated, deactivated_ts: deactivatedSeconds } = record;
  const nowSeconds = nextEpochSeconds();
  const change = { workflow, before, after, neededAttention, deactivated, deactivatedSeconds, nowSeconds };
  const jobs = findOccurrences(change).flatMap((occurrence) =>
    webhooks
      .filter((webhook) => isWanted(webhook, occurrence))
      .map((webhook) => toJob(webhook, workflow, occurrence, nowSeconds)),
  );
  if (jobs.length > 0) await addDeliveries(wms, jobs);
  return { deactivated: deactivated !== undefined };
}

type DeliveryJob = ReturnType<typeof deliveryJob>;

/**
 * Adds deliveries, unless too many wait: receivers that do not answer must not fill Redis, nor keep others from theirs.
 *
 * @returns whether all were added
 */
export async function addDeliveries({ queues, store, log }: Wms, jobs: readonly DeliveryJob[]): Promise<boolean> {
  const { queue } = queues.webhooks;
  const waiting = await queue.getJobCountByTypes("wait", "active", "delayed", "prioritized");
  const wanted = waiting + jobs.length <= MAX_WAITING_OF_FAILING ? jobs : await leaveOutFailing(store.webhooks, jobs);
  const added = waiting + wanted.length <= MAX_WAITING_DELIVERIES ? wanted : [];
  if (added.length > 0) await queues.webhooks.add(added);
  const dropped = jobs.length - added.length;
  if (dropped > 0) log.warn({ waiting, dropped }, "too many webhook deliveries wait; new ones are dropped");
  return dropped === 0;
}

/** Leaves out the deliveries of webhooks whose last calls all failed. */
async function leaveOutFailing(webhooks: Webhooks, jobs: readonly DeliveryJob[]): Promise<DeliveryJob[]> {
  const ids = [...new Set(jobs.map(({ subject }) => subject))];
  const areFailing = await Promise.all(
    ids.map(async (id) => {
      const outcomes = await webhooks.readOutcomes(id);
      return outcomes.length === MAX_WEBHOOK_OUTCOMES && outcomes.every(({ error }) => error !== null);
    }),
  );
  const failing = new Set(ids.filter((_, index) => areFailing[index]));
  return jobs.filter(({ subject }) => !failing.has(subject));
}

/** The job of a delivery. @param id the same for the same event and webhook */
export const deliveryJob = (id: string, webhook: Pick<Webhook, "webhook_id">, event: Notification) => ({
  id,
  subject: webhook.webhook_id,
  event,
  keptDeadLetters: MAX_DEAD_DELIVERIES,
});

const isWanted = ({ events, created }: Webhook, { event, atSeconds }: Occurrence): boolean =>
  events.includes(event) && atSeconds >= created - CLOCK_TOLERANCE_SECONDS;

function toJob(webhook: Webhook, workflow_id: WorkflowId, occurrence: Occurrence, raised: number): DeliveryJob {
  const { event, key, sentence, deadLetters } = occurrence;
  const digest = sha256(`${webhook.webhook_id} ${workflow_id} ${event} ${key}`).toString("hex");
  const delivery_id = `WD-${digest.slice(0, 32)}`;
  const notification: Notification = {
    event,
    delivery_id,
    raised,
    workflow_id,
    sentence: sentence === null ? null : truncateText(sentence, MAX_SENTENCE_CHARS),
    ...(deadLetters && { dead_letters: deadLetters }),
  };
  // Error texts of a TMS may hold secrets.
  return deliveryJob(delivery_id, webhook, hideSecrets(notification));
}
