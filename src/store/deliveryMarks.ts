import { setTimeout as delay } from "node:timers/promises";
import type { PlainRequest } from "../domain/repeatableRequest.js";
import { unavailable } from "../domain/wmsError.js";
import type { RedisClient } from "../redis/redisClient.js";
import { type EffectGuard, runGuarded } from "./effectGuard.js";
import { deliveryMarksKey } from "./keys.js";
import { DEAD_AFTER_MS, type ProcessRegistry } from "./processRegistry.js";
import { runScript } from "./scripts.js";

/** Seconds for which a lost response can be asked for again. Clients give up sooner. */
const MARK_TTL_SECONDS = 3600;

/**
 * Milliseconds that a request waits for equal ones in other processes: until their responses are delivered or lost, or until
 * a killed process counts as dead.
 */
const MAX_WAIT_MS = DEAD_AFTER_MS + 1000;
const FIRST_POLL_MS = 5;
const LONGEST_POLL_MS = 250;

/** Marks whose end Redis could not store yet. Of more, the oldest are forgotten: most of their scripts never ran. */
const MAX_UNSETTLED = 10_000;
/** Lost marks that one request names: as many equal requests can be recognized before Redis knows of their loss. */
const MAX_NAMED = 100;

/** What became of the response of a request. */
type Fate = "open" | "delivered" | "lost";

/**
 * Marks the effect of a request as one whose response is not delivered yet. The script that writes the effect leaves the
 * mark, which names what was made. A later equal request takes the mark of a lost response, and gets that response.
 */
export class DeliveryMark implements EffectGuard {
  readonly key: string;
  /** The field of the mark at {@link key}: the id of the process, a point, and a number. */
  readonly field: string;
  fate: Fate = "open";
  /** The client on which a script was sent that may have left the mark; undefined: none was sent. */
  sentOn: RedisClient | undefined;
  /** Marks of equal requests that do not matter because nothing became of them in time. */
  readonly passed: string[] = [];
  readonly deadProcesses: string[] = [];
  readonly #redis: RedisClient;
  readonly #findLost: () => string[];

  /** @param findLost the marks at the same key of this process whose responses are lost */
  constructor(redis: RedisClient, key: string, field: string, findLost: () => string[]) {
    this.#redis = redis;
    this.key = key;
    this.field = field;
    this.#findLost = findLost;
  }

  async check(): Promise<void> {
    await runGuarded(this.#redis, "checkGuard", [this.key], [], this);
  }

  argument(redis: RedisClient): string {
    // An effect of which its client would not know is not written: the client repeats the request.
    if (this.fate !== "open") throw unavailable("the client disconnected");
    this.sentOn = redis;
    const lost = [...this.#findLost(), ...this.deadProcesses];
    const { field, passed } = this;
    return JSON.stringify({
      field,
      seconds: MARK_TTL_SECONDS,
      ...(lost.length > 0 && { lost: toLuaSet(lost) }),
      ...(passed.length > 0 && { passed: toLuaSet(passed) }),
    });
  }
}

const toLuaSet = (members: readonly string[]) => Object.fromEntries(members.map((member) => [member, true]));
const processOf = (field: string): string => field.split(".", 1)[0] ?? "";

/** The {@link DeliveryMark}s of a process. */
export class DeliveryMarks {
  readonly #redis: RedisClient;
  readonly #processes: ProcessRegistry;
  /** By key: those of requests under way, and those whose loss Redis does not know yet. */
  readonly #marks = new Map<string, Set<DeliveryMark>>();
  readonly #unsettled = new Set<DeliveryMark>();
  #begun = 0;

  constructor(redis: RedisClient, processes: ProcessRegistry) {
    this.#redis = redis;
    this.#processes = processes;
  }

  /** Begins a request. @param partition of the entity that the request changes or creates */
  begin({ name, onEnd }: PlainRequest, partition: number): DeliveryMark {
    const key = deliveryMarksKey(partition, name);
    const siblings = this.#marks.get(key) ?? new Set();
    this.#marks.set(key, siblings);
    const findLost = () => {
      const lost = [...siblings].filter(({ fate }) => fate === "lost");
      return lost.slice(-MAX_NAMED).map(({ field }) => field);
    };
    const mark = new DeliveryMark(this.#redis, key, `${this.#processes.id}.${this.#begun++}`, findLost);
    siblings.add(mark);
    onEnd((isDelivered) => {
      mark.fate = isDelivered ? "delivered" : "lost";
      void this.#settle(mark);
    });
    return mark;
  }

  /** Removes the mark of a delivered response; marks that of a lost one. When Redis fails, it is tried again later. */
  async #settle(mark: DeliveryMark): Promise<void> {
    const { key, field, fate, sentOn } = mark;
    try {
      // On the client of the effect, so that Redis runs it after the effect.
      if (sentOn !== undefined && fate === "delivered") await sentOn.hdel(key, field);
      else if (sentOn !== undefined) await runScript(sentOn, "markLost", [key], [field]);
      this.#forget(mark);
    } catch {
      const [oldest] = this.#unsettled;
      if (this.#unsettled.size >= MAX_UNSETTLED && oldest !== undefined) this.#forget(oldest);
      this.#unsettled.add(mark);
    }
  }

  #forget(mark: DeliveryMark): void {
    this.#unsettled.delete(mark);
    const siblings = this.#marks.get(mark.key);
    siblings?.delete(mark);
    if (siblings?.size === 0) this.#marks.delete(mark.key);
  }

  /** Stores what became of responses while Redis failed. */
  async settleAll(): Promise<void> {
    await Promise.all([...this.#unsettled].map((mark) => this.#settle(mark)));
  }

  /**
   * Waits for equal requests that are under way in other processes. Afterwards the mark knows which of these processes are
   * dead, and which requests need not be waited for again.
   */
  async waitForOthers(mark: DeliveryMark, fields: readonly string[]): Promise<void> {
    const startMs = performance.now();
    for (let pollMs = FIRST_POLL_MS; ; pollMs = Math.min(2 * pollMs, LONGEST_POLL_MS)) {
      const values = await this.#redis.hmget(mark.key, ...fields);
      const open = fields.filter((_, index) => values[index]?.startsWith("open "));
      const dead = await this.#processes.findDead([...new Set(open.map(processOf))]);
      mark.deadProcesses.push(...dead);
      if (open.length === 0 || dead.length > 0) return;
      if (performance.now() - startMs > MAX_WAIT_MS) {
        mark.passed.push(...open);
        return;
      }
      await delay(pollMs);
    }
  }
}
