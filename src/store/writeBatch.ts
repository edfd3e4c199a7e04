import type { RedisClient } from "../redis/redisClient.js";
import { ClaimLostError, claimScriptArguments, type IdempotencyClaim } from "./idempotencyClaims.js";
import { dirtyKey } from "./keys.js";
import { runScript } from "./scripts.js";

/** Write commands on keys of one partition, which one script executes in one step. */
export class WriteBatch {
  readonly partition: number;
  readonly #commandsJson: string[] = [];

  constructor(partition: number) {
    this.partition = partition;
  }

  /** Each command is one JSON argument of the script: the members of a giant workflow exceed the limit of arguments. */
  add(...command: (string | number)[]): void {
    this.#commandsJson.push(JSON.stringify(command.map(String)));
  }

  /**
   * Executes all commands.
   *
   * @param claim of a request that takes effect once. The script stores `made` at the claim's key
   * @param made the id of the entity that the batch creates, the answer to later repetitions of the request
   * @throws ClaimLostError when a repetition of the request took effect first. Nothing is written then
   */
  async execute(redis: RedisClient, claim?: IdempotencyClaim, made = ""): Promise<void> {
    const keys = [claim?.key ?? dirtyKey(this.partition)];
    const values = [...claimScriptArguments(claim, made), ...this.#commandsJson];
    if ((await runScript(redis, "writeBatch", keys, values)) !== 1) throw new ClaimLostError();
  }
}
