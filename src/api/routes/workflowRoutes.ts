import { z } from "zod";
import { displayNameOf } from "../../domain/caller.js";
import { historySchema } from "../../domain/history.js";
import { type CreateWorkflowRequest, createWorkflowSchema } from "../../domain/requestSchemas.js";
import { uniqueArray } from "../../domain/schemaParts.js";
import { summarySchema } from "../../domain/summary.js";
import { taskDirectiveSchema } from "../../domain/taskDirective.js";
import { taskforceSchema } from "../../domain/taskforce.js";
import { type Deactivation, workflowSchema } from "../../domain/workflow.js";
import { type Wms, withRequestLog } from "../../lifecycle/context.js";
import { requireOwnership } from "../../lifecycle/ownership.js";
import { createWorkflowOnce, deactivateWorkflowOnce } from "../../lifecycle/repeatableRequests.js";
import { retryDeadLetters } from "../../lifecycle/retryTaskforce.js";
import type { WholeWorkflow } from "../../store/creation.js";
import { readEntity } from "../../views/query/readEntities.js";
import { rebuildRequest } from "../../views/request/rebuildRequest.js";
import { readHistory } from "../../views/summary/readHistory.js";
import { readSummary } from "../../views/summary/readSummary.js";
import { type Route, route } from "../http/route.js";
import { annotationHeadersSchema, annotationsFromHeaders } from "./annotationHeaders.js";
import { stringifyInChunks } from "./jsonChunks.js";
import { queryRoute } from "./queryRoute.js";

const createdSchema = z.strictObject({
  workflow: workflowSchema,
  task_directives: uniqueArray(taskDirectiveSchema, { description: "One for each task of the request." }),
  taskforces: uniqueArray(taskforceSchema, { description: "One for each task and cluster location." }),
});

const deactivatedSchema = z
  .strictObject({
    workflow_id: z.string().meta({ description: "The deactivated workflow." }),
    n_taskforces: z.int().meta({ description: "Number of its taskforces that will be stopped." }),
  })
  .meta({ id: "DeactivatedWorkflowResponseObject" });

const retriedSchema = z.strictObject({
  workflow_id: z.string(),
  n_taskforces: z.int().meta({ description: "Number of its dead letters that were retried." }),
});

/** Serializes a new workflow in pieces. A large one has tens of megabytes, which would block all other requests. */
async function stringifyCreated({ workflow, task_directives, taskforces }: WholeWorkflow): Promise<string[]> {
  return [
    `{"workflow":${JSON.stringify(workflow)},"task_directives":[`,
    ...(await stringifyInChunks(task_directives)),
    `],"taskforces":[`,
    ...(await stringifyInChunks(taskforces)),
    "]}",
  ];
}

/** Serializes a rebuilt request in pieces, like {@link stringifyCreated}. */
async function stringifyRequest({ tasks, ...rest }: CreateWorkflowRequest): Promise<string[]> {
  return [`${JSON.stringify(rest).slice(0, -1)},"tasks":[`, ...(await stringifyInChunks(tasks)), "]}"];
}

