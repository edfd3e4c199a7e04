import { setTimeout as delay } from "node:timers/promises";
import { type TaskforceUuid, type WorkflowId, workflowOf } from "../domain/ids.js";
import type { Phase } from "../domain/phases.js";
import type { Deactivation } from "../domain/workflow.js";
import type { WorkflowEvent } from "../domain/workflowEvents.js";
import { unwrapReplies } from "../redis/pipelineReplies.js";
import { isCluster, type RedisClient } from "../redis/redisClient.js";
import { eventsKey, idOfMember, MAX_STREAM_ENTRIES, memberOf } from "./keys.js";
import { decodeText, type EncodedText } from "./logDictionary.js";
import type { WriteBatch } from "./writeBatch.js";

/*
 * Each partition has a stream of what happened in it. The script or transaction that changes something appends to it, so
 * there is an event exactly when there is a change. An entry has one field, JSON text: a tuple, whose last parts are members.
 */
type EventTuple =
  | [
      "phase",
      at: number,
      phase: EncodedText<Phase>,
      ok: 0 | 1,
      from: Phase | null,
      schedd: string,
      ...taskforces: string[],
    ]
  | ["summary", workflow: string]
  | ["deactivated", at: number, why: Deactivation, workflow: string]
  | ["created", at: number, workflow: string];

/** An entry's id in a stream, `<ms>-<seq>`. In one stream they grow. */
export interface StreamEntryId {
  ms: number;
  seq: number;
}

/** Before every entry. */
export const STREAM_START: StreamEntryId = { ms: 0, seq: 0 };

/** @returns below 0 when the first comes before the second, 0 when they are the same */
export const compareEntryIds = (one: StreamEntryId, other: StreamEntryId): number =>
  one.ms - other.ms || one.seq - other.seq;

/** Milliseconds between two looks for new entries where Redis can't be made to wait for them. */
const POLL_INTERVAL_MS = 50;

/** An entry of a partition's stream. */
export interface StreamEntry {
  partition: number;
  id: StreamEntryId;
  /** Undefined when a later release wrote it. */
  event: WorkflowEvent | undefined;
}

/** What a stream reaches from and to; undefined when nothing is in it. */
export type StreamExtent = { first: StreamEntryId; last: StreamEntryId; length: number } | undefined;

type RawStreamEntry = [id: string, fields: string[]];

/** Adds the event of a workflow's creation to the batch that creates it. Scripts append all other events. `at`: epoch seconds. */
export function publishCreation(batch: WriteBatch, workflow: WorkflowId, at: number): void {
  const tuple: EventTuple = ["created", at, memberOf(workflow)];
  const entry = ["MAXLEN", "~", MAX_STREAM_ENTRIES, "*", "e", JSON.stringify(tuple)];
  batch.add("XADD", eventsKey(batch.partition), ...entry);
}

/** Reads the streams of all partitions. */
export class EventStreams {
  readonly #redis: RedisClient;
  readonly partitions: number;

  /** @param redis a client of its own, where {@link readNext} is called: that keeps it waiting */
  constructor(redis: RedisClient, partitions: number) {
    this.#redis = redis;
    this.partitions = partitions;
  }

  async readExtent(partition: number): Promise<StreamExtent> {
    const key = eventsKey(partition);
    const transaction = this.#redis
      .multi()
      .xlen(key)
      .xrange(key, "-", "+", "COUNT", 1)
      .xrevrange(key, "+", "-", "COUNT", 1);
    const [length, [first] = [], [last] = []] = unwrapReplies<unknown>(await transaction.exec()) as [
      number,
      RawStreamEntry[],
      RawStreamEntry[],
    ];
    if (first === undefined || last === undefined) return undefined;
    return { first: parseEntryId(first[0]), last: parseEntryId(last[0]), length };
  }

  /** Where each stream ends. */
  async readLastIds(): Promise<StreamEntryId[]> {
    const extents = await Promise.all(Array.from({ length: this.partitions }, (_, p) => this.readExtent(p)));
    return extents.map((extent) => extent?.last ?? STREAM_START);
  }

