import { notFound } from "../../domain/wmsError.js";
import { isTaskforceUuid, isTaskId, isWorkflowId, type WorkflowId } from "../../domain/ids.js";
import type { FindRequest } from "../../domain/requestSchemas.js";
import type { IdOf, Kind } from "../../store/keys.js";
import type { Page } from "./queryPage.js";
import { runQuery } from "./runQuery.js";
import { taskforceText, taskText, workflowText } from "../../store/records.js";
import type { StoredOf } from "../../store/store.js";
import type { Wms } from "../../lifecycle/context.js";

/** How a record of each kind is shown. */
const TEXT_OF: { [K in Kind]: (record: StoredOf[K]) => string } = {
  workflow: workflowText,
  task: taskText,
  taskforce: taskforceText,
};

const show = async <K extends Kind>(
  wms: Wms,
  kind: K,
  id: IdOf[K] | undefined,
  missing: string,
): Promise<string> => {
  const record = id && (await wms.store.fetch(kind, id));
  if (!record) throw notFound(missing);
  return TEXT_OF[kind](record);
};

/** A workflow as JSON text. @throws WmsError `not-found` */
export const readWorkflow = (wms: Wms, id: string): Promise<string> =>
  show(wms, "workflow", isWorkflowId(id) ? id : undefined, `no workflow found with id: ${id}`);

/** A task directive as JSON text. @throws WmsError `not-found` */
export const readTaskDirective = (wms: Wms, id: string): Promise<string> =>
  show(wms, "task", isTaskId(id) ? id : undefined, `no task found with id: ${id}`);

/** A taskforce as JSON text. @throws WmsError `not-found` */
export const readTaskforce = (wms: Wms, uuid: string): Promise<string> =>
  show(wms, "taskforce", isTaskforceUuid(uuid) ? uuid : undefined, `no taskforce found with uuid: ${uuid}`);

/** The priority of a workflow that is known to exist. */
export async function workflowPriority(wms: Wms, id: WorkflowId): Promise<number> {
  const { priority } = JSON.parse(await readWorkflow(wms, id)) as { priority: number };
  return priority;
}

/**
 * One page of the entities that match a filter, oldest first.
 *
 * @param envelope the name of the list in the answer, whose bytes count
 * @returns JSON texts, and the cursor of the next page if there is one
 * @throws WmsError `invalid` for a filter, projection or cursor that can't be used
 */
export function queryEntities<K extends Kind>(
  wms: Wms,
  kind: K,
  find: FindRequest,
  envelope: string,
): Promise<Page> {
  const { store, settings } = wms;
  const load = async (_: K, ids: IdOf[K][]) =>
    (await store.fetchMany(kind, ids)).map((record) => record && TEXT_OF[kind](record));
  const source = { redis: store.redis, partitions: store.partitions, load };
  const { queryMaxBytes: maxBytes, queryMaxScan: maxScan } = settings;
  return runQuery(source, kind, find, { maxBytes, maxScan, envelope });
}
