import { setTimeout as delay } from "node:timers/promises";
import { type TaskforceUuid, type WorkflowId, workflowOf } from "../domain/ids.js";
import type { Phase } from "../domain/phases.js";
import type { Deactivation } from "../domain/workflow.js";
import type { WorkflowEvent } from "../domain/workflowEvents.js";
import { isCluster, type RedisClient } from "../redis/redisClient.js";
import { eventsKey, idOfMember, MAX_STREAM_ENTRIES } from "./keys.js";
import { decodeText, type EncodedText } from "./records.js";

/*
 * Each partition has a stream of events. The script that makes a change appends its event, so neither exists without
 * the other.
 */
/** The only field of an entry, as JSON text. It ends with members. */
export type EventTuple =
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

/** The id of a stream entry, `<ms>-<seq>`. Ids increase within a stream. */
export interface StreamEntryId {
  ms: number;
  seq: number;
}

/** The position before every entry. */
export const STREAM_START: StreamEntryId = { ms: 0, seq: 0 };

/** Compares two ids. @returns below 0 when the first comes before the second, 0 when they are equal */
export const compareEntryIds = (one: StreamEntryId, other: StreamEntryId): number =>
  one.ms - other.ms || one.seq - other.seq;

/** Milliseconds between two polls for new entries on a Redis Cluster, where a blocking read is not possible. */
const POLL_INTERVAL_MS = 50;

/** An entry of a partition's stream. */
export interface StreamEntry {
  partition: number;
  id: StreamEntryId;
  /** Undefined when a later release wrote the entry. */
  event: WorkflowEvent | undefined;
}

/** The first and last id of a stream; undefined for an empty one. */
export type StreamExtent = { first: StreamEntryId; last: StreamEntryId; length: number } | undefined;

type RawStreamEntry = [id: string, fields: string[]];

/** Reads the streams of all partitions. */
export class EventStreams {
  readonly #redis: RedisClient;
  readonly partitions: number;

  /** @param redis a separate client, because {@link readNext} blocks its connection */
  constructor(redis: RedisClient, partitions: number) {
    this.#redis = redis;
    this.partitions = partitions;
  }

  /** The first and last id of a stream, and its length. */
  async readExtent(partition: number): Promise<StreamExtent> {
    const key = eventsKey(partition);
    // The length comes last: entries that are trimmed meanwhile are a gap. No transaction: a full Redis refuses them.
    const [[first], [last], length] = await Promise.all([
      this.#redis.xrange(key, "-", "+", "COUNT", 1),
      this.#redis.xrevrange(key, "+", "-", "COUNT", 1),
      this.#redis.xlen(key),
    ]);
    if (first === undefined || last === undefined) return undefined;
    return { first: parseEntryId(first[0]), last: parseEntryId(last[0]), length };
  }

  /** The last id of each stream. */
  async readLastIds(): Promise<StreamEntryId[]> {
    const extents = await Promise.all(Array.from({ length: this.partitions }, (_, p) => this.readExtent(p)));
    return extents.map((extent) => extent?.last ?? STREAM_START);
  }

  /**
   * Entries of one partition, oldest first.
   *
   * @param from the first wanted id, or the id before it
   * @param until the last wanted id
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
   * Waits for the next entries. On a single Redis one command waits for all partitions. On a cluster a blocking read
   * covers only one slot and would need a connection for each partition, so this polls all of them.
   *
   * @param after the last id that has been read, for each partition
   * @param limit of entries for each partition
   * @returns the entries of each partition oldest first; none after the time-out
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

/** Whether entries after an id may be missing, because Redis trimmed or lost them; true when uncertain. */
export function hasGapAfter(after: StreamEntryId, extent: StreamExtent): boolean {
  const atOrigin = compareEntryIds(after, STREAM_START) === 0;
  if (extent === undefined) return !atOrigin;
  // Redis trims only a stream that reached the limit. Any id but the start was an entry.
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
      const workflow = workflowOf(first);
      return { kind, workflow, taskforces, phase: decodeText(phase), from, at, ok: ok === 1, schedd };
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
