import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { promisify } from "node:util";
import { Redis } from "ioredis";
import { pickFreePort } from "../../setup/freePort.js";
import { waitUntil } from "../../setup/waitFor.js";

/** Writes beyond the limit of a file's size shall fail, as on a full disk, instead of ending the process. */
const IGNORING_SIZE_SIGNAL = 'trap "" XFSZ; exec "$0" "$@"';

/** A Redis server that tests may kill. It loses no acknowledged write. */
export class RedisProcess {
  readonly port: number;
  readonly #command: string;
  readonly #dir: string;
  readonly #settings: Readonly<Record<string, string>>;
  #child: ChildProcess | undefined;

  private constructor(command: string, dir: string, port: number, settings: Readonly<Record<string, string>>) {
    this.#command = command;
    this.#dir = dir;
    this.port = port;
    this.#settings = settings;
  }

  /**
   * @param command from `ensureRedisServer`
   * @param dir an empty folder for its data
   * @param settings further ones, by the names of `redis.conf`
   */
  static async start(command: string, dir: string, settings: Record<string, string> = {}): Promise<RedisProcess> {
    const redis = new RedisProcess(command, dir, await pickFreePort(), settings);
    await redis.start();
    return redis;
  }

  /** Starts a replica, lets it take over without the loss of a write, and leaves this server as its replica. */
  async handOver(dir: string): Promise<RedisProcess> {
    const next = await RedisProcess.start(this.#command, dir);
    await next.run(async (redis) => {
      await redis.replicaof("127.0.0.1", this.port);
      await waitUntil("the replica is synchronized", async () =>
        (await redis.info("replication")).includes("master_link_status:up"),
      );
    });
    await this.run(async (redis) => {
      await redis.call("FAILOVER", "TO", "127.0.0.1", next.port);
      await waitUntil("the replica has taken over", async () => (await redis.role())[0] === "slave");
    });
    return next;
  }

  /** Runs commands on a connection of their own. */
  async run<T>(commands: (redis: Redis) => Promise<T>): Promise<T> {
    const redis = new Redis(this.port);
    redis.on("error", () => {});
    try {
      return await commands(redis);
    } finally {
      redis.disconnect();
    }
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  /**
   * Starts Redis on the same port with the same data.
   *
   * @param more settings of this start only
   * @returns when it has loaded the data
   */
  async start(more: Record<string, string> = {}): Promise<void> {
    const settings = {
      bind: "127.0.0.1",
      port: String(this.port),
      dir: this.#dir,
      save: "",
      appendonly: "yes",
      appendfsync: "always",
      ...this.#settings,
      ...more,
    };
    const args = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value]);
    this.#child = spawn("sh", ["-c", IGNORING_SIZE_SIGNAL, this.#command, ...args], { stdio: "ignore" });
    await waitUntil("Redis answers", () => this.#accepts());
  }

  /** Kills Redis with SIGKILL, like a crash. */
  async kill(): Promise<void> {
    const child = this.#child;
    if (child === undefined) return;
    this.#child = undefined;
    const exited = once(child, "exit");
    child.kill("SIGKILL");
    await exited;
  }

  /** Stops the process for some milliseconds. */
  async suspend(durationMs: number): Promise<void> {
    this.#child?.kill("SIGSTOP");
    await wait(durationMs);
    this.#child?.kill("SIGCONT");
  }

  /** Lets every write to the append-only file fail for some milliseconds. @returns when Redis accepts writes again */
  async fillDisk(durationMs: number): Promise<void> {
    // With `always`, Redis would end instead of refusing writes.
    await this.run((redis) => redis.config("SET", "appendfsync", "everysec"));
    await this.#limitFileSize(await this.#sizeOfAppendOnlyFile());
    await wait(durationMs);
    await this.#limitFileSize("unlimited");
    await this.run(async (redis) => {
      await waitUntil("Redis writes to its disk again", async () =>
        (await redis.info("persistence")).includes("aof_last_write_status:ok"),
      );
      await redis.config("SET", "appendfsync", "always");
    });
  }

  async #sizeOfAppendOnlyFile(): Promise<number> {
    const folder = join(this.#dir, "appendonlydir");
    const files = (await readdir(folder)).filter((name) => name.endsWith(".incr.aof"));
    return Math.max(...(await Promise.all(files.map(async (name) => (await stat(join(folder, name))).size))));
  }

  /** @param bytes the limit; other files of Redis are smaller */
  async #limitFileSize(bytes: number | "unlimited"): Promise<void> {
    await promisify(execFile)("prlimit", [`--pid=${this.#child?.pid}`, `--fsize=${bytes}:`]);
  }

  async #accepts(): Promise<boolean> {
    const client = new Redis(this.port, {
      lazyConnect: true,
      retryStrategy: () => null,
      maxRetriesPerRequest: 0,
    });
    // The rejected promise carries the same error.
    client.on("error", () => {});
    try {
      await client.connect();
      return true;
    } catch {
      return false;
    } finally {
      client.disconnect();
    }
  }
}
