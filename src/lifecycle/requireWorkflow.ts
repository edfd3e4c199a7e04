import { isWorkflowId, type WorkflowId } from "../domain/ids.js";
import type { WorkflowRecord } from "../store/records.js";
import type { Wms } from "./context.js";
import { entityNotFound } from "./entityNotFound.js";

/** Reads the workflow that a caller names. @param text any text @throws WmsError `not-found` */
export async function requireWorkflow(
  { store }: Pick<Wms, "store">,
  text: string,
): Promise<{ id: WorkflowId; record: WorkflowRecord }> {
  const record = isWorkflowId(text) ? await store.fetch("workflow", text) : undefined;
  if (record === undefined || !isWorkflowId(text)) throw await entityNotFound({ store }, "workflow", text);
  return { id: text, record };
}