  /**
   * Entries of one partition, oldest first.
   *
   * @param from the first one that is wanted, or the one before it
   * @param until the last one that is wanted
   */
  async readRange(
    partition: number,
    from: { at: StreamEntryId } | { after: StreamEntryId },
    until: StreamEntryId,
    limit: number,
  ): Promise<StreamEntry[]> {
    const start = "at" in from ? formatEntryId(from.at) : `(${formatEntryId(from.after)}`;
    const raw = await this.#redis.xrange(eventsKey(partition), start, formatEntryId(until), "COUNT", limit);
    return raw.map((entry) => parseEntry(partition, entry));
  }

  /**
   * Waits for what comes next. On one Redis one command waits for all partitions. On a cluster none can, not even for those of
   * one node, and to wait for each would take as many connections: so it looks at all of them again and again.
   *
   * @param after for each partition, what has been read
   * @param limit entries of each partition at most
   * @param timeoutMs milliseconds
   * @returns none when nothing came; each partition's oldest first
   */
  async readNext(after: readonly StreamEntryId[], limit: number, timeoutMs: number): Promise<StreamEntry[]> {
    const keys = after.map((_, partition) => eventsKey(partition));
    const streams = isCluster(this.#redis)
      ? await this.#pollForNext(keys, after, limit, timeoutMs)
      : await this.#redis.xread("COUNT", limit, "BLOCK", timeoutMs, "STREAMS", ...keys, ...after.map(formatEntryId));
    return (streams ?? []).flatMap(([key, entries]) => {
      const partition = keys.indexOf(key);
      return entries.map((entry) => parseEntry(partition, entry));
    });
  }

  async #pollForNext(
    keys: readonly string[],
    after: readonly StreamEntryId[],
    limit: number,
    timeoutMs: number,
  ): Promise<[key: string, entries: RawStreamEntry[]][]> {
    const deadlineMs = performance.now() + timeoutMs;
    for (;;) {
      const reads = keys.map((key, at) =>
        this.#redis.xread("COUNT", limit, "STREAMS", key, formatEntryId(after[at] ?? STREAM_START)),
      );
      const streams = (await Promise.all(reads)).flatMap((reply) => reply ?? []);
      if (streams.length > 0 || performance.now() >= deadlineMs) return streams;
      await delay(POLL_INTERVAL_MS);
    }
  }
}

/**
 * Whether something may be missing behind a place in a stream: entries were dropped because of its length, or Redis lost some.
 * In doubt it is.
 */
export function hasGapAfter(after: StreamEntryId, extent: StreamExtent): boolean {
  const atOrigin = compareEntryIds(after, STREAM_START) === 0;
  if (extent === undefined) return !atOrigin;
  // From a stream that never was longer nothing was dropped. Any other place was an entry once.
  if (atOrigin) return extent.length >= MAX_STREAM_ENTRIES;
  return compareEntryIds(after, extent.first) < 0 || compareEntryIds(after, extent.last) > 0;
}

function parseEntryId(text: string): StreamEntryId {
  const dash = text.indexOf("-");
  return { ms: Number(text.slice(0, dash)), seq: Number(text.slice(dash + 1)) };
}

const formatEntryId = ({ ms, seq }: StreamEntryId): string => `${ms}-${seq}`;

function parseEntry(partition: number, [id, fields]: RawStreamEntry): StreamEntry {
  return { partition, id: parseEntryId(id), event: parseEvent(JSON.parse(fields[1] ?? "[]") as EventTuple) };
}

function parseEvent(tuple: EventTuple): WorkflowEvent | undefined {
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
        phase: decodeText(phase),
        from,
        at,
        ok: ok === 1,
        schedd,
      };
    }
    case "summary":
      return { kind: "summary", workflow: workflowIdOf(tuple[1]) };
    case "deactivated":
      return { kind: "deactivated", workflow: workflowIdOf(tuple[3]), deactivated: tuple[2], at: tuple[1] };
    case "created":
      return { kind: "created", workflow: workflowIdOf(tuple[2]), at: tuple[1] };
    default:
      return undefined;
  }
}

const workflowIdOf = (member: string): WorkflowId => idOfMember("workflow", member);
