import { createYielder } from "../domain/yielder.js";
import { type StoredConfiguration, writeConfigurations } from "./configurations.js";
import { allEntitiesKey, type EntityKind, type IdByKind, INDEXED_FIELDS, indexKey, memberOf } from "./keys.js";
import { preEncodeCommand } from "./preEncodeCommand.js";
import { createRedisOmTransaction } from "./redisOmClient.js";
import type { RecordByKind } from "./repositories.js";
import type { Store } from "./store.js";
import type { WriteCommands } from "./writes.js";

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
/** Scores and members from which on a command is prepared. */
const PRE_ENCODE_THRESHOLD = 1000;

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

/** Puts new records into a transaction, and what they refer to. */
export async function writeRecords(
  store: Store,
  writes: WriteCommands,
  partition: number,
  entries: readonly NewEntity[],
): Promise<void> {
  const client = createRedisOmTransaction(writes);
  writeConfigurations(writes, partition, new Set(entries.flatMap(({ configuration }) => configuration ?? [])));
  for (const { kind, id, record } of entries) await store.repositoriesOf(id).save(kind, id, record, client);
}

/**
 * Has new entities enter their indexes, with one command for each index where many enter it. Others get their turn meanwhile.
 *
 * @param includesField whether a field's indexes are meant; all unless told
 */
export async function addToIndexes(
  writes: WriteCommands,
  partition: number,
  entries: readonly NewEntity[],
  includesField?: (field: string | undefined) => boolean,
): Promise<void> {
  const pause = createYielder();
  const membersByKey = new Map<string, (string | number)[]>();
  for (const entry of entries) {
    await pause();
    for (const key of indexKeysOf(partition, entry, includesField)) {
      const members = membersByKey.get(key) ?? [];
      membersByKey.set(key, members);
      members.push(entry.entity.timestamp, memberOf(entry.id));
    }
  }
  for (const [key, members] of membersByKey)
    for (let start = 0; start < members.length; start += 2 * MAX_PAIRS_PER_COMMAND) {
      await pause();
      const batch = members.slice(start, start + 2 * MAX_PAIRS_PER_COMMAND);
      if (batch.length < PRE_ENCODE_THRESHOLD || writes.sendCommand === undefined) writes.zadd(key, ...batch);
      else writes.sendCommand(preEncodeCommand("zadd", key, ...batch));
    }
}
