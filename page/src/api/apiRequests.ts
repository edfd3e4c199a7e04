import { call } from "./callApi.ts";
import type { PublicQueue, Schedd, Summary, TaskDirective, Taskforce, Workflow } from "./apiTypes.ts";

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
export interface Found<T> {
  list: T[];
  next: string | null;
}

async function query<T>(
  plural: string,
  list: string,
  filter: object,
  { fields, after }: { fields?: string[]; after?: string | null } = {},
): Promise<Found<T>> {
  const body = { query: filter, ...(fields && { projection: fields }), ...(after && { after }) };
  const answer = await call<Record<string, unknown>>("POST", `/v1/query/${plural}`, body);
  return { list: answer[list] as T[], next: answer["next_after"] as string | null };
}

const path = (name: string): string => encodeURIComponent(name);

export const readWorkflow = (id: string) => call<Workflow>("GET", `/v1/workflows/${path(id)}`);
export const readSummary = (id: string) => call<Summary>("GET", `/v1/workflows/${path(id)}/summary`);
export const readSchedds = () => call<{ schedds: Schedd[] }>("GET", "/v1/schedds");
export const readSchedd = (name: string) => call<Schedd>("GET", `/v1/schedds/${path(name)}`);

/** Workflows that match a MongoDB filter, oldest first. */
export const findWorkflows = (filter: object, after: string | null) =>
  query<Workflow>("workflows", "workflows", filter, { after });

/** All task directives of a workflow. */
export async function readTasks(workflow: string): Promise<TaskDirective[]> {
  return (await query<TaskDirective>("task-directives", "task_directives", { workflow_id: workflow })).list;
}

/** Ids of workflows that have a task which matches a filter. */
export async function workflowsWithTask(filter: object): Promise<string[]> {
  const fields = ["workflow_id"];
  const { list } = await query<TaskDirective & { workflow_id: string }>(
    "task-directives",
    "task_directives",
    filter,
    { fields },
  );
  return [...new Set(list.map(({ workflow_id }) => workflow_id))];
}

/** Taskforces that match a MongoDB filter, oldest first, with what the timeline shows of them. */
export const findTaskforces = (filter: object, after: string | null) =>
  query<Taskforce>("taskforces", "taskforces", filter, { fields: TASKFORCE_FIELDS, after });

/** The names of a workflow's public queues. An MQS of its own does not tell them here. */
export const readPublicQueues = (workflow: string): Promise<PublicQueue[]> =>
  call<{ mqprofiles: PublicQueue[] }>("GET", `/v1/mqs/workflows/${path(workflow)}/mq-profiles/public`).then(
    ({ mqprofiles }) => mqprofiles,
    () => [],
  );

/** Ends a workflow. */
export const deactivate = (id: string, action: "abort" | "finished") =>
  call<{ n_taskforces: number }>("POST", `/v1/workflows/${path(id)}/actions/${action}`, {});

/** Gives a task one more taskforce. */
export const addWorkers = (task: string, cluster_location: string, n_workers: number, wish: string) =>
  call<Taskforce>(
    "POST",
    `/v1/task-directives/${path(task)}/actions/add-workers`,
    { cluster_location, n_workers },
    // Another number, or another place, is another wish.
    { "idempotency-key": `${wish}-${n_workers}-${encodeURIComponent(cluster_location)}` },
  );

/** Names what a person wants, so that it takes effect once however often it is sent. `randomUUID` is there over HTTPS only. */
export const newWish = (): string => crypto.getRandomValues(new BigUint64Array(2)).join("-");
