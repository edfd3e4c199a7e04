import workflowRequest from "../../../examples/workflow.json" with { type: "json" };

import { workflowHistory } from "./exampleHistory.js";
import {
  annotations,
  CREATED,
  compoundStatuses,
  diagnosis,
  digest,
  emptyQueue,
  NOW,
  operatorAct,
  pendingTaskforce,
  phaseEvent,
  profile,
  queueDepth,
  runningTaskforce,
  SCHEDD,
  STRAY_ID,
  SUBMITTED,
  scheddFacts,
  stoppingTaskforce,
  strayCluster,
  submitReport,
  summary,
  system,
  TASK_ID,
  TASKFORCE_UUID,
  taskDirective,
  topTaskErrors,
  WORKFLOW_ID,
  workflow,
} from "./exampleObjects.js";
import { webhook, webhookDelivery } from "./webhookExamples.js";

/** Examples of one operation. */
export interface OperationExamples {
  body?: object;
  /** By status. */
  responses?: Readonly<Record<number, unknown>>;
}

/** Examples of parameters by name. */
export const PARAMETER_EXAMPLES: Readonly<Record<string, string | number>> = {
  workflow_id: WORKFLOW_ID,
  task_id: TASK_ID,
  taskforce_uuid: TASKFORCE_UUID,
  schedd: SCHEDD,
  stray_id: STRAY_ID,
  webhook_id: webhook.webhook_id,
  limit: 100,
};

/** The error of an example, by status. */
export const ERROR_EXAMPLES: Readonly<Record<number, string>> = {
  400: "tasks[0].n_workers: must be an integer",
  401: "the token has expired",
  403: "this needs the role user",
  404: `no workflow found with id: ${WORKFLOW_ID}`,
  409: "a request with this Idempotency-Key is in progress",
  413: "the body is larger than 33554432 bytes",
  422: `cannot add a taskforce to a deactivated workflow (${WORKFLOW_ID})`,
  429: "too many requests: try again in 7 s",
  500: "internal error",
  502: "the message queue service rejected the request: unknown alias",
  503: "the database is not available, try again later",
};

const reported = { 200: { taskforce_uuid: TASKFORCE_UUID } };
const deactivated = { 200: { workflow_id: WORKFLOW_ID, n_taskforces: 2 } };
const statusUpdated = { uuid: TASKFORCE_UUID, status: "updated" };
const statusFailed = { uuid: TASKFORCE_UUID.replace(/.$/, "c"), status: "failed", error: "no such taskforce" };

