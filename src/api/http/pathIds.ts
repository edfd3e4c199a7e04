import { isEarlyId, storedWorkflowId } from "../../domain/earlyIds.js";
import type { EarlyIds } from "../../store/earlyIds.js";

/** The parameters of paths that hold the id of a task directive or a taskforce. */
const PART_ID_PARAMETERS = ["task_id", "taskforce_uuid"];

/** Whether a parameter of a path has the format of an early id. */
export const holdsEarlyId = (params: Readonly<Record<string, string>>): boolean =>
  Object.values(params).some(isEarlyId);

/** Replaces early ids in the parameters of a path by the ids under which the entities are stored. */
export async function storedPathIds(
  params: Readonly<Record<string, string>>,
  earlyIds: Pick<EarlyIds, "find">,
): Promise<Readonly<Record<string, string>>> {
  const stored: Record<string, string> = { ...params };
  // It follows from the early id, so that a removed workflow is found among the tombstones.
  if (params["workflow_id"] !== undefined) stored["workflow_id"] = storedWorkflowId(params["workflow_id"]);
  for (const name of PART_ID_PARAMETERS) {
    const id = params[name];
    if (id !== undefined && isEarlyId(id)) stored[name] = (await earlyIds.find([id])).get(id) ?? id;
  }
  return stored;
}
