import type { Taskforce as ApiTaskforce, Phase } from "../../../client/src/apiTypes.js";
import type { components, paths } from "../../../client/src/schema.js";

/* Responses of the API, as far as the page reads them. Times are epoch seconds, durations seconds. */
export type * from "../../../client/src/apiTypes.js";
export type { EventData } from "../../../client/src/watchEvents.js";

type Schemas = components["schemas"];

/** A taskforce with all its fields. */
export type FullTaskforce = ApiTaskforce;
/** A taskforce with the fields of its log that the timeline shows. */
export type Taskforce = Omit<ApiTaskforce, "phase_change_log"> & {
  phase_change_log: { target_phase: Phase; timestamp: number; was_successful: boolean }[];
};
/** The errors of a taskforce. */
export type FailingTaskforce = Pick<ApiTaskforce, "taskforce_uuid" | "schedd" | "top_task_errors"> & {
  phase_change_log: { target_phase: Phase; timestamp: number; was_successful: boolean; context: string }[];
};
/** The workers and errors of a taskforce. */
export type TaskforceWithWorkers = Pick<
  ApiTaskforce,
  "taskforce_uuid" | "task_id" | "schedd" | "phase" | "compound_statuses" | "top_task_errors"
>;
/** What people wrote about a workflow, and who created it. */
export type ShownAnnotations = Schemas["WorkflowAnnotations"];
/** What people write about a workflow. */
export type Annotations = Required<Pick<ShownAnnotations, "name" | "labels" | "note">>;
/** A cluster location that a request may name. */
export type ClusterLocation = Schemas["ClusterLocation"];
/** An address that the service calls at events of workflows. */
export type Webhook = Schemas["Webhook"];
/** An attempt to call a webhook. */
export type WebhookDelivery = Schemas["WebhookDelivery"];
/** The body of a request for a new webhook. */
export type NewWebhook = paths["/v1/webhooks"]["post"]["requestBody"]["content"]["application/json"];
/** What hinders something. */
export type Diagnosis = Schemas["Diagnosis"];
/** The state of the service itself. */
export type SystemState = Schemas["SystemState"];
/** Whether a service answers that the WMS calls. */
export type UpstreamState = Schemas["UpstreamState"];
/** A Redis server to which the WMS writes. */
export type RedisServerState = Schemas["RedisServerState"];
/** Counts of a queue, and whether it is paused. */
export type QueueOverview = Schemas["QueueOverview"];
/** An act of an operator. */
export type AuditEntry = Schemas["AuditEntry"];
/** A cluster that HTCondor runs although its report was rejected. */
export type StrayCluster = Schemas["StrayCluster"];
/** Polls for a schedd that is not known. */
export type UnknownPoll = Schemas["UnknownPoll"];
/** The states of a workflow over its life. */
export type WorkflowHistory = Schemas["WorkflowHistory"];
/** A queue; with its contents only in the response about one schedd. */
export type QueueState = Schemas["QueueState"] & Partial<Schemas["QueueContents"]>;
/** A schedd and its two queues. */
export type Schedd = Omit<Schemas["ScheddState"], "starter" | "stopper"> & {
  starter: QueueState;
  stopper: QueueState;
};

/** A message queue of a workflow. */
export type WorkflowQueue = Schemas["WorkflowQueue"];
