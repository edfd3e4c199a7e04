import type { StoredWorkflow } from "../store/wholeWorkflows.js";
import { endedAt } from "./endedAt.js";
import type { ExportFilter } from "./exportFormat.js";

/** Whether a filter selects a workflow that was created late enough. */
export const isSelected = (stored: StoredWorkflow, { ended_before, workflow_ids }: ExportFilter): boolean =>
  (ended_before === undefined || (endedAt(stored) ?? Number.POSITIVE_INFINITY) < ended_before) &&
  (workflow_ids === undefined || workflow_ids.includes(stored.id));
