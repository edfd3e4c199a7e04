import type { TaskforceUuid } from "../../src/domain/ids.js";
import type { Phase } from "../../src/domain/phases.js";
import type { Store } from "../../src/store/store.js";

/** The taskforces of one partition in a phase, unordered. */
export async function taskforcesInPhase(store: Store, partition: number, phase: Phase): Promise<TaskforceUuid[]> {
  const all = new Set<TaskforceUuid>();
  for await (const uuids of store.indexes.scanPhase(partition, phase)) for (const uuid of uuids) all.add(uuid);
  return [...all];
}
