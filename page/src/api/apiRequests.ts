import { queryAllPages, queryPages } from "../../../client/src/paging.js";
import type { paths } from "../../../client/src/schema.js";
import { unwrapResponse } from "../../../client/src/unwrapResponse.js";
import { api } from "./apiClient.ts";
import type {
  Annotations,
  AuditEntry,
  ClusterLocation,
  Diagnosis,
  FailingTaskforce,
  FullTaskforce,
  Schedd,
  ShownAnnotations,
  StrayCluster,
  Summary,
  SystemState,
  TaskDirective,
  Taskforce,
  TaskforceWithWorkers,
  UnknownPoll,
  Workflow,
  WorkflowDigest,
  WorkflowHistory,
  WorkflowQueue,
  WorkflowRequest,
} from "./apiTypes.ts";

type Filter = Record<string, unknown>;

const TASKFORCE_FIELDS = [
  "taskforce_uuid",
  "task_id",
  "schedd",
  "phase",
  "n_workers",
  "timestamp",
  "cluster_id",
  "job_event_log_fpath",
  "phase_change_log.target_phase",
  "phase_change_log.timestamp",
  "phase_change_log.was_successful",
];

/** Reads a workflow. */
export const fetchWorkflow = (workflow_id: string, signal: AbortSignal): Promise<Workflow> =>
  unwrapResponse(api.GET("/v1/workflows/{workflow_id}", { params: { path: { workflow_id } }, signal }));

/** Reads a taskforce. */
export const fetchTaskforce = (taskforce_uuid: string, signal: AbortSignal): Promise<FullTaskforce> =>
  unwrapResponse(
    api.GET("/v1/taskforces/{taskforce_uuid}", { params: { path: { taskforce_uuid } }, signal }),
  ) as Promise<FullTaskforce>;

/** Reads the summary of a workflow. */
export const fetchSummary = (workflow_id: string, signal: AbortSignal): Promise<Summary> =>
  unwrapResponse(api.GET("/v1/workflows/{workflow_id}/summary", { params: { path: { workflow_id } }, signal }));

/** Reads how a workflow changed over its life. */
export const fetchHistory = (workflow_id: string, signal: AbortSignal): Promise<WorkflowHistory> =>
  unwrapResponse(api.GET("/v1/workflows/{workflow_id}/history", { params: { path: { workflow_id } }, signal }));

/** Retries all dead letters of a workflow. */
export const postRetry = (workflow_id: string): Promise<{ n_taskforces: number }> =>
  unwrapResponse(api.POST("/v1/workflows/{workflow_id}/actions/retry", { params: { path: { workflow_id } } }));

/** Reads what hinders the service and its schedds. */
export const fetchServiceDiagnosis = (signal: AbortSignal): Promise<Diagnosis> =>
  unwrapResponse(api.GET("/v1/diagnosis", { signal }));

/** Reads the state of the service itself. */
export const fetchSystem = (signal: AbortSignal): Promise<SystemState> =>
  unwrapResponse(api.GET("/v1/system", { signal }));

/** Reads the last acts of operators, newest first. */
export const fetchAudit = (signal: AbortSignal): Promise<{ entries: AuditEntry[] }> =>
  unwrapResponse(api.GET("/v1/system/audit", { params: { query: { limit: 100 } }, signal }));

/** Reads what hinders the work of a schedd. */
export const fetchScheddDiagnosis = (schedd: string, signal: AbortSignal): Promise<Diagnosis> =>
  unwrapResponse(api.GET("/v1/schedds/{schedd}/diagnosis", { params: { path: { schedd } }, signal }));

/** Reads the state of all schedds. */
export const fetchSchedds = (signal: AbortSignal): Promise<{ schedds: Schedd[]; unknown_polls: UnknownPoll[] }> =>
  unwrapResponse(api.GET("/v1/schedds", { signal }));

/** Reads the state of a schedd and the contents of its queues. */
export const fetchSchedd = (schedd: string, signal: AbortSignal): Promise<Schedd> =>
  unwrapResponse(api.GET("/v1/schedds/{schedd}", { params: { path: { schedd } }, signal }));

/** Reads the newest stray clusters of a workflow or schedd, 100 at most. */
export const fetchStrayClusters = (
  of: { workflow_id?: string; schedd?: string },
  signal: AbortSignal,
): Promise<{ stray_clusters: StrayCluster[] }> =>
  unwrapResponse(api.GET("/v1/stray-clusters", { params: { query: of }, signal }));

/** Removes the entry of a stray cluster. */
export const deleteStrayCluster = (stray_id: string): Promise<{ id: string }> =>
  unwrapResponse(api.DELETE("/v1/stray-clusters/{stray_id}", { params: { path: { stray_id } } }));

/** A page of the list of workflows. */
export interface WorkflowListPage {
  workflows: readonly WorkflowDigest[];
  /** Null at the end of the list. */
  next_after: string | null;
  /** The search ended before the page was full. */
  is_cut_short: boolean;
}

/** The parameters of the list of workflows. */
export type ListParameters = NonNullable<paths["/v1/workflows"]["get"]["parameters"]["query"]>;

