import { isTaskforceUuid, isWorkflowId, type TaskforceUuid, type WorkflowId } from "../../domain/ids.js";
import type { PhaseChange } from "../../domain/phases.js";
import type { WorkflowSummary } from "../../domain/summary.js";
import type { Taskforce } from "../../domain/taskforce.js";
import type { Workflow } from "../../domain/workflow.js";
import type { Wms } from "../../lifecycle/context.js";
import {
  type StoredTaskforce,
  type TaskforceRecord,
  taskforceJson,
  type WorkflowRecord,
  workflowJson,
} from "../../store/records.js";

/** The entity of a job, as the dashboard shows it. */
export interface EntityView {
  /** The state in one line. */
  headline: string;
  /** Details, the most important first. */
  data: Record<string, unknown>;
}

/**
 * Fetches the entities of jobs, in the order of the ids, in one round trip.
 *
 * @returns undefined for an id without an entity
 */
export const fetchEntityViews = (wms: Wms, ids: readonly string[]): Promise<(EntityView | undefined)[]> =>
  Promise.all(
    ids.map((id) => {
      if (isTaskforceUuid(id)) return fetchTaskforceView(wms, id);
      if (isWorkflowId(id)) return fetchWorkflowView(wms, id);
      return undefined;
    }),
  );

async function fetchTaskforceView({ store }: Wms, uuid: TaskforceUuid): Promise<EntityView | undefined> {
  const record = await store.fetch("taskforce", uuid);
  return record && { headline: taskforceHeadline(record), data: taskforceData(record) };
}

function taskforceHeadline({ phase, priority, submit_failures, remove_failures }: TaskforceRecord): string {
  const failures = [
    ...(submit_failures ? [`condor-submit failed ${formatTimes(submit_failures)}`] : []),
    ...(remove_failures ? [`condor-rm failed ${formatTimes(remove_failures)}`] : []),
  ];
  return [phase, `priority ${priority}`, ...failures].join(", ");
}

const formatTimes = (count: number): string => (count === 1 ? "once" : `${count} times`);

function taskforceData(record: StoredTaskforce): Record<string, unknown> {
  const taskforce = JSON.parse(taskforceJson(record)) as Taskforce;
  const latest = taskforce.phase_change_log.at(-1);
  return {
    phase: taskforce.phase,
    schedd: taskforce.schedd,
    priority: taskforce.priority,
    failed_submits: record.submit_failures ?? 0,
    failed_removals: record.remove_failures ?? 0,
    cluster_id: taskforce.cluster_id,
    since: toIsoTime(Number(record.since)),
    latest: latest && formatPhaseChange(latest),
    taskforce: taskforce.taskforce_uuid,
    task: taskforce.task_id,
    workflow: taskforce.workflow_id,
  };
}

function formatPhaseChange({ timestamp, target_phase, was_successful, source_entity, context }: PhaseChange): string {
  const what = was_successful ? target_phase : `${target_phase} failed`;
  return `${toIsoTime(timestamp)} ${what}, by ${source_entity}: ${context}`;
}

async function fetchWorkflowView({ store }: Wms, id: WorkflowId): Promise<EntityView | undefined> {
  const [record, summary] = await Promise.all([store.fetch("workflow", id), store.summaries.fetch(id)]);
  return record && workflowView(record, summary);
}

function workflowView(record: WorkflowRecord, summary: WorkflowSummary | undefined): EntityView {
  const workflow = JSON.parse(workflowJson(record)) as Workflow;
  const state = workflow.deactivated?.toLowerCase() ?? (record.mq_activated ? "active" : "not activated");
  return {
    headline: `${state}, priority ${workflow.priority}`,
    data: {
      workflow: workflow.workflow_id,
      priority: workflow.priority,
      deactivated: workflow.deactivated,
      message_queues: record.n_queues,
      message_queues_active: record.mq_activated !== undefined,
      created: toIsoTime(workflow.timestamp),
      taskforces_by_phase: summary?.taskforces_by_phase ?? {},
    },
  };
}

const toIsoTime = (epochSeconds: number): string => new Date(epochSeconds * 1000).toISOString();
