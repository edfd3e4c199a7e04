import { isDeepStrictEqual } from "node:util";
import { PHASE_LOG_TRIMMER } from "../domain/entityLimits.js";
import type { ExportedTaskforce, ExportedWorkflow } from "../store/exportedWorkflow.js";

/**
 * Why a stored workflow must not be replaced by the one of a source: something has happened to it that the source does not
 * know. A log only grows, so the log of the source must continue each stored one.
 *
 * @returns undefined when the source is newer
 */
export function explainConflict(stored: ExportedWorkflow, source: ExportedWorkflow): string | undefined {
  const { deactivated } = stored.workflow;
  if (deactivated !== null && source.workflow.deactivated === null)
    return `the workflow is ${deactivated} here, and not in the source`;
  const directives = new Set(source.task_directives.map(({ task_id }) => task_id));
  const unknownTask = stored.task_directives.find(({ task_id }) => !directives.has(task_id));
  if (unknownTask !== undefined) return `the source lacks the task directive ${unknownTask.task_id}`;
  const taskforces = new Map(source.taskforces.map((taskforce) => [taskforce.taskforce_uuid, taskforce]));
  for (const taskforce of stored.taskforces) {
    const other = taskforces.get(taskforce.taskforce_uuid);
    if (other === undefined) return `the source lacks the taskforce ${taskforce.taskforce_uuid}`;
    if (!isContinuedBy(taskforce, other))
      return `the taskforce ${taskforce.taskforce_uuid} has changed here in ways that the source does not know`;
  }
  return undefined;
}

function isContinuedBy(stored: ExportedTaskforce, source: ExportedTaskforce): boolean {
  const { phase_change_log: log } = stored;
  // A trimmed log keeps its oldest and newest entries only.
  const isTrimmed = source.phase_change_log.some(({ source_entity }) => source_entity === PHASE_LOG_TRIMMER);
  return isTrimmed || isDeepStrictEqual(source.phase_change_log.slice(0, log.length), log);
}
