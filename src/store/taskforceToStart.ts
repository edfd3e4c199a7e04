import { type TaskforceUuid, taskOf, workflowOf } from "../domain/ids.js";
import { partitionOf, recordKey } from "./keys.js";
import { parseTaskforceRecord, TASKFORCE_FIELDS } from "./recordSchemas.js";
import type { StoredTaskforce, TaskRecord } from "./records.js";
import { runScript } from "./scripts.js";
import type { Store } from "./store.js";

/** The stored parts of a hand-out of a taskforce to start. */
export interface TaskforceToStart {
  taskforce: StoredTaskforce | undefined;
  directive: TaskRecord | undefined;
  /** Whether the workflow exists and is not deactivated. */
  isWorkflowActive: boolean;
}

/** Reads the parts in one step and one round trip, because every poll that finds work needs them. */
export async function readTaskforceToStart(store: Store, uuid: TaskforceUuid): Promise<TaskforceToStart> {
  const { redis, partitions } = store;
  const partition = partitionOf(uuid, partitions);
  const keys = [
    recordKey(partition, "taskforce", uuid),
    recordKey(partition, "workflow", workflowOf(uuid)),
    recordKey(partition, "task", taskOf(uuid)),
  ];
  const [values, active, doc] = (await runScript(redis, "readTaskforceToStart", keys, TASKFORCE_FIELDS)) as [
    (string | null)[],
    number,
    string | null,
  ];
  const record = parseTaskforceRecord(values);
  return {
    taskforce: record && (await store.attachConfiguration(uuid, record)),
    directive: doc === null ? undefined : { doc },
    isWorkflowActive: active === 1,
  };
}
