import type { ChainableCommander } from "ioredis";
import type { RedisClient } from "./redisClient.js";

type Argument = string | number | Buffer;

/** A Lua script that a client runs as a command. ioredis sends its text again when Redis lost it. */
export class ScriptCommand {
  readonly #name: string;
  readonly #lua: string;

  /** @param name unique among the commands of all clients */
  constructor(name: string, lua: string) {
    this.#name = name;
    this.#lua = lua;
  }

  /** Defines the command on a client, unless it is there. */
  define(redis: RedisClient): void {
    if (!(this.#name in redis)) redis.defineCommand(this.#name, { lua: this.#lua });
  }

  /** Runs the script. Its first run on a client defines the command there. */
  run(redis: RedisClient, keys: readonly string[], args: readonly Argument[]): Promise<unknown> {
    this.define(redis);
    return this.call(redis, keys, args);
  }

  /**
   * Runs the script, or adds it to a pipeline.
   *
   * @param target a client with {@link define}, or a pipeline of one
   */
  call(target: RedisClient | ChainableCommander, keys: readonly string[], args: readonly Argument[]): Promise<unknown> {
    // ioredis does not type the commands that a client defines.
    const commands = target as unknown as Record<string, (...given: Argument[]) => Promise<unknown>>;
    const command = commands[this.#name];
    if (command === undefined) throw new Error(`script ${this.#name} is not defined on this client`);
    return command.call(target, keys.length, ...keys, ...args);
  }
}
