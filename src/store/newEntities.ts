import { batchesOf } from "../domain/batchesOf.js";
import { createYielder } from "../domain/yielder.js";
import { type StoredConfiguration, writeConfigurations } from "./configurations.js";
import { allEntitiesKey, type EntityKind, type IdByKind, INDEXED_FIELDS, indexKey, memberOf } from "./keys.js";
import type { RecordByKind } from "./recordSchemas.js";
import { createRedisOmWriter } from "./redisOmClient.js";
import type { Store } from "./store.js";
import type { WriteBatch } from "./writeBatch.js";

/** A record to be written, and the entity by whose fields it enters indexes. */
export interface NewEntity<K extends EntityKind = EntityKind> {
  kind: K;
  id: IdByKind[K];
  record: RecordByKind[K];
  entity: object & { timestamp: number };
  /** What a taskforce's record refers to. */
  configuration?: StoredConfiguration;
}

/** Members that one command takes: their arguments have to fit on the stack, also on that of a script. */
const MAX_PAIRS_PER_COMMAND = 3000;

/** The keys of the indexes that an entity enters. @param includesField whether a field's index is meant; undefined is that of all */
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
 * Has new entities enter their indexes, with one command for each index where many enter it. Others get their turn meanwhile.
 *
 * @param includesField whether a field's indexes are meant; all unless told
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
