import { queryPage, type ResultPage } from "../../../client/src/paging.js";
import { unwrapResponse } from "../../../client/src/unwrapResponse.js";
import { api } from "./apiClient.ts";
import type { PublicQueue, Schedd, Summary, TaskDirective, Taskforce, Workflow } from "./apiTypes.ts";

type Filter = Record<string, unknown>;

const TASKFORCE_FIELDS = [
  "taskforce_uuid",
  "task_id",
  "schedd",
  "phase",
  "n_workers",
  "timestamp",
  "phase_change_log.target_phase",
  "phase_change_log.timestamp",
  "phase_change_log.was_successful",
];

/** Reads a workflow. */
export const fetchWorkflow = (workflow_id: string): Promise<Workflow> =>
  unwrapResponse(api.GET("/v1/workflows/{workflow_id}", { params: { path: { workflow_id } } }));

/** Reads the summary of a workflow. */
export const fetchSummary = (workflow_id: string): Promise<Summary> =>
  unwrapResponse(api.GET("/v1/workflows/{workflow_id}/summary", { params: { path: { workflow_id } } }));

/** Reads the state of all schedds. */
export const fetchSchedds = (): Promise<{ schedds: Schedd[] }> => unwrapResponse(api.GET("/v1/schedds"));

/** Reads the state of a schedd and the contents of its queues. */
export const fetchSchedd = (schedd: string): Promise<Schedd> =>
  unwrapResponse(api.GET("/v1/schedds/{schedd}", { params: { path: { schedd } } }));

/** Finds workflows by a MongoDB filter, oldest first. */
export const findWorkflows = (query: Filter, after: string | null): Promise<ResultPage<Workflow>> =>
  queryPage(api, "workflows", { query }, after);

/** Reads all task directives of a workflow. */
export const fetchTaskDirectives = async (workflow_id: string): Promise<TaskDirective[]> =>
  (await queryPage(api, "task-directives", { query: { workflow_id } }, null)).items;

/** Finds the ids of workflows with a task that matches a MongoDB filter. */
export async function findWorkflowIdsByTask(query: Filter): Promise<string[]> {
  const { items } = await queryPage(api, "task-directives", { query, projection: ["workflow_id"] }, null);
  return [...new Set(items.map(({ workflow_id }) => workflow_id))];
}

/** Finds taskforces by a MongoDB filter, oldest first, with the fields of the timeline. */
export const findTaskforces = (query: Filter, after: string | null): Promise<ResultPage<Taskforce>> =>
  queryPage(api, "taskforces", { query, projection: TASKFORCE_FIELDS }, after) as Promise<ResultPage<Taskforce>>;

/** Reads the public queues of a workflow; empty if the service uses an external MQS. */
export const fetchPublicQueues = (workflow_id: string): Promise<PublicQueue[]> =>
  unwrapResponse(
    api.GET("/v1/mqs/workflows/{workflow_id}/mq-profiles/public", { params: { path: { workflow_id } } }),
  ).then(
    ({ mqprofiles }) => mqprofiles,
    () => [],
  );

/** Aborts or finishes a workflow. */
export const postDeactivation = (
  workflow_id: string,
  action: "abort" | "finished",
): Promise<{ n_taskforces: number }> =>
  unwrapResponse(api.POST(`/v1/workflows/{workflow_id}/actions/${action}`, { params: { path: { workflow_id } } }));

/** Adds a taskforce to a task. @param keyPrefix of the idempotency key, the same when the user repeats the request */
export const postAddWorkers = (
  task_id: string,
  cluster_location: string,
  n_workers: number,
  keyPrefix: string,
): Promise<{ taskforce_uuid: string }> =>
  unwrapResponse(
    api.POST("/v1/task-directives/{task_id}/actions/add-workers", {
      params: {
        path: { task_id },
        // Another number or location is another request.
        header: { "Idempotency-Key": `${keyPrefix}-${n_workers}-${encodeURIComponent(cluster_location)}` },
      },
      body: { cluster_location, n_workers },
    }),
  );