/** Reads a page of the list of workflows. */
export const fetchWorkflowList = (query: ListParameters, signal: AbortSignal): Promise<WorkflowListPage> =>
  unwrapResponse(api.GET("/v1/workflows", { params: { query }, signal }));

/** Reads the annotations of a workflow. */
export const fetchAnnotations = (workflow_id: string, signal?: AbortSignal): Promise<ShownAnnotations> =>
  unwrapResponse(
    api.GET("/v1/workflows/{workflow_id}/annotations", {
      params: { path: { workflow_id } },
      ...(signal && { signal }),
    }),
  );

/** Replaces the annotations of a workflow. */
export const putAnnotations = (workflow_id: string, body: Annotations): Promise<ShownAnnotations> =>
  unwrapResponse(api.PUT("/v1/workflows/{workflow_id}/annotations", { params: { path: { workflow_id } }, body }));

/** Reads the request that would create a workflow again. */
export const fetchWorkflowRequest = (workflow_id: string): Promise<WorkflowRequest> =>
  unwrapResponse(api.GET("/v1/workflows/{workflow_id}/request", { params: { path: { workflow_id } } }));

/** Reads the OpenAPI document. */
export const fetchApiDocument = (): Promise<object> => unwrapResponse(api.GET("/v1/schema/openapi"));

/** A new workflow. */
export interface CreatedWorkflow {
  workflow: Pick<Workflow, "workflow_id">;
  task_directives: readonly object[];
  taskforces: readonly object[];
}

/**
 * Creates a workflow.
 *
 * @param annotations the headers for its name and labels
 * @param idempotencyKey the same when the user repeats the request
 */
export const postWorkflow = (
  body: WorkflowRequest,
  annotations: Record<string, string>,
  idempotencyKey: string,
): Promise<CreatedWorkflow> =>
  unwrapResponse(api.POST("/v1/workflows", { body, headers: { ...annotations, "idempotency-key": idempotencyKey } }));

/** Reads the cluster locations that a request may name. */
export const fetchLocations = (signal: AbortSignal): Promise<{ locations: ClusterLocation[] }> =>
  unwrapResponse(api.GET("/v1/locations", { signal }));

/** Reads all task directives of a workflow. */
export async function fetchTaskDirectives(workflow_id: string, signal: AbortSignal): Promise<TaskDirective[]> {
  const found: TaskDirective[] = [];
  for await (const one of queryAllPages(api, "task-directives", { query: { workflow_id } }, signal)) found.push(one);
  return found;
}

/**
 * Finds taskforces by a MongoDB filter, oldest first, with the fields of the timeline.
 *
 * @param after `nextCursor` of the result before; null: from the first one
 * @param minCount after so many, it reads no further page
 */
export async function findTaskforces(
  query: Filter,
  after: string | null,
  minCount: number,
  signal: AbortSignal,
): Promise<{ taskforces: Taskforce[]; nextCursor: string | null }> {
  let taskforces: Taskforce[] = [];
  const search = { query, projection: TASKFORCE_FIELDS };
  for await (const { items, nextCursor } of queryPages(api, "taskforces", search, signal, after)) {
    taskforces = taskforces.concat(items as Taskforce[]);
    if (taskforces.length >= minCount) return { taskforces, nextCursor };
  }
  return { taskforces, nextCursor: null };
}

const ERROR_FIELDS = [
  "taskforce_uuid",
  "schedd",
  "top_task_errors",
  "phase_change_log.target_phase",
  "phase_change_log.timestamp",
  "phase_change_log.was_successful",
  "phase_change_log.context",
];

/**
 * Finds taskforces with errors of workers or failed attempts, oldest first, in pages.
 *
 * @param query a MongoDB filter
 * @param kinds which of both are wanted; neither: it finds nothing
 */
export async function* findFailingTaskforces(
  query: Filter,
  { hasErrors, hasFailures }: { hasErrors: boolean; hasFailures: boolean },
  signal: AbortSignal,
): AsyncGenerator<FailingTaskforce[]> {
  const kinds = [
    ...(hasErrors ? [{ top_task_errors: { $ne: {} } }] : []),
    ...(hasFailures ? [{ "phase_change_log.was_successful": false }] : []),
  ];
  if (kinds.length === 0) return;
  const search = { query: { ...query, $or: kinds }, projection: ERROR_FIELDS };
  for await (const { items } of queryPages(api, "taskforces", search, signal)) yield items as FailingTaskforce[];
}

/** Finds taskforces with their workers and errors, oldest first, in pages. @param query a MongoDB filter */
export async function* findTaskforceFacts(query: Filter, signal: AbortSignal): AsyncGenerator<TaskforceWithWorkers[]> {
  const projection = ["taskforce_uuid", "task_id", "schedd", "phase", "compound_statuses", "top_task_errors"];
  for await (const { items } of queryPages(api, "taskforces", { query, projection }, signal)) yield items;
}

/** Reads the message queues of a workflow; empty before their activation. */
export const fetchQueues = (workflow_id: string, signal: AbortSignal): Promise<WorkflowQueue[]> =>
  unwrapResponse(api.GET("/v1/workflows/{workflow_id}/queues", { params: { path: { workflow_id } }, signal })).then(
    ({ queues }) => queues,
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
