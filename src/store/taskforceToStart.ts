import { type TaskforceUuid, taskOf, workflowOf } from "../domain/ids.js";
import { partitionOf, recordKey } from "./keys.js";
import type { StoredTaskforce, TaskRecord } from "./records.js";
import { TASKFORCE_FIELDS, taskforceOf } from "./repositories.js";
import { runScript } from "./scripts.js";
import type { Store } from "./store.js";

/** What a hand-out of a taskforce that is to be started is made of. */
export interface ToStart {
  taskforce: StoredTaskforce | undefined;
  directive: TaskRecord | undefined;
  /** Whether its workflow is there and not deactivated. */
  active: boolean;
}

/** Reads it as of one moment, in one round trip: every poll that finds work does it. */
export async function readToStart(store: Store, uuid: TaskforceUuid): Promise<ToStart> {
  const { redis, partitions } = store;
  const partition = partitionOf(uuid, partitions);
  const keys = [
    recordKey(partition, "taskforce", uuid),
    recordKey(partition, "workflow", workflowOf(uuid)),
    recordKey(partition, "task", taskOf(uuid)),
  ];
  const [values, active, doc] = (await runScript(redis, "readToStart", keys, TASKFORCE_FIELDS)) as [
    (string | null)[],
    number,
    string | null,
  ];
  const record = taskforceOf(values);
  return {
    taskforce: record && (await store.complete(uuid, record)),
    directive: doc === null ? undefined : { doc },
    active: active === 1,
  };
}
