import { type AuditEntry, MAX_AUDIT_ENTRIES } from "../domain/audit.js";
import { truncateText } from "../domain/truncateText.js";
import type { RedisClient } from "../redis/redisClient.js";
import { AUDIT_KEY } from "./keys.js";

/** The longest text of an entry. A client chooses some of them, such as the path. */
const MAX_TEXT_CHARS = 300;

/** The last acts of operators, in a capped stream. The log has all of them. */
export class AuditTrail {
  readonly #redis: RedisClient;

  constructor(redis: RedisClient) {
    this.#redis = redis;
  }

  /** Appends an act. The oldest one leaves a full stream. */
  async append(entry: AuditEntry): Promise<void> {
    const text = JSON.stringify(entry, (_, value: unknown) =>
      typeof value === "string" ? truncateText(value, MAX_TEXT_CHARS) : value,
    );
    await this.#redis.xadd(AUDIT_KEY, "MAXLEN", MAX_AUDIT_ENTRIES, "*", "entry", text);
  }

  /** The last acts, newest first. */
  async readNewest(limit: number): Promise<AuditEntry[]> {
    const entries = await this.#redis.xrevrange(AUDIT_KEY, "+", "-", "COUNT", limit);
    return entries.map(([, [, text = ""]]) => JSON.parse(text) as AuditEntry);
  }
}
