import {
  type DeliveryOutcome,
  MAX_WEBHOOK_OUTCOMES,
  MAX_WEBHOOKS,
  MAX_WEBHOOKS_PER_OWNER,
  type Webhook,
} from "../domain/webhook.js";
import { WebhookIndex } from "../domain/webhookIndex.js";
import type { RedisClient } from "../redis/redisClient.js";
import { WEBHOOK_OWNERS_KEY, WEBHOOK_VERSION_KEY, WEBHOOKS_KEY, webhookOutcomesKey } from "./keys.js";
import { runScript } from "./scripts.js";

/** A webhook with the key of its signatures. */
export interface StoredWebhook extends Webhook {
  secret: string;
}

const withoutSecret = ({ secret: _, ...webhook }: StoredWebhook): Webhook => webhook;
const parse = (text: string): StoredWebhook => JSON.parse(text) as StoredWebhook;

/** The registered webhooks, {@link MAX_WEBHOOKS} at most. */
export class Webhooks {
  readonly #redis: RedisClient;
  #cached: { version: string; index: WebhookIndex } | undefined;

  constructor(redis: RedisClient) {
    this.#redis = redis;
  }

  /** Registers a webhook. @returns which limit forbids it; undefined: it is registered */
  async add(webhook: StoredWebhook): Promise<"owner" | "all" | undefined> {
    const keys = [WEBHOOKS_KEY, WEBHOOK_OWNERS_KEY, WEBHOOK_VERSION_KEY];
    const { webhook_id, owner } = webhook;
    const values = [webhook_id, JSON.stringify(webhook), owner, MAX_WEBHOOKS_PER_OWNER, MAX_WEBHOOKS];
    const code = await runScript(this.#redis, "addWebhook", keys, values);
    return code === 1 ? undefined : code === 0 ? "owner" : "all";
  }

  /** Removes a webhook and its outcomes. */
  async remove({ webhook_id, owner }: Webhook): Promise<void> {
    const keys = [WEBHOOKS_KEY, WEBHOOK_OWNERS_KEY, WEBHOOK_VERSION_KEY, webhookOutcomesKey(webhook_id)];
    await runScript(this.#redis, "removeWebhook", keys, [webhook_id, owner]);
  }

  /** A webhook with its secret; undefined when there is none. */
  async readWithSecret(id: string): Promise<StoredWebhook | undefined> {
    const text = await this.#redis.hget(WEBHOOKS_KEY, id);
    return text === null ? undefined : parse(text);
  }

  /** A webhook; undefined when there is none. */
  async read(id: string): Promise<Webhook | undefined> {
    const stored = await this.readWithSecret(id);
    return stored && withoutSecret(stored);
  }

  /** All webhooks, the oldest first. */
  async readAll(): Promise<Webhook[]> {
    const texts = await this.#redis.hvals(WEBHOOKS_KEY);
    return texts.map((text) => withoutSecret(parse(text))).sort((a, b) => a.created - b.created);
  }

  /**
   * The index of the webhooks, which this process reads again only after a registration or a removal.
   *
   * @returns undefined when there is no webhook
   */
  async readIndex(): Promise<WebhookIndex | undefined> {
    const version = await this.#redis.get(WEBHOOK_VERSION_KEY);
    if (version === null) return undefined;
    // The version is older than the webhooks, if they change meanwhile: then the next call reads them again.
    if (this.#cached?.version !== version) this.#cached = { version, index: new WebhookIndex(await this.readAll()) };
    return this.#cached.index.isEmpty ? undefined : this.#cached.index;
  }

  /** Records the outcome of an attempt, unless the webhook was removed. */
  async recordOutcome(id: string, outcome: DeliveryOutcome): Promise<void> {
    const keys = [WEBHOOKS_KEY, webhookOutcomesKey(id)];
    await runScript(this.#redis, "recordDelivery", keys, [id, JSON.stringify(outcome), MAX_WEBHOOK_OUTCOMES]);
  }

  /** The last outcomes, the newest first. */
  async readOutcomes(id: string): Promise<DeliveryOutcome[]> {
    const texts = await this.#redis.lrange(webhookOutcomesKey(id), 0, -1);
    return texts.map((text) => JSON.parse(text) as DeliveryOutcome);
  }
}
