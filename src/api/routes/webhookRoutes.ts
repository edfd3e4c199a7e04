import { randomBytes, randomUUID } from "node:crypto";
import { z } from "zod";
import type { Caller } from "../../domain/caller.js";
import { nextEpochSeconds } from "../../domain/clock.js";
import {
  deliveryOutcomeSchema,
  hidePath,
  MAX_WEBHOOK_OUTCOMES,
  MAX_WEBHOOKS,
  MAX_WEBHOOKS_PER_OWNER,
  type Webhook,
  type WebhookScope,
  webhookRequestSchema,
  webhookSchema,
} from "../../domain/webhook.js";
import { invalid, notFound, unavailable, WmsError } from "../../domain/wmsError.js";
import type { Wms } from "../../lifecycle/context.js";
import { addDeliveries, deliveryJob } from "../../views/webhooks/raise.js";
import { refusalOfReceiver } from "../../webhooks/receiver.js";
import { type Route, route } from "../http/route.js";

const secretSchema = z.string().meta({ description: "The key of the signatures. No later response contains it." });

const isOperator = ({ roles }: Caller): boolean => roles.has("operator");
const seesAll = ({ roles }: Caller): boolean => roles.has("operator") || roles.has("viewer");

/** The webhook for a caller: only its owner and operators see the path of its address. */
const shownTo = (caller: Caller, webhook: Webhook): Webhook =>
  webhook.owner === caller.subject || isOperator(caller) ? webhook : { ...webhook, url: hidePath(webhook.url) };

/** @throws WmsError `forbidden` for all workflows, unless an operator asks */
function scopeOf(requested: z.output<typeof webhookRequestSchema>["scope"], caller: Caller): WebhookScope {
  if ("owner" in requested) return { owner: caller.subject };
  if ("all" in requested && !isOperator(caller))
    throw new WmsError("forbidden", "scope.all: only operators may register a webhook for all workflows");
  return requested;
}

/** Finds a webhook that a caller may use. @throws WmsError `not-found` */
async function requireWebhook(wms: Wms, id: string, isAllowed: (webhook: Webhook) => boolean): Promise<Webhook> {
  const webhook = await wms.store.webhooks.read(id);
  if (webhook === undefined || !isAllowed(webhook)) throw notFound(`no webhook found with id: ${id}`);
  return webhook;
}

/** Removes a webhook's job of a former ping, which may be a dead letter, and adds a new one. */
async function sendPing(wms: Wms, webhook: Webhook): Promise<string> {
  const delivery_id = `WD-${randomUUID().replaceAll("-", "")}`;
  // One job for each webhook: repeated requests do not fill the queue.
  const jobId = `ping-${webhook.webhook_id}`;
  await wms.queues.webhooks.remove(jobId);
  const raised = nextEpochSeconds();
  const ping = { event: "ping", delivery_id, raised, workflow_id: null, sentence: null } as const;
  if (!(await addDeliveries(wms, [deliveryJob(jobId, webhook, ping)])))
    throw unavailable("too many webhook deliveries wait", undefined, 60);
  return delivery_id;
}