/** Routes about workflows. */
export const workflowRoutes = (wms: Wms): Route[] => [
  route({
    method: "post",
    path: "/v1/workflows",
    tag: "workflows",
    roles: ["user"],
    description: "Creates a workflow with its task directives and taskforces, all or none.",
    headers: annotationHeadersSchema,
    body: { schema: createWorkflowSchema, required: true },
    responses: { 200: { description: "The new workflow, task directives and taskforces.", schema: createdSchema } },
    isRepeatable: true,
    errors: [409, 422, 502],
    async handle({ body, headers, caller, client, log, repeatable }) {
      const { subject, name = null, groups = [] } = caller;
      const creator = { subject, name, groups: [...groups], client };
      const origin = { creator, annotations: annotationsFromHeaders(headers) };
      const { result, replayed } = await createWorkflowOnce(withRequestLog(wms, log), body, repeatable, origin);
      return { text: await stringifyCreated(result), replayed };
    },
  }),
  route({
    method: "get",
    path: "/v1/workflows/{workflow_id}",
    tag: "workflows",
    roles: ["user", "viewer"],
    description: "Returns one workflow.",
    responses: { 200: { description: "The workflow.", schema: workflowSchema } },
    errors: [404],
    handle: ({ params }) => readEntity(wms, "workflow", params.workflow_id),
  }),
  route({
    method: "get",
    path: "/v1/workflows/{workflow_id}/summary",
    tag: "workflows",
    roles: ["user", "operator", "viewer"],
    isExtension: true,
    description:
      "Returns a summary of a workflow: counts of its taskforces, failures, and what it is waiting for. It includes all " +
      "reports up to now; with thousands of taskforces it may be a moment old.",
    responses: { 200: { description: "The summary.", schema: summarySchema } },
    errors: [404],
    handle: async ({ params }) => JSON.stringify(await readSummary(wms, params.workflow_id)),
  }),
  route({
    method: "get",
    path: "/v1/workflows/{workflow_id}/history",
    tag: "workflows",
    roles: ["user", "operator", "viewer"],
    isExtension: true,
    description:
      "Returns how the workers and taskforces of a workflow changed over time, as samples. They follow the summaries: a " +
      "change of the last moment may be missing.",
    responses: { 200: { description: "The samples.", schema: historySchema } },
    errors: [404],
    handle: async ({ params }) => JSON.stringify(await readHistory(wms, params.workflow_id)),
  }),
  route({
    method: "get",
    path: "/v1/workflows/{workflow_id}/request",
    tag: "workflows",
    roles: ["user", "operator", "viewer"],
    isExtension: true,
    description:
      "Returns the body of a request that would create an equal workflow again, rebuilt from the task directives, the " +
      "first taskforce of each, and the queues.",
    responses: { 200: { description: "A body for POST /v1/workflows.", schema: createWorkflowSchema } },
    errors: [404, 422, 502],
    handle: async ({ params }) => stringifyRequest(await rebuildRequest(wms, params.workflow_id)),
  }),
  deactivationRoute(wms, "abort", "ABORTED", "Aborts a workflow."),
  deactivationRoute(wms, "finished", "FINISHED", "Marks a workflow as finished."),
  route({
    method: "post",
    path: "/v1/workflows/{workflow_id}/actions/retry",
    tag: "workflows",
    roles: ["operator"],
    isExtension: true,
    description: "Retries all dead letters of a workflow: they are handed out as if they had never failed.",
    responses: { 200: { description: "The number of retried taskforces.", schema: retriedSchema } },
    errors: [404],
    async handle({ params: { workflow_id }, caller, log }) {
      const n_taskforces = await retryDeadLetters(withRequestLog(wms, log), workflow_id, displayNameOf(caller));
      return JSON.stringify({ workflow_id, n_taskforces });
    },
  }),
  queryRoute(wms, {
    kind: "workflow",
    plural: "workflows",
    roles: ["user", "system-tms", "viewer"],
    schema: workflowSchema,
  }),
];

const deactivationRoute = (
  wms: Wms,
  action: "abort" | "finished",
  deactivation: Deactivation,
  description: string,
): Route =>
  route({
    method: "post",
    path: `/v1/workflows/{workflow_id}/actions/${action}`,
    tag: "workflows",
    roles: ["user", "operator"],
    description: `${description} No more of its taskforces start, and the running ones are stopped.`,
    responses: { 200: { description: "The number of taskforces that will be stopped.", schema: deactivatedSchema } },
    isRepeatable: true,
    errors: [404, 409, 422],
    async handle({ params, caller, log, repeatable }) {
      const { workflow_id } = params;
      await requireOwnership(wms, workflow_id, caller);
      const own = withRequestLog(wms, log);
      const { result, replayed } = await deactivateWorkflowOnce(own, workflow_id, deactivation, repeatable);
      return { text: JSON.stringify(result), replayed };
    },
  });
