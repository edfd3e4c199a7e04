import { isTaskforceUuid, isWorkflowId } from "../../domain/ids.js";
import type { WorkflowSummary } from "../../domain/summary.js";
import type { Taskforce } from "../../domain/taskforce.js";
import type { Workflow } from "../../domain/workflow.js";
import type { Wms } from "../../lifecycle/context.js";
import { taskforceJson, workflowJson } from "../../store/documents.js";
import type { StoredTaskforce, WorkflowRecord } from "../../store/records.js";

/** The entity of a job, as the dashboard shows it. */
export interface EntityView {
  /** The state in one line. */
  headline: string;
  /** Details, the most important first. */
  data: Record<string, unknown>;
}

/** Fetches the entity of a job; undefined for an id without an entity. */
export async function fetchEntityView({ store }: Wms, id: string): Promise<EntityView | undefined> {
  if (isTaskforceUuid(id)) {
    const record = await store.fetch("taskforce", id);
    return record && taskforceView(record);
  }
  if (!isWorkflowId(id)) return undefined;
  const [record, summary] = await Promise.all([store.fetch("workflow", id), store.summaries.fetch(id)]);
  return record && workflowView(record, summary);
}

function taskforceView(record: StoredTaskforce): EntityView {
  const { submit_failures = 0, remove_failures = 0 } = record;
  const taskforce = JSON.parse(taskforceJson(record)) as Taskforce;
  const latest = taskforce.phase_change_log.at(-1);
  const failures = Object.entries({ "condor-submit": submit_failures, "condor-rm": remove_failures })
    .filter(([, count]) => count > 0)
    .map(([command, count]) => `${command} failed ${count === 1 ? "once" : `${count} times`}`);
  return {
    headline: [record.phase, `priority ${record.priority}`, ...failures].join(", "),
    data: {
      phase: taskforce.phase,
      schedd: taskforce.schedd,
      priority: taskforce.priority,
      failed_submits: submit_failures,
      failed_removals: remove_failures,
      cluster_id: taskforce.cluster_id,
      since: toIsoTime(Number(record.since)),
      latest:
        latest &&
        `${toIsoTime(latest.timestamp)} ${latest.target_phase}${latest.was_successful ? "" : " failed"}, ` +
          `by ${latest.source_entity}: ${latest.context}`,
      taskforce: taskforce.taskforce_uuid,
      task: taskforce.task_id,
      workflow: taskforce.workflow_id,
    },
  };
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
