import { isTaskforceUuid, isTaskId, isWorkflowId, type WorkflowId, workflowOf } from "../domain/ids.js";
import { notFound, type WmsError } from "../domain/wmsError.js";
import type { EntityKind } from "../store/keys.js";
import type { Store } from "../store/store.js";

/**
 * The error for an id that the store does not hold. It says when a removed workflow was archived, and where.
 *
 * @param id any text
 */
export async function entityNotFound(
  { store }: { store: Pick<Store, "tombstones"> },
  kind: EntityKind,
  id: string,
): Promise<WmsError> {
  const reason = `no ${kind} found with ${kind === "taskforce" ? "uuid" : "id"}: ${id}`;
  const workflow = workflowOfText(id);
  const tombstone = workflow && (await store.tombstones.find(workflow));
  if (tombstone === undefined) return notFound(reason);
  const { date, file, hasCopy } = tombstone;
  const place = file === undefined ? "" : ` in ${file}`;
  return notFound(`${reason}: ${hasCopy ? "archived" : "removed"} on ${date}${place}`);
}

function workflowOfText(id: string): WorkflowId | undefined {
  if (isWorkflowId(id)) return id;
  return isTaskId(id) || isTaskforceUuid(id) ? workflowOf(id) : undefined;
}