/** Routes about the addresses that the service calls at events of workflows. */
export function webhookRoutes(wms: Wms): Route[] {
  const mayChange = (caller: Caller) => (webhook: Webhook) => isOperator(caller) || webhook.owner === caller.subject;
  const maySee = (caller: Caller) => (webhook: Webhook) => seesAll(caller) || webhook.owner === caller.subject;
  return [
    route({
      method: "post",
      path: "/v1/webhooks",
      tag: "webhooks",
      roles: ["user", "operator"],
      isExtension: true,
      description:
        "Registers an address that the service calls at events of workflows: the caller's own ones, those with a label, " +
        `or all (operators only). Each caller may have ${MAX_WEBHOOKS_PER_OWNER}.`,
      body: { schema: webhookRequestSchema, required: true },
      responses: {
        200: { description: "The webhook, with its secret.", schema: webhookSchema.extend({ secret: secretSchema }) },
      },
      errors: [422],
      async handle({ body, caller }) {
        const { url, events, description = null, secret = randomBytes(32).toString("base64url") } = body;
        const refusal = refusalOfReceiver(url, wms.settings);
        if (refusal !== undefined) throw invalid(`url: ${refusal}`);
        const webhook = {
          webhook_id: `WH-${randomBytes(8).toString("hex")}`,
          url,
          events,
          scope: scopeOf(body.scope, caller),
          description,
          owner: caller.subject,
          created: nextEpochSeconds(),
        };
        const limit = await wms.store.webhooks.add({ ...webhook, secret });
        if (limit === "owner")
          throw new WmsError("conflict", `you have ${MAX_WEBHOOKS_PER_OWNER} webhooks already; remove one first`);
        if (limit === "all")
          throw new WmsError(
            "conflict",
            `the service has ${MAX_WEBHOOKS} webhooks already; an operator can remove some`,
          );
        return JSON.stringify({ ...webhook, secret });
      },
    }),
    route({
      method: "get",
      path: "/v1/webhooks",
      tag: "webhooks",
      roles: ["user", "operator", "viewer"],
      isExtension: true,
      description: "Lists the caller's webhooks; for operators and viewers, those of all callers.",
      responses: {
        200: {
          description: "The webhooks, the oldest first.",
          schema: z.strictObject({ webhooks: z.array(webhookSchema) }),
        },
      },
      async handle({ caller }) {
        const visible = (await wms.store.webhooks.readAll()).filter(maySee(caller));
        return JSON.stringify({ webhooks: visible.map((webhook) => shownTo(caller, webhook)) });
      },
    }),
    route({
      method: "get",
      path: "/v1/webhooks/{webhook_id}",
      tag: "webhooks",
      roles: ["user", "operator", "viewer"],
      isExtension: true,
      description: "Returns a webhook and the outcomes of the last attempts to call it.",
      responses: {
        200: {
          description: "The webhook.",
          schema: webhookSchema.extend({
            deliveries: z
              .array(deliveryOutcomeSchema)
              .meta({ description: `The last attempts, newest first; ${MAX_WEBHOOK_OUTCOMES} at most.` }),
          }),
        },
      },
      errors: [404],
      async handle({ params: { webhook_id: id }, caller }) {
        const webhook = await requireWebhook(wms, id, maySee(caller));
        return JSON.stringify({ ...shownTo(caller, webhook), deliveries: await wms.store.webhooks.readOutcomes(id) });
      },
    }),
    route({
      method: "delete",
      path: "/v1/webhooks/{webhook_id}",
      tag: "webhooks",
      roles: ["user", "operator"],
      isExtension: true,
      description: "Removes a webhook. Deliveries that wait are dropped.",
      responses: { 200: { description: "It is removed.", schema: z.strictObject({ webhook_id: z.string() }) } },
      errors: [404],
      async handle({ params: { webhook_id }, caller }) {
        await wms.store.webhooks.remove(await requireWebhook(wms, webhook_id, mayChange(caller)));
        return JSON.stringify({ webhook_id });
      },
    }),
    route({
      method: "post",
      path: "/v1/webhooks/{webhook_id}/actions/test",
      tag: "webhooks",
      roles: ["user", "operator"],
      isExtension: true,
      description: "Calls a webhook once with the event `ping`. The webhook shows the outcome.",
      responses: {
        200: {
          description: "A worker will call it.",
          schema: z.strictObject({ webhook_id: z.string(), delivery_id: z.string() }),
        },
      },
      errors: [404],
      async handle({ params: { webhook_id }, caller }) {
        const webhook = await requireWebhook(wms, webhook_id, mayChange(caller));
        return JSON.stringify({ webhook_id, delivery_id: await sendPing(wms, webhook) });
      },
    }),
  ];
}
