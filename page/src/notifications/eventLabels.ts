import type { WebhookDelivery } from "../api/apiTypes.ts";

/** The events of webhooks in words. */
export const EVENT_LABELS: Readonly<Record<WebhookDelivery["event"], string>> = {
  "needs-attention": "needs attention",
  completed: "completed",
  deactivated: "aborted or finished",
  "dead-letter": "dead letters",
  ping: "test",
};
