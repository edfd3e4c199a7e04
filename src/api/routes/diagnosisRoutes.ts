import { diagnosisSchema } from "../../domain/diagnosis.js";
import type { Wms } from "../../lifecycle/context.js";
import { diagnoseTaskforce, diagnoseWorkflow } from "../../views/diagnosis/diagnose.js";
import { diagnoseSchedd, diagnoseService } from "../../views/diagnosis/diagnoseService.js";
import { type Route, route } from "../http/route.js";

const responses = { 200: { description: "The findings, the most important first.", schema: diagnosisSchema } };

/** Routes that explain what is waiting, and what needs attention. */
export const diagnosisRoutes = (wms: Wms): Route[] => [
  route({
    method: "get",
    path: "/v1/workflows/{workflow_id}/diagnosis",
    tag: "diagnosis",
    roles: ["user", "operator", "viewer"],
    isExtension: true,
    description: "Explains why a workflow is waiting, and what needs attention. `waiting_for` is the first finding.",
    responses,
    errors: [404],
    handle: async ({ params }) => JSON.stringify(await diagnoseWorkflow(wms, params.workflow_id)),
  }),
  route({
    method: "get",
    path: "/v1/taskforces/{taskforce_uuid}/diagnosis",
    tag: "diagnosis",
    roles: ["user", "operator", "viewer"],
    isExtension: true,
    description: "Explains why one taskforce is waiting, and what needs attention.",
    responses,
    errors: [404],
    handle: async ({ params }) => JSON.stringify(await diagnoseTaskforce(wms, params.taskforce_uuid)),
  }),
  route({
    method: "get",
    path: "/v1/schedds/{schedd}/diagnosis",
    tag: "diagnosis",
    roles: ["user", "system-tms", "operator", "viewer"],
    isExtension: true,
    description: "Lists what hinders the work of an access point.",
    responses,
    errors: [404],
    handle: async ({ params }) => JSON.stringify(await diagnoseSchedd(wms, params.schedd)),
  }),
  route({
    method: "get",
    path: "/v1/diagnosis",
    tag: "diagnosis",
    roles: ["user", "system-tms", "operator", "viewer"],
    isExtension: true,
    description: "Lists what hinders the service as a whole, and the access points.",
    responses,
    handle: async ({ seesOperatorDetails }) => JSON.stringify(await diagnoseService(wms, seesOperatorDetails)),
  }),
];
