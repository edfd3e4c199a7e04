import type { PublicQueue, Schedd, Summary, TaskDirective, Taskforce, Workflow } from "./apiTypes.ts";
import { callApi } from "./callApi.ts";

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

/** One page of what a query found; `next` asks for the one after it. */
export interface ResultPage<T> {
  items: T[];
  nextCursor: string | null;
}

async function queryEntities<T>(
  plural: string,
  listField: string,
  filter: object,
  { fields, after }: { fields?: string[]; after?: string | null } = {},
): Promise<ResultPage<T>> {
  const body = { query: filter, ...(fields && { projection: fields }), ...(after && { after }) };
  const response = await callApi<Record<string, unknown>>("POST", `/v1/query/${plural}`, body);
  return { items: response[listField] as T[], nextCursor: response["next_after"] as string | null };
}

const encodeSegment = (name: string): string => encodeURIComponent(name);

export const fetchWorkflow = (id: string) => callApi<Workflow>("GET", `/v1/workflows/${encodeSegment(id)}`);
export const fetchSummary = (id: string) => callApi<Summary>("GET", `/v1/workflows/${encodeSegment(id)}/summary`);
export const fetchSchedds = () => callApi<{ schedds: Schedd[] }>("GET", "/v1/schedds");
export const fetchSchedd = (name: string) => callApi<Schedd>("GET", `/v1/schedds/${encodeSegment(name)}`);

/** Workflows that match a MongoDB filter, oldest first. */
export const findWorkflows = (filter: object, after: string | null) =>
  queryEntities<Workflow>("workflows", "workflows", filter, { after });

/** All task directives of a workflow. */
export async function fetchTaskDirectives(workflow: string): Promise<TaskDirective[]> {
  return (await queryEntities<TaskDirective>("task-directives", "task_directives", { workflow_id: workflow })).items;
}

/** Ids of workflows that have a task which matches a filter. */
export async function findWorkflowIdsByTask(filter: object): Promise<string[]> {
  const fields = ["workflow_id"];
  const { items } = await queryEntities<TaskDirective & { workflow_id: string }>(
    "task-directives",
    "task_directives",
    filter,
    { fields },
  );
  return [...new Set(items.map(({ workflow_id }) => workflow_id))];
}

/** Taskforces that match a MongoDB filter, oldest first, with what the timeline shows of them. */
export const findTaskforces = (filter: object, after: string | null) =>
  queryEntities<Taskforce>("taskforces", "taskforces", filter, { fields: TASKFORCE_FIELDS, after });

/** The names of a workflow's public queues. An MQS of its own does not tell them here. */
export const fetchPublicQueues = (workflow: string): Promise<PublicQueue[]> =>
  callApi<{ mqprofiles: PublicQueue[] }>("GET", `/v1/mqs/workflows/${encodeSegment(workflow)}/mq-profiles/public`).then(
    ({ mqprofiles }) => mqprofiles,
    () => [],
  );

/** Ends a workflow. */
export const postDeactivation = (id: string, action: "abort" | "finished") =>
  callApi<{ n_taskforces: number }>("POST", `/v1/workflows/${encodeSegment(id)}/actions/${action}`, {});

/** Gives a task one more taskforce. */
export const postAddWorkers = (task: string, cluster_location: string, n_workers: number, keyPrefix: string) =>
  callApi<Taskforce>(
    "POST",
    `/v1/task-directives/${encodeSegment(task)}/actions/add-workers`,
    { cluster_location, n_workers },
    // Another number, or another place, is another wish.
    { "idempotency-key": `${keyPrefix}-${n_workers}-${encodeURIComponent(cluster_location)}` },
  );

/** Names what a person wants, so that it takes effect once however often it is sent. `randomUUID` is there over HTTPS only. */
export const newIdempotencyKey = (): string => crypto.getRandomValues(new BigUint64Array(2)).join("-");
