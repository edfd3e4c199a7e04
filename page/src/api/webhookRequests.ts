import { unwrapResponse } from "../../../client/src/unwrapResponse.js";
import { api } from "./apiClient.ts";
import type { NewWebhook, Webhook, WebhookDelivery } from "./apiTypes.ts";

/** Reads the webhooks that the person may see. */
export const fetchWebhooks = (signal: AbortSignal): Promise<{ webhooks: Webhook[] }> =>
  unwrapResponse(api.GET("/v1/webhooks", { signal }));

/** Reads a webhook with the outcomes of its last deliveries. */
export const fetchWebhook = (
  webhook_id: string,
  signal: AbortSignal,
): Promise<Webhook & { deliveries: WebhookDelivery[] }> =>
  unwrapResponse(api.GET("/v1/webhooks/{webhook_id}", { params: { path: { webhook_id } }, signal }));

/** Registers a webhook. The secret is in this response only. */
export const postWebhook = (body: NewWebhook): Promise<Webhook & { secret: string }> =>
  unwrapResponse(api.POST("/v1/webhooks", { body }));

/** Calls a webhook once, as a test. */
export const postWebhookTest = (webhook_id: string): Promise<{ delivery_id: string }> =>
  unwrapResponse(api.POST("/v1/webhooks/{webhook_id}/actions/test", { params: { path: { webhook_id } } }));

/** Removes a webhook. */
export const deleteWebhook = (webhook_id: string): Promise<{ webhook_id: string }> =>
  unwrapResponse(api.DELETE("/v1/webhooks/{webhook_id}", { params: { path: { webhook_id } } }));
