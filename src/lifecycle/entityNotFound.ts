import { isTaskforceUuid, isTaskId, isWorkflowId, type WorkflowId, workflowOf } from "../domain/ids.js";
import { notFound, type WmsError } from "../domain/wmsError.js";
import type { EntityKind } from "../store/keys.js";
import type { Store } from "../store/store.js";

type StoreParts = { store: Pick<Store, "tombstones"> };

/** The error for an id that the store does not hold, as of {@link explainNotFound}. @param id any text */
export const entityNotFound = (wms: StoreParts, kind: EntityKind, id: string): Promise<WmsError> =>
  explainNotFound(wms, id, `no ${kind} found with ${kind === "taskforce" ? "uuid" : "id"}: ${id}`);

/**
 * An error that also says when a removed workflow was archived, and where.
 *
 * @param id any text
 * @param reason what was not found
 */
export async function explainNotFound({ store }: StoreParts, id: string, reason: string): Promise<WmsError> {
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
