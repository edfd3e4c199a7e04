import { pauses } from "../domain/yielder.js";
import { putConfigurations, type StoredConfiguration } from "./configurations.js";
import { allKey, type IdOf, INDEXED, indexKey, type Kind, memberOf } from "./keys.js";
import { preparedCommand } from "./preEncodeCommand.js";
import { redisOmTransaction } from "./redisOmClient.js";
import type { RecordOf } from "./repositories.js";
import type { Store } from "./store.js";
import type { Writes } from "./writes.js";

/** A record to be written, and the entity by whose fields it enters indexes. */
export interface Entry<K extends Kind = Kind> {
  kind: K;
  id: IdOf[K];
  record: RecordOf[K];
  entity: object & { timestamp: number };
  /** What a taskforce's record refers to. */
  configuration?: StoredConfiguration;
}

/** Members that one command takes: their arguments have to fit on the stack, also on that of a script. */
const PAIRS = 3000;
/** Scores and members from which on a command is prepared. */
const MANY = 1000;

/** The keys of the indexes that an entity enters. @param wanted whether a field's index is meant; undefined is that of all */
export function indexesOf(
  partition: number,
  { kind, entity }: Pick<Entry, "kind" | "entity">,
  wanted: (field: string | undefined) => boolean = () => true,
): string[] {
  const fields = entity as { [field: string]: unknown };
  const byField = INDEXED[kind].filter(wanted).flatMap((field) => {
    const value = fields[field];
    return typeof value === "number" || (typeof value === "string" && value !== "")
      ? [indexKey(partition, kind, field, value)]
      : [];
  });
  return wanted(undefined) ? [allKey(partition, kind), ...byField] : byField;
}

/** Puts new records into a transaction, and what they refer to. */
export async function putRecords(
  store: Store,
  writes: Writes,
  partition: number,
  entries: readonly Entry[],
): Promise<void> {
  const client = redisOmTransaction(writes);
  putConfigurations(writes, partition, new Set(entries.flatMap(({ configuration }) => configuration ?? [])));
  for (const { kind, id, record } of entries) await store.repositoriesOf(id).save(kind, id, record, client);
}

/**
 * Has new entities enter their indexes, with one command for each index where many enter it. Others get their turn meanwhile.
 *
 * @param wanted whether a field's indexes are meant; all unless told
 */
export async function enterIndexes(
  writes: Writes,
  partition: number,
  entries: readonly Entry[],
  wanted?: (field: string | undefined) => boolean,
): Promise<void> {
  const pause = pauses();
  const entering = new Map<string, (string | number)[]>();
  for (const entry of entries) {
    await pause();
    for (const key of indexesOf(partition, entry, wanted)) {
      const members = entering.get(key) ?? [];
      entering.set(key, members);
      members.push(entry.entity.timestamp, memberOf(entry.id));
    }
  }
  for (const [key, members] of entering)
    for (let start = 0; start < members.length; start += 2 * PAIRS) {
      await pause();
      const piece = members.slice(start, start + 2 * PAIRS);
      if (piece.length < MANY || writes.sendCommand === undefined) writes.zadd(key, ...piece);
      else writes.sendCommand(preparedCommand("zadd", key, ...piece));
    }
}