/** Examples by the id of the operation. They describe one workflow: that of `examples/workflow.json`. */
export const EXAMPLES: Readonly<Record<string, OperationExamples>> = {
  testAccess: { responses: { 200: {} } },
  createWorkflow: {
    body: workflowRequest,
    responses: { 200: { workflow, task_directives: [taskDirective], taskforces: [pendingTaskforce] } },
  },
  getWorkflow: { responses: { 200: workflow } },
  queryWorkflows: {
    body: { query: { deactivated: null, priority: { $gte: 50 } }, projection: ["workflow_id", "priority"] },
    responses: { 200: { workflows: [{ workflow_id: WORKFLOW_ID, priority: 60 }], next_after: null } },
  },
  getWorkflowSummary: { responses: { 200: summary } },
  getWorkflowHistory: { responses: { 200: workflowHistory } },
  getWorkflowRequest: { responses: { 200: workflowRequest } },
  diagnoseWorkflow: { responses: { 200: diagnosis } },
  watchWorkflow: { responses: { 200: phaseEvent } },
  watchAllWorkflows: { responses: { 200: phaseEvent } },
  abortWorkflow: { responses: deactivated },
  finishWorkflow: { responses: deactivated },
  retryDeadLetters: { responses: { 200: { workflow_id: WORKFLOW_ID, n_taskforces: 1 } } },
  getTaskDirective: { responses: { 200: taskDirective } },
  queryTaskDirectives: {
    body: { query: { workflow_id: WORKFLOW_ID } },
    responses: { 200: { task_directives: [taskDirective], next_after: null } },
  },
  addWorkers: { body: { cluster_location: "osg", n_workers: 10 }, responses: { 200: pendingTaskforce } },
  getTaskforce: { responses: { 200: runningTaskforce } },
  queryTaskforces: {
    body: {
      query: { schedd: SCHEDD, phase: { $in: ["pending-starter", "condor-submit"] } },
      projection: ["taskforce_uuid", "phase"],
    },
    responses: { 200: { taskforces: [{ taskforce_uuid: TASKFORCE_UUID, phase: "condor-submit" }], next_after: null } },
  },
  listWorkflows: { responses: { 200: { workflows: [digest], next_after: null, is_cut_short: false } } },
  getAnnotations: { responses: { 200: annotations } },
  putAnnotations: {
    body: { name: annotations.name, labels: annotations.labels, note: annotations.note },
    responses: { 200: annotations },
  },
  listQueues: {
    responses: {
      200: {
        queues: [
          { mqid: "MQ-6b0ca73d-c2072fb5-fd4e945bf2a6b144", alias: "frames", is_public: true },
          { mqid: "MQ-6b0ca73d-c2072fb5-3e3846ae39fe5947", alias: "maps", is_public: false },
        ],
      },
    },
  },
  diagnoseTaskforce: { responses: { 200: diagnosis } },
  listLocations: {
    responses: {
      200: {
        locations: [
          { location: "OSG", alias_of: "osg", schedd: SCHEDD, last_poll: scheddFacts.last_poll, is_polling: true },
          { location: "osg", alias_of: null, schedd: SCHEDD, last_poll: scheddFacts.last_poll, is_polling: true },
        ],
      },
    },
  },
  listSchedds: {
    responses: {
      200: {
        schedds: [{ ...scheddFacts, starter: queueDepth, stopper: emptyQueue }],
        unknown_polls: [{ schedd: "grid-submiter.icecube.wisc.edu", first_poll: CREATED, last_poll: NOW }],
      },
    },
  },
  getSchedd: {
    responses: {
      200: {
        ...scheddFacts,
        starter: {
          ...queueDepth,
          dead_letters: [],
          leases: [{ taskforce_uuid: TASKFORCE_UUID, since: SUBMITTED }],
          next: ["TF-6b0ca73d-c2072fb5-ffcf30d6-deead416"],
        },
        stopper: { ...emptyQueue, dead_letters: [], leases: [], next: [] },
        stray_clusters: [strayCluster],
      },
    },
  },
  diagnoseSchedd: { responses: { 200: diagnosis } },
  listStrayClusters: { responses: { 200: { stray_clusters: [strayCluster] } } },
  dismissStrayCluster: { responses: { 200: { id: STRAY_ID } } },
  addWebhook: {
    body: { url: webhook.url, events: webhook.events, scope: { label: "season=IC86.2024" } },
    responses: { 200: { ...webhook, secret: "4mZ9rT1yQ8uJ2vK6xB0nD3sF5gH7wL" } },
  },
  listWebhooks: { responses: { 200: { webhooks: [webhook] } } },
  getWebhook: { responses: { 200: { ...webhook, deliveries: [webhookDelivery] } } },
  removeWebhook: { responses: { 200: { webhook_id: webhook.webhook_id } } },
  testWebhook: { responses: { 200: { webhook_id: webhook.webhook_id, delivery_id: webhookDelivery.delivery_id } } },
  diagnoseService: { responses: { 200: diagnosis } },
  getSystem: { responses: { 200: system } },
  listOperatorActs: { responses: { 200: { entries: [operatorAct] } } },
  listPublicQueues: { responses: { 200: { mqprofiles: [profile] } } },
  leaseTaskforceToStart: {
    responses: { 200: { taskforce: pendingTaskforce, task_directive: taskDirective, mqprofiles: [profile] } },
  },
  leaseTaskforceToStop: { responses: { 200: stoppingTaskforce } },
  reportSubmit: { body: submitReport, responses: reported },
  reportSubmitFailure: { body: { error: "schedd is not reachable" }, responses: reported },
  reportRemoval: { responses: reported },
  reportRemovalFailure: { body: { error: "no such cluster" }, responses: reported },
  reportCompletion: { body: { condor_complete_ts: 1795992000 }, responses: reported },
  reportStatuses: {
    body: {
      compound_statuses_by_taskforce: { [TASKFORCE_UUID]: compoundStatuses },
      top_task_errors_by_taskforce: { [TASKFORCE_UUID]: topTaskErrors },
    },
    responses: { 200: { results: [statusUpdated] }, 207: { results: [statusFailed, statusUpdated] } },
  },
  getOpenApiDocument: { responses: { 200: { openapi: "3.1.0" } } },
  getHealth: { responses: { 200: { status: "alive" } } },
  getReadiness: {
    responses: {
      200: {
        status: "ready",
        checks: {
          redis: { status: "ok", seconds: 0.0004 },
          layout: { status: "ok", version: 2, partitions: 16 },
          workers: { status: "ok", count: 2 },
          draining: false,
        },
      },
    },
  },
};
