import { z } from "zod";
import { isTaskId, workflowOf } from "../../domain/ids.js";
import { addWorkersSchema } from "../../domain/requestSchemas.js";
import { projectedTaskDirectiveSchema, taskDirectiveSchema } from "../../domain/taskDirective.js";
import { taskforceSchema } from "../../domain/taskforce.js";
import { type Wms, withRequestLog } from "../../lifecycle/context.js";
import { requireOwnership } from "../../lifecycle/ownership.js";
import { addWorkersOnce } from "../../lifecycle/repeatableRequests.js";
import { readEntity } from "../../views/query/readEntities.js";
import { type Route, route } from "../http/route.js";
import { queryRoute } from "./queryRoute.js";

/** Routes about task directives. */
export const taskDirectiveRoutes = (wms: Wms): Route[] => [
  route({
    method: "get",
    path: "/v1/task-directives/{task_id}",
    tag: "task-directives",
    roles: ["user", "viewer"],
    description: "Returns one task directive.",
    responses: { 200: { description: "The task directive.", schema: taskDirectiveSchema } },
    errors: [404],
    handle: ({ params }) => readEntity(wms, "task", params.task_id),
  }),
  route({
    method: "post",
    path: "/v1/task-directives/{task_id}/actions/add-workers",
    tag: "task-directives",
    roles: ["user", "system-tms", "operator"],
    description:
      "Adds a taskforce to a task, with the configuration of its first one. It starts before other waiting taskforces.",
    body: { schema: addWorkersSchema, required: true },
    responses: { 200: { description: "The new taskforce.", schema: taskforceSchema } },
    isRepeatable: true,
    errors: [404, 409, 422],
    async handle({ params: { task_id }, body, caller, source, log, repeatable }) {
      if (isTaskId(task_id)) await requireOwnership(wms, workflowOf(task_id), caller);
      const own = withRequestLog(wms, log);
      const { result, replayed } = await addWorkersOnce(own, task_id, body, source, repeatable);
      return { text: JSON.stringify(result), replayed };
    },
  }),
  queryRoute(wms, {
    kind: "task",
    plural: "task-directives",
    roles: ["user", "viewer"],
    schema: z.union([taskDirectiveSchema, projectedTaskDirectiveSchema]),
  }),
];
