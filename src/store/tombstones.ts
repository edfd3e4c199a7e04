import type { WorkflowId } from "../domain/ids.js";
import type { RedisClient } from "../redis/redisClient.js";
import { ARCHIVES_KEY, partitionOf } from "./keys.js";
import { type TombstonePlace, type TombstonePlaces, tombstonePlaces } from "./tombstonePlaces.js";

const SECONDS_PER_DAY = 86_400;
/** Days and numbers of files are stored in this base, because it is the shortest that Number parses. */
const BASE = 36;
/** Fields of {@link ARCHIVES_KEY}: the last number, and the beginning of a name's field. */
const LAST_NUMBER = "last";
const NAME_PREFIX = "file:";

type Command = readonly (string | number)[];

/** When a workflow was removed from the store, and to which file it was written. */
export interface Tombstone {
  /** In UTC: `2026-11-30`. */
  date: string;
  /** Its name without folders; undefined: removed without a copy, or the name is lost. */
  file: string | undefined;
  hasCopy: boolean;
}

/** Tombstones of the workflows that were removed. */
export class Tombstones {
  readonly #redis: RedisClient;
  readonly #partitions: number;

  constructor(redis: RedisClient, partitions: number) {
    this.#redis = redis;
    this.#partitions = partitions;
  }

  /** The tombstone of a workflow: a few commands for an unknown id. */
  async find(workflow: WorkflowId): Promise<Tombstone | undefined> {
    const places = tombstonePlaces(partitionOf(workflow, this.#partitions), workflow);
    const values = await Promise.all(places.map((place) => this.#redis.hget(...place)));
    const value = values.find((found) => found !== null);
    if (value === undefined || value === null) return undefined;
    const [day = "", number] = value.split(".");
    const date = new Date(Number.parseInt(day, BASE) * SECONDS_PER_DAY * 1000).toISOString().slice(0, 10);
    const file = number === undefined ? null : await this.#redis.hget(ARCHIVES_KEY, number);
    return { date, file: file ?? undefined, hasCopy: number !== undefined };
  }

  /** The number of a file in tombstones. It gets one at its first use. */
  async numberOfFile(file: string): Promise<string> {
    const field = NAME_PREFIX + file;
    const known = await this.#redis.hget(ARCHIVES_KEY, field);
    if (known !== null) return known;
    const number = (await this.#redis.hincrby(ARCHIVES_KEY, LAST_NUMBER, 1)).toString(BASE);
    // The name first: a tombstone must not have a number without a file.
    await this.#redis.hset(ARCHIVES_KEY, number, file);
    if ((await this.#redis.hsetnx(ARCHIVES_KEY, field, number)) === 1) return number;
    return (await this.#redis.hget(ARCHIVES_KEY, field)) ?? number;
  }
}

/** Tombstones in a hash: beyond 512 of them, Redis would leave the compact encoding. Purges at the same time may add some. */
const MAX_IN_HASH = 480;

/** What the tombstones of one purge share. */
export interface TombstoneOptions {
  /** The file to which the workflows were written, without folders; undefined: none. */
  file: string | undefined;
  /** Epoch seconds of the removal. */
  now: number;
  /** Days for which the tombstones of one hash are kept after the last one was added. */
  keptDays: number;
}

/** Makes the commands that add a tombstone, on keys of the workflow's partition. */
export type TombstoneWriter = (workflow: WorkflowId) => Promise<Command[]>;

/** Creates the writer of a purge's tombstones. */
export async function createTombstoneWriter(
  { redis, tombstones, partitions }: { redis: RedisClient; tombstones: Tombstones; partitions: number },
  { file, now, keptDays }: TombstoneOptions,
): Promise<TombstoneWriter> {
  const day = Math.floor(now / SECONDS_PER_DAY).toString(BASE);
  const value = file === undefined ? day : `${day}.${await tombstones.numberOfFile(file)}`;
  const seconds = Math.ceil(keptDays * SECONDS_PER_DAY);
  const lengths = new Map<string, number>();
  const choosePlace = async ([place, ...others]: TombstonePlaces): Promise<TombstonePlace> => {
    const [key] = place;
    const length = lengths.get(key) ?? (await redis.hlen(key));
    const [next, ...rest] = others;
    const isFull = length >= MAX_IN_HASH;
    lengths.set(key, isFull ? length : length + 1);
    // Of busy times, the last one takes more.
    return isFull && next !== undefined ? choosePlace([next, ...rest]) : place;
  };
  return async (workflow) => {
    const [key, field] = await choosePlace(tombstonePlaces(partitionOf(workflow, partitions), workflow));
    return [
      ["HSET", key, field, value],
      ["EXPIRE", key, seconds],
    ];
  };
}
