import { epochMs } from "../domain/clock.js";
import { isWorkflowId } from "../domain/ids.js";
import {
  type DeliveryOutcome,
  hostOfReceiver,
  MAIL_PREFIX,
  MAX_DELIVERY_ATTEMPTS,
  type Notification,
  type NotificationContents,
} from "../domain/webhook.js";
import type { Wms } from "../lifecycle/context.js";
import { originOf } from "../store/annotations.js";
import type { StoredWebhook } from "../store/webhooks.js";
import { sendMail } from "./mail.js";
import { RefusedAddress } from "./publicAddress.js";
import { sendOnce } from "./sendOnce.js";
import { signBody } from "./signature.js";

/** Milliseconds for one attempt. */
const ATTEMPT_TIMEOUT_MS = 10_000;
/** Statuses below 500 that say nothing of the delivery: a later attempt may succeed. */
const TRANSIENT_STATUSES: ReadonlySet<number> = new Set([408, 429]);

/** How an attempt ended. `reason` contains neither the secret nor the path of the address. */
export type AttemptResult = { outcome: "done" } | { outcome: "retry" | "dead"; reason: string };

/**
 * Calls a webhook, and records how that ended. A webhook that was removed is not called.
 *
 * @param attempt 1 for the first one
 */
export async function deliverNotification(
  wms: Wms,
  webhookId: string,
  notification: Notification,
  attempt: number,
): Promise<AttemptResult> {
  const webhook = await wms.store.webhooks.readWithSecret(webhookId);
  if (webhook === undefined) return { outcome: "done" };
  const { status, reason, mayRetry } = await callReceiver(wms, webhook, notification);
  // A person waits for the outcome of a ping, and repeats it.
  const isLast = !mayRetry || attempt >= MAX_DELIVERY_ATTEMPTS || notification.event === "ping";
  const outcome: DeliveryOutcome = {
    timestamp: epochMs() / 1000,
    delivery_id: notification.delivery_id,
    event: notification.event,
    workflow_id: notification.workflow_id,
    attempt,
    status,
    error: reason ?? null,
    is_final: reason === undefined || isLast,
  };
  await wms.store.webhooks.recordOutcome(webhookId, outcome);
  if (reason === undefined || notification.event === "ping") return { outcome: "done" };
  return {
    outcome: isLast ? "dead" : "retry",
    reason: `the webhook at ${hostOfReceiver(webhook.url)} failed: ${reason}`,
  };
}

/** How the receiver answered. `reason` undefined: it accepted the notification. */
interface Answer {
  status: number | null;
  reason?: string;
  mayRetry: boolean;
}

async function callReceiver(wms: Wms, webhook: StoredWebhook, notification: Notification): Promise<Answer> {
  const contents = await contentsOf(wms, webhook, notification);
  return webhook.url.startsWith(MAIL_PREFIX)
    ? sendMail(wms.settings.mail, webhook, contents, ATTEMPT_TIMEOUT_MS)
    : postNotification(wms, webhook, notification, JSON.stringify(contents));
}

async function postNotification(
  wms: Wms,
  webhook: StoredWebhook,
  notification: Notification,
  body: string,
): Promise<Answer> {
  const timestamp = Math.floor(epochMs() / 1000);
  const { event, delivery_id } = notification;
  const headers = {
    "content-type": "application/json",
    "user-agent": "ewms-wms",
    "ewms-event": event,
    "ewms-delivery": delivery_id,
    "ewms-timestamp": String(timestamp),
    "ewms-signature": signBody(webhook.secret, timestamp, body),
  };
  const { url } = webhook;
  const { allowPrivateWebhooks: allowPrivate } = wms.settings;
  try {
    const status = await sendOnce({ url, headers, body, allowPrivate, timeoutMs: ATTEMPT_TIMEOUT_MS });
    if (status >= 200 && status < 300) return { status, mayRetry: false };
    const hint = status >= 300 && status < 400 ? "; redirects are not followed" : "";
    const mayRetry = status >= 500 || TRANSIENT_STATUSES.has(status);
    return { status, reason: `the receiver answered HTTP ${status}${hint}`, mayRetry };
  } catch (error) {
    return { status: null, reason: describeError(error), mayRetry: !(error instanceof RefusedAddress) };
  }
}

/** The workflow's name and labels are those of now: they only help to recognize it. */
async function contentsOf(
  { store }: Wms,
  webhook: StoredWebhook,
  notification: Notification,
): Promise<NotificationContents> {
  const { event, delivery_id, raised, workflow_id, sentence, dead_letters } = notification;
  const record =
    workflow_id !== null && isWorkflowId(workflow_id) ? await store.fetch("workflow", workflow_id) : undefined;
  const origin = record && originOf(record);
  return {
    event,
    webhook_id: webhook.webhook_id,
    delivery_id,
    timestamp: raised,
    workflow:
      workflow_id === null
        ? null
        : {
            workflow_id,
            name: origin?.annotations.name ?? null,
            labels: origin?.annotations.labels ?? {},
            owner: origin?.creator?.subject ?? null,
          },
    sentence,
    ...(dead_letters && { dead_letters }),
  };
}

/** The code of an error of the network, or its message. Neither contains the path of the address. */
function describeError(error: unknown): string {
  if (!(error instanceof Error)) return "the request failed";
  if ("code" in error && typeof error.code === "string") return `the connection failed: ${error.code}`;
  return error.message;
}
