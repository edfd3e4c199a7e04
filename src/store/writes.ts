import type { Command } from "ioredis";

/** The commands by which entities come to be; a `multi()` understands them, and {@link WriteRecorder}. */
export interface WriteCommands {
  hset(key: string, fields: Record<string, string | number>): unknown;
  unlink(key: string): unknown;
  zadd(key: string, ...scoresAndMembers: (string | number)[]): unknown;
  hincrby(key: string, field: string, by: number): unknown;
  sadd(key: string, member: string): unknown;
  zrem(key: string, member: string): unknown;
  xadd(key: string, ...argumentsOfEntry: (string | number)[]): unknown;
  /** Any other, where it can be taken as it is. */
  sendCommand?(command: Command): unknown;
}

/** Takes down commands, for a script to run: a transaction can't be made to depend on what it finds. */
export class WriteRecorder implements WriteCommands {
  readonly #commands: string[][] = [];

  #record(...command: (string | number)[]): void {
    this.#commands.push(command.map(String));
  }

  hset(key: string, fields: Record<string, string | number>): void {
    this.#record("HSET", key, ...Object.entries(fields).flat());
  }

  unlink(key: string): void {
    this.#record("UNLINK", key);
  }

  zadd(key: string, ...scoresAndMembers: (string | number)[]): void {
    this.#record("ZADD", key, ...scoresAndMembers);
  }

  hincrby(key: string, field: string, by: number): void {
    this.#record("HINCRBY", key, field, by);
  }

  sadd(key: string, member: string): void {
    this.#record("SADD", key, member);
  }

  zrem(key: string, member: string): void {
    this.#record("ZREM", key, member);
  }

  xadd(key: string, ...argumentsOfEntry: (string | number)[]): void {
    this.#record("XADD", key, ...argumentsOfEntry);
  }

  /** All commands as JSON text: as arguments of their own those of a large workflow would not fit on the stack. */
  toJson(): string {
    return JSON.stringify(this.#commands);
  }
}
