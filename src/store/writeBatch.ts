import { batchesOf } from "../domain/batchesOf.js";
import { sha256 } from "../domain/sha256.js";
import { createYielder } from "../domain/time.js";
import type { RedisClient } from "../redis/redisClient.js";
import { type EffectGuard, runGuarded } from "./effectGuard.js";
import { indexValuesOf } from "./indexValues.js";
import {
  allEntitiesKey,
  configurationsKey,
  dirtyKey,
  type EntityKind,
  type IdByKind,
  indexKey,
  memberOf,
} from "./keys.js";
import type { TaskforceConfiguration } from "./records.js";
import { createRedisOmWriter, type RecordByKind } from "./repositories.js";
import type { Store } from "./store.js";

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
   * @param made the id of the entity that the batch creates
   * @throws EffectRefusedError by the guard. Nothing is written then
   */
  async execute(redis: RedisClient, guard?: EffectGuard, made = ""): Promise<void> {
    await runGuarded(redis, "writeBatch", [dirtyKey(this.partition)], [made, ...this.#commandsJson], guard);
  }
}

/** A record to write, and the entity whose fields determine its indexes. */
export interface NewEntity<K extends EntityKind = EntityKind> {
  kind: K;
  id: IdByKind[K];
  record: RecordByKind[K];
  entity: object & { timestamp: number };
  /** The configuration that a taskforce's record refers to. */
  configuration?: StoredConfiguration;
}

/** Characters of the texts that {@link writeRecords} writes for an entity; a shared configuration counts each time. */
export function charsOf({ record, configuration }: NewEntity): number {
  let chars = configuration?.json.length ?? 0;
  for (const value of Object.values(record)) if (typeof value === "string") chars += value.length;
  return chars;
}

/** Members for one command: the arguments must fit on the stack of Lua, which is limited to 8000. */
export const MAX_PAIRS_PER_COMMAND = 3000;

/**
 * The keys of the indexes of an entity.
 *
 * @param includesField selects fields; `undefined` is the index of all entities
 */
export function indexKeysOf(
  partition: number,
  { kind, entity }: Pick<NewEntity, "kind" | "entity">,
  includesField: (field: string | undefined) => boolean = () => true,
): string[] {
  const byField = indexValuesOf(kind, entity)
    .filter(([field]) => includesField(field))
    .map(([field, value]) => indexKey(partition, kind, field, value));
  return includesField(undefined) ? [allEntitiesKey(partition, kind), ...byField] : byField;
}

/** Adds new records, and the configurations that they refer to, to a batch. */
export async function writeRecords(store: Store, batch: WriteBatch, entities: readonly NewEntity[]): Promise<void> {
  const configurations = new Set(entities.flatMap(({ configuration }) => configuration ?? []));
  // Overwriting a stored configuration changes nothing: its text is equal.
  const texts = [...configurations].flatMap(({ digest, json }) => [digest, json]);
  if (texts.length > 0) batch.add("HSET", configurationsKey(batch.partition), ...texts);
  const writer = createRedisOmWriter((key, fields) => batch.add("HSET", key, ...Object.entries(fields).flat()));
  const repositories = store.repositories(batch.partition).on(writer);
  for (const { kind, id, record } of entities) await repositories.save(kind, id, record);
}

/** Adds new entities to their indexes, with few commands. @param includesField as for {@link indexKeysOf} */
export async function addToIndexes(
  batch: WriteBatch,
  entities: readonly NewEntity[],
  includesField?: (field: string | undefined) => boolean,
): Promise<void> {
  const pause = createYielder();
  const membersByKey = new Map<string, (string | number)[]>();
  for (const entity of entities) {
    await pause();
    for (const key of indexKeysOf(batch.partition, entity, includesField)) {
      const members = membersByKey.get(key) ?? [];
      membersByKey.set(key, members);
      members.push(entity.entity.timestamp, memberOf(entity.id));
    }
  }
  for (const [key, members] of membersByKey)
    for (const pairs of batchesOf(members, 2 * MAX_PAIRS_PER_COMMAND)) {
      await pause();
      batch.add("ZADD", key, ...pairs);
    }
}

/** A configuration in its stored form: a partition holds it once, under its digest. */
export interface StoredConfiguration {
  digest: string;
  /** JSON. */
  json: string;
}

/** Serializes a configuration and computes its digest. */
export function toStoredConfiguration({ pilot_config, worker_config }: TaskforceConfiguration): StoredConfiguration {
  const json = JSON.stringify({ pilot_config, worker_config });
  // 128 bits suffice against collisions.
  const digest = sha256(json).toString("base64url").slice(0, 22);
  return { digest, json };
}
