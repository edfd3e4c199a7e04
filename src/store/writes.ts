import type { Command } from "ioredis";

/** The commands by which entities come to be; a `multi()` understands them, and {@link RecordedWrites}. */
export interface Writes {
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
export class RecordedWrites implements Writes {
  readonly #commands: string[][] = [];

  #add(...command: (string | number)[]): void {
    this.#commands.push(command.map(String));
  }

  hset(key: string, fields: Record<string, string | number>): void {
    this.#add("HSET", key, ...Object.entries(fields).flat());
  }

  unlink(key: string): void {
    this.#add("UNLINK", key);
  }

  zadd(key: string, ...scoresAndMembers: (string | number)[]): void {
    this.#add("ZADD", key, ...scoresAndMembers);
  }

  hincrby(key: string, field: string, by: number): void {
    this.#add("HINCRBY", key, field, by);
  }

  sadd(key: string, member: string): void {
    this.#add("SADD", key, member);
  }

  zrem(key: string, member: string): void {
    this.#add("ZREM", key, member);
  }

  xadd(key: string, ...argumentsOfEntry: (string | number)[]): void {
    this.#add("XADD", key, ...argumentsOfEntry);
  }

  /** All commands as JSON text: as arguments of their own those of a large workflow would not fit on the stack. */
  text(): string {
    return JSON.stringify(this.#commands);
  }
}
