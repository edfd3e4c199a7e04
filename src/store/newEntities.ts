import { batchesOf } from "../domain/batchesOf.js";
import { createYielder } from "../domain/yielder.js";
import { type StoredConfiguration, writeConfigurations } from "./configurations.js";
import { allEntitiesKey, type EntityKind, type IdByKind, INDEXED_FIELDS, indexKey, memberOf } from "./keys.js";
import type { RecordByKind } from "./recordSchemas.js";
import { createRedisOmWriter } from "./redisOmClient.js";
import type { Store } from "./store.js";
import type { WriteBatch } from "./writeBatch.js";

/** A record to write, and the entity whose fields determine its indexes. */
export interface NewEntity<K extends EntityKind = EntityKind> {
  kind: K;
  id: IdByKind[K];
  record: RecordByKind[K];
  entity: object & { timestamp: number };
  /** The configuration that a taskforce's record refers to. */
  configuration?: StoredConfiguration;
}

/** Members for one command: the arguments must fit on the stack of Lua, which is limited to 8000. */
const MAX_PAIRS_PER_COMMAND = 3000;

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
  const fields = entity as { [field: string]: unknown };
  const byField = INDEXED_FIELDS[kind].filter(includesField).flatMap((field) => {
    const value = fields[field];
    return typeof value === "number" || (typeof value === "string" && value !== "")
      ? [indexKey(partition, kind, field, value)]
      : [];
  });
  return includesField(undefined) ? [allEntitiesKey(partition, kind), ...byField] : byField;
}

/** Adds new records, and the configurations that they refer to, to a batch. */
export async function writeRecords(store: Store, batch: WriteBatch, entities: readonly NewEntity[]): Promise<void> {
  writeConfigurations(batch, new Set(entities.flatMap(({ configuration }) => configuration ?? [])));
  const writer = createRedisOmWriter((key, fields) => batch.add("HSET", key, ...Object.entries(fields).flat()));
  const repositories = store.repositories(batch.partition).on(writer);
  for (const { kind, id, record } of entities) await repositories.save(kind, id, record);
}

/**
 * Adds new entities to their indexes in a batch, with as few commands as possible. Pauses let the process do other
 * work.
 *
 * @param includesField as for {@link indexKeysOf}
 */
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
