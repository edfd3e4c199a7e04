import type { EntityKind, IdByKind } from "../../src/store/keys.js";
import type { Store, StoredByKind } from "../../src/store/store.js";

/** Many records, in the order of the ids; undefined where there is none. */
export async function readRecords<K extends EntityKind>(
  store: Store,
  kind: K,
  ids: readonly IdByKind[K][],
): Promise<(StoredByKind[K] | undefined)[]> {
  const records: (StoredByKind[K] | undefined)[] = [];
  for await (const [, record] of store.fetchEach(kind, ids)) records.push(record);
  return records;
}
