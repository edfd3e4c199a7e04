import { setTimeout as delay } from "node:timers/promises";
import { type TaskforceUuid, type WorkflowId, workflowOf } from "../domain/ids.js";
import type { Phase } from "../domain/phases.js";
import type { Deactivation } from "../domain/workflow.js";
import type { WorkflowEvent } from "../domain/workflowEvents.js";
import { isCluster, type RedisClient } from "../redis/redisClient.js";
import { replies } from "../redis/pipelineReplies.js";
import { EVENTS_KEPT, eventsKey, idOfMember, memberOf } from "./keys.js";
import { fromStored, type StoredText } from "./logDictionary.js";
import type { Writes } from "./writes.js";

/*
 * Each partition has a stream of what happened in it. The script or transaction that changes something appends to it, so
 * there is an event exactly when there is a change. An entry has one field, JSON text: a tuple, whose last parts are members.
 */
type Tuple =
  | [
      "phase",
      at: number,
      phase: StoredText<Phase>,
      ok: 0 | 1,
      from: Phase | null,
      schedd: string,
      ...taskforces: string[],
    ]
  | ["summary", workflow: string]
  | ["deactivated", at: number, why: Deactivation, workflow: string]
  | ["created", at: number, workflow: string];

/** An entry's id in a stream, `<ms>-<seq>`. In one stream they grow. */
export interface EntryId {
  ms: number;
  seq: number;
}

/** Before every entry. */
export const ORIGIN: EntryId = { ms: 0, seq: 0 };

/** @returns below 0 when the first comes before the second, 0 when they are the same */
export const compareIds = (one: EntryId, other: EntryId): number => one.ms - other.ms || one.seq - other.seq;

/** Milliseconds between two looks for new entries where Redis can't be made to wait for them. */
const LOOK_AGAIN = 50;

/** An entry of a partition's stream. */
export interface EventEntry {
  partition: number;
  id: EntryId;
  /** Undefined when a later release wrote it. */
  event: WorkflowEvent | undefined;
}

/** What a stream reaches from and to; undefined when nothing is in it. */
export type Extent = { first: EntryId; last: EntryId; length: number } | undefined;

type RawEntry = [id: string, fields: string[]];

/** Puts an event on a transaction that writes what it tells of. */
export function tellEvent(writes: Pick<Writes, "xadd">, partition: number, event: ToldByTransaction): void {
  const tuple: Tuple = [event.kind, event.at, memberOf(event.workflow)];
  writes.xadd(eventsKey(partition), "MAXLEN", "~", EVENTS_KEPT, "*", "e", JSON.stringify(tuple));
}

/** The other events come from scripts. */
type ToldByTransaction = Extract<WorkflowEvent, { kind: "created" }>;

/** Reads the streams of all partitions. */
export class EventStreams {
  readonly #redis: RedisClient;
  readonly partitions: number;

  /** @param redis a client of its own, where {@link next} is called: that keeps it waiting */
  constructor(redis: RedisClient, partitions: number) {
    this.#redis = redis;
    this.partitions = partitions;
  }

  async extent(partition: number): Promise<Extent> {
    const key = eventsKey(partition);
    const transaction = this.#redis
      .multi()
      .xlen(key)
      .xrange(key, "-", "+", "COUNT", 1)
      .xrevrange(key, "+", "-", "COUNT", 1);
    const [length, [first] = [], [last] = []] = replies<unknown>(await transaction.exec()) as [
      number,
      RawEntry[],
      RawEntry[],
    ];
    if (first === undefined || last === undefined) return undefined;
    return { first: idOf(first[0]), last: idOf(last[0]), length };
  }

  /** Where each stream ends. */
  async ends(): Promise<EntryId[]> {
    const extents = await Promise.all(Array.from({ length: this.partitions }, (_, p) => this.extent(p)));
    return extents.map((extent) => extent?.last ?? ORIGIN);
  }

