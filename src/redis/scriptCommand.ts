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

  /** Runs the script. Its first run on a client defines the command there. */
  run(redis: RedisClient, keys: readonly string[], args: readonly Argument[]): Promise<unknown> {
    if (!(this.#name in redis)) redis.defineCommand(this.#name, { lua: this.#lua });
    // ioredis does not type the commands that a client defines.
    const commands = redis as unknown as Record<string, (...given: Argument[]) => Promise<unknown>>;
    return (commands[this.#name] as (typeof commands)[string]).call(redis, keys.length, ...keys, ...args);
  }
}
