import { AsyncResource } from "node:async_hooks";
import type { Logger } from "pino";
import { unavailable } from "../../domain/wmsError.js";
import type { WorkflowId } from "../../domain/ids.js";
import type { RedisClient } from "../../redis/redisClient.js";
import { EventStreams, isLost, ORIGIN } from "../../store/eventStreams.js";
import { partitionOf } from "../../store/keys.js";
import type { Store } from "../../store/store.js";
import { Follower } from "./streamReader.js";
import { LiveWatchers } from "./broadcaster.js";
import { type Position, positionsOfId } from "./resumePositions.js";
import { type Beginning, Watch } from "./subscription.js";

/** What the watchers of a process work with. */
export interface WatchersOptions {
  store: Store;
  /** Opens a connection that may be kept waiting. */
  connect(): Promise<RedisClient>;
  /** Milliseconds that Redis holds a read on it while nothing comes. */
  patience: number;
  log: Logger;
}

/**
 * All who watch events at this process. They share one connection to Redis, which is there as long as somebody watches: a
 * thousand watchers cost Redis as much as one.
 */
export class Watchers {
  readonly #options: WatchersOptions;
  readonly #streams: EventStreams;
  readonly #live: LiveWatchers;
  /** What the follower does is no part of the request that happens to start it: in traces it would never end. */
  readonly #ownScope = new AsyncResource("follower");
  #follower: Promise<Follower> | undefined;
  #count = 0;

  constructor(options: WatchersOptions) {
    this.#options = options;
    const { store } = options;
    this.#streams = new EventStreams(store.redis, store.partitions);
    this.#live = new LiveWatchers((workflow) => store.summaries.fetch(workflow));
  }

  /** How many watch. */
  get count(): number {
    return this.#count;
  }

  /**
   * Begins to watch, from now on or from where another watch ended.
   *
   * @param workflow one that exists; undefined: all of them
   * @param lastId the id of the last event that was told, by any process
   * @returns to be closed
   * @throws WmsError `unavailable`, or what ioredis raises, while Redis is away
   */
  async open(workflow: WorkflowId | undefined, lastId: string | undefined): Promise<Watch> {
    const follower = await this.#hold();
    try {
      const beginning = await this.#beginning(workflow, lastId);
      const { store, log } = this.#options;
      const context = {
        follower,
        live: this.#live,
        streams: this.#streams,
        readSummary: (of: WorkflowId) => store.summaries.fetch(of),
        log,
      };
      return new Watch(context, beginning, () => this.#letGo());
    } catch (error) {
      this.#letGo();
      throw error;
    }
  }

  async #beginning(workflow: WorkflowId | undefined, lastId: string | undefined): Promise<Beginning> {
    const { partitions: all } = this.#streams;
    const partitions =
      workflow === undefined ? Array.from({ length: all }, (_, p) => p) : [partitionOf(workflow, all)];
    const resumed = lastId === undefined ? undefined : positionsOfId(lastId, partitions.length);
    let isAfterGap = lastId !== undefined && resumed === undefined;
    const positions = await Promise.all(
      partitions.map(async (partition, at): Promise<Position> => {
        const extent = await this.#streams.extent(partition);
        const position = resumed?.[at];
        if (position !== undefined && !isLost(position, extent)) return position;
        isAfterGap ||= position !== undefined;
        return extent?.last ?? ORIGIN;
      }),
    );
    return { workflow, partitions, positions, isAfterGap };
  }

  /** The follower, which is started for the first one who needs it. */
  async #hold(): Promise<Follower> {
    this.#count++;
    this.#follower ??= this.#ownScope.runInAsyncScope(() => this.#start());
    try {
      return await this.#follower;
    } catch (error) {
      this.#letGo();
      throw unavailable("the database is not available, try again later", error);
    }
  }

  async #start(): Promise<Follower> {
    const { store, connect, patience, log } = this.#options;
    const redis = await connect();
    try {
      const { partitions } = store;
      return await Follower.start({ redis, partitions, patience, audience: this.#live, log });
    } catch (error) {
      redis.disconnect();
      throw error;
    }
  }

  /** The last one ends it. */
  #letGo(): void {
    this.#count--;
    if (this.#count > 0) return;
    const follower = this.#follower;
    this.#follower = undefined;
    follower?.then(
      (started) => started.stop(),
      () => undefined,
    );
  }
}