  /**
   * Entries of one partition, oldest first.
   *
   * @param from the first one that is wanted, or the one before it
   * @param until the last one that is wanted
   */
  async range(
    partition: number,
    from: { at: EntryId } | { after: EntryId },
    until: EntryId,
    count: number,
  ): Promise<EventEntry[]> {
    const start = "at" in from ? textOf(from.at) : `(${textOf(from.after)}`;
    const raw = await this.#redis.xrange(eventsKey(partition), start, textOf(until), "COUNT", count);
    return raw.map((entry) => parseEntry(partition, entry));
  }

  /**
   * Waits for what comes next. On one Redis one command waits for all partitions. On a cluster none can, not even for those of
   * one node, and to wait for each would take as many connections: so it looks at all of them again and again.
   *
   * @param after for each partition, what has been read
   * @param count entries of each partition at most
   * @param patience milliseconds
   * @returns none when nothing came; each partition's oldest first
   */
  async next(after: readonly EntryId[], count: number, patience: number): Promise<EventEntry[]> {
    const keys = after.map((_, partition) => eventsKey(partition));
    const streams = isCluster(this.#redis)
      ? await this.#lookForNext(keys, after, count, patience)
      : await this.#redis.xread("COUNT", count, "BLOCK", patience, "STREAMS", ...keys, ...after.map(textOf));
    return (streams ?? []).flatMap(([key, entries]) => {
      const partition = keys.indexOf(key);
      return entries.map((entry) => parseEntry(partition, entry));
    });
  }

  async #lookForNext(
    keys: readonly string[],
    after: readonly EntryId[],
    count: number,
    patience: number,
  ): Promise<[key: string, entries: RawEntry[]][]> {
    const deadline = performance.now() + patience;
    for (;;) {
      const reads = keys.map((key, at) =>
        this.#redis.xread("COUNT", count, "STREAMS", key, textOf(after[at] ?? ORIGIN)),
      );
      const streams = (await Promise.all(reads)).flatMap((reply) => reply ?? []);
      if (streams.length > 0 || performance.now() >= deadline) return streams;
      await delay(LOOK_AGAIN);
    }
  }
}

/**
 * Whether something may be missing behind a place in a stream: entries were dropped because of its length, or Redis lost some.
 * In doubt it is.
 */
export function isLost(after: EntryId, extent: Extent): boolean {
  const atOrigin = compareIds(after, ORIGIN) === 0;
  if (extent === undefined) return !atOrigin;
  // From a stream that never was longer nothing was dropped. Any other place was an entry once.
  if (atOrigin) return extent.length >= EVENTS_KEPT;
  return compareIds(after, extent.first) < 0 || compareIds(after, extent.last) > 0;
}

function idOf(text: string): EntryId {
  const dash = text.indexOf("-");
  return { ms: Number(text.slice(0, dash)), seq: Number(text.slice(dash + 1)) };
}

const textOf = ({ ms, seq }: EntryId): string => `${ms}-${seq}`;

function parseEntry(partition: number, [id, fields]: RawEntry): EventEntry {
  return { partition, id: idOf(id), event: eventOf(JSON.parse(fields[1] ?? "[]") as Tuple) };
}

function eventOf(tuple: Tuple): WorkflowEvent | undefined {
  switch (tuple[0]) {
    case "phase": {
      const [kind, at, phase, ok, from, schedd, ...members] = tuple;
      const taskforces = members.map((member): TaskforceUuid => idOfMember("taskforce", member));
      const [first] = taskforces;
      if (first === undefined) return undefined;
      return {
        kind,
        workflow: workflowOf(first),
        taskforces,
        phase: fromStored(phase),
        from,
        at,
        ok: ok === 1,
        schedd,
      };
    }
    case "summary":
      return { kind: "summary", workflow: workflow(tuple[1]) };
    case "deactivated":
      return { kind: "deactivated", workflow: workflow(tuple[3]), deactivated: tuple[2], at: tuple[1] };
    case "created":
      return { kind: "created", workflow: workflow(tuple[2]), at: tuple[1] };
    default:
      return undefined;
  }
}

const workflow = (member: string): WorkflowId => idOfMember("workflow", member);
