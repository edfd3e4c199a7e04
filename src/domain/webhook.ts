import { z } from "zod";
import { labelsSchema } from "./annotations.js";
import { epochSeconds, orNull, uniqueArray } from "./schemaParts.js";

/** Webhooks of one user, and of all. */
export const MAX_WEBHOOKS_PER_OWNER = 20;
export const MAX_WEBHOOKS = 1000;
/** Outcomes of deliveries that are kept of each webhook. */
export const MAX_WEBHOOK_OUTCOMES = 20;
/** Dead letters of deliveries, and deliveries that wait. */
export const MAX_DEAD_DELIVERIES = 1000;
export const MAX_WAITING_DELIVERIES = 20_000;
/** With so many that wait, webhooks whose last calls all failed get no further ones: their calls wait the longest. */
export const MAX_WAITING_OF_FAILING = 2_000;
/** Attempts at a delivery. The waits between them, which double from 30 s on, last about an hour. */
export const MAX_DELIVERY_ATTEMPTS = 8;

/** What a webhook is called for. */
export const WEBHOOK_EVENTS = ["needs-attention", "completed", "deactivated", "dead-letter"] as const;
export type WebhookEvent = (typeof WEBHOOK_EVENTS)[number];

const MAX_URL_CHARS = 2000;
const MAX_SECRET_CHARS = 256;
const MAX_DESCRIPTION_CHARS = 200;
const SCOPE_RULE = 'expected {"owner": "me"}, {"label": "key=value"} or {"all": true}';

/** A label in the form `key=value`, by the rules of {@link labelsSchema}. */
const labelOfScope = z
  .string()
  .max(200)
  .refine((text) => {
    const [, key, value] = /^([^=]*)=(.*)$/s.exec(text) ?? [];
    return key !== undefined && labelsSchema.safeParse({ [key]: value }).success;
  }, "expected key=value, a label as workflows have it");

const eventsSchema = uniqueArray(z.enum(WEBHOOK_EVENTS), {
  min: 1,
  description: "The events for which the address is called.",
});
const descriptionSchema = z
  .string()
  .max(MAX_DESCRIPTION_CHARS)
  .refine((text) => !/\p{Cc}/u.test(text), "must not contain control characters");

/** A scope as a request names it. */
const requestedScopeSchema = z
  .union(
    [
      z.strictObject({ owner: z.literal("me") }),
      z.strictObject({ label: labelOfScope }),
      z.strictObject({ all: z.literal(true) }),
    ],
    SCOPE_RULE,
  )
  .meta({ description: `The workflows: the own ones, those with a label, or all of them (operators only).` });

/** The body of a request for a new webhook. */
export const webhookRequestSchema = z.strictObject({
  url: z
    .string()
    .max(MAX_URL_CHARS)
    .meta({ description: "The address to call: `https://…` without credentials; or `mailto:` and an e-mail address." }),
  events: eventsSchema,
  scope: requestedScopeSchema.default({ owner: "me" }),
  description: descriptionSchema.optional().meta({ description: "A text for people." }),
  secret: z
    .string()
    .min(16)
    .max(MAX_SECRET_CHARS)
    .optional()
    .meta({ description: "The key of the signatures; absent: the service generates one." }),
});

/** The workflows of a webhook: those of an owner, those with a label, or all. */
export type WebhookScope = { owner: string } | { label: string } | { all: true };

/** A webhook without its secret. Times are epoch seconds. */
export interface Webhook {
  webhook_id: string;
  url: string;
  events: WebhookEvent[];
  scope: WebhookScope;
  description: string | null;
  /** The subject of the caller who registered it. */
  owner: string;
  created: number;
}

/** A webhook as responses show it. */
export const webhookSchema = z
  .strictObject({
    webhook_id: z.string(),
    url: z.string().meta({ description: "The address; viewers see its host alone, because the rest may be a secret." }),
    events: eventsSchema,
    scope: z.union([
      z.strictObject({ owner: z.string() }),
      z.strictObject({ label: z.string() }),
      z.strictObject({ all: z.literal(true) }),
    ]),
    description: orNull(z.string(), "A text for people."),
    owner: z.string().meta({ description: "The subject of the token of the caller who registered it." }),
    created: epochSeconds.meta({ description: "When it was registered." }),
  })
  .meta({ id: "Webhook", description: "An address that the service calls at events of workflows." });

/** One attempt at a delivery. */
export const deliveryOutcomeSchema = z
  .strictObject({
    timestamp: epochSeconds.meta({ description: "When the attempt ended." }),
    delivery_id: z.string(),
    event: z.enum([...WEBHOOK_EVENTS, "ping"]),
    workflow_id: orNull(z.string(), "The workflow of the event; null for a ping."),
    attempt: z.int().meta({ description: "1 for the first attempt." }),
    status: orNull(z.int(), "The status of the receiver, or of the mail server; null without an answer."),
    error: orNull(z.string(), "Why the delivery failed; null when the receiver accepted it."),
    is_final: z.boolean().meta({ description: "Whether no further attempt follows." }),
  })
  .meta({ id: "WebhookDelivery", description: "An attempt to call a webhook." });
export type DeliveryOutcome = z.infer<typeof deliveryOutcomeSchema>;

/** A dead letter in a notification. */
export interface NotifiedDeadLetter {
  taskforce_uuid: string;
  schedd: string;
  error: string | null;
}

/** What a delivery reports. The job holds it, because the workflow may have changed since. It contains no secrets. */
export interface Notification {
  event: WebhookEvent | "ping";
  delivery_id: string;
  /** When the event was raised, in epoch seconds. */
  raised: number;
  workflow_id: string | null;
  sentence: string | null;
  dead_letters?: NotifiedDeadLetter[];
}

/** What a receiver gets. */
export interface NotificationContents {
  event: WebhookEvent | "ping";
  webhook_id: string;
  delivery_id: string;
  /** When the event was raised, in epoch seconds. */
  timestamp: number;
  /** Null for a ping. */
  workflow: { workflow_id: string; name: string | null; labels: Record<string, string>; owner: string | null } | null;
  sentence: string | null;
  dead_letters?: NotifiedDeadLetter[];
}

/** The prefix of the address of a webhook that sends e-mail. */
export const MAIL_PREFIX = "mailto:";

/** The host of a webhook's address, or the domain of its recipient. */
export const hostOfReceiver = (url: string): string =>
  url.startsWith(MAIL_PREFIX) ? url.slice(url.lastIndexOf("@") + 1) : new URL(url).host;

/** The address for a caller who may not see its path, which some receivers treat as a secret, or its recipient. */
export const hidePath = (url: string): string =>
  url.startsWith(MAIL_PREFIX) ? `${MAIL_PREFIX}…@${hostOfReceiver(url)}` : `${new URL(url).origin}/…`;
