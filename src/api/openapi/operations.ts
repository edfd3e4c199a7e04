/** Name and summary of an operation. Generated clients have a function of that name. */
export interface Operation {
  id: string;
  summary: string;
}

const operation = (id: string, summary: string): Operation => ({ id, summary });

/** All operations of the document by method and path. */
export const OPERATIONS: Readonly<Record<string, Operation>> = {
  "get /v1/": operation("testAccess", "Test access"),
  "post /v1/workflows": operation("createWorkflow", "Create a workflow"),
  "get /v1/workflows/{workflow_id}": operation("getWorkflow", "Get a workflow"),
  "post /v1/query/workflows": operation("queryWorkflows", "Find workflows"),
  "get /v1/workflows/{workflow_id}/summary": operation("getWorkflowSummary", "Get the sums of a workflow"),
  "get /v1/workflows/{workflow_id}/history": operation("getWorkflowHistory", "Get how a workflow changed over time"),
  "get /v1/workflows/{workflow_id}/request": operation(
    "getWorkflowRequest",
    "Get the request that would create a workflow again",
  ),
  "get /v1/workflows/{workflow_id}/diagnosis": operation("diagnoseWorkflow", "Explain what a workflow is waiting for"),
  "get /v1/workflows/{workflow_id}/annotations": operation("getAnnotations", "Get name, labels and note of a workflow"),
  "put /v1/workflows/{workflow_id}/annotations": operation(
    "putAnnotations",
    "Replace name, labels and note of a workflow",
  ),
  "get /v1/workflows/{workflow_id}/queues": operation("listQueues", "List the message queues of a workflow"),
  "get /v1/workflows/{workflow_id}/events": operation("watchWorkflow", "Stream the events of a workflow"),
  "post /v1/workflows/{workflow_id}/actions/abort": operation("abortWorkflow", "Abort a workflow"),
  "post /v1/workflows/{workflow_id}/actions/finished": operation("finishWorkflow", "Finish a workflow"),
  "post /v1/workflows/{workflow_id}/actions/retry": operation(
    "retryDeadLetters",
    "Retry the dead letters of a workflow",
  ),
  "get /v1/events": operation("watchAllWorkflows", "Stream the events of all workflows"),
  "get /v1/task-directives/{task_id}": operation("getTaskDirective", "Get a task directive"),
  "post /v1/query/task-directives": operation("queryTaskDirectives", "Find task directives"),
  "post /v1/task-directives/{task_id}/actions/add-workers": operation("addWorkers", "Add a taskforce to a task"),
  "get /v1/taskforces/{taskforce_uuid}": operation("getTaskforce", "Get a taskforce"),
  "post /v1/query/taskforces": operation("queryTaskforces", "Find taskforces"),
  "get /v1/taskforces/{taskforce_uuid}/diagnosis": operation(
    "diagnoseTaskforce",
    "Explain what a taskforce is waiting for",
  ),
  "get /v1/workflows": operation("listWorkflows", "List workflows"),
  "get /v1/locations": operation("listLocations", "List the cluster locations"),
  "get /v1/schedds": operation("listSchedds", "List the access points"),
  "get /v1/schedds/{schedd}": operation("getSchedd", "Get the queues of an access point"),
  "get /v1/schedds/{schedd}/diagnosis": operation("diagnoseSchedd", "Explain what hinders an access point"),
  "get /v1/stray-clusters": operation("listStrayClusters", "List stray clusters"),
  "delete /v1/stray-clusters/{stray_id}": operation("dismissStrayCluster", "Dismiss a stray cluster"),
  "post /v1/webhooks": operation("addWebhook", "Register a webhook"),
  "get /v1/webhooks": operation("listWebhooks", "List webhooks"),
  "get /v1/webhooks/{webhook_id}": operation("getWebhook", "Get a webhook and its last deliveries"),
  "delete /v1/webhooks/{webhook_id}": operation("removeWebhook", "Remove a webhook"),
  "post /v1/webhooks/{webhook_id}/actions/test": operation("testWebhook", "Call a webhook with a ping"),
  "get /v1/diagnosis": operation("diagnoseService", "Explain what hinders the service"),
  "get /v1/system": operation("getSystem", "Get the state of the service"),
  "get /v1/system/audit": operation("listOperatorActs", "List the last acts of operators"),
  "get /v1/mqs/workflows/{workflow_id}/mq-profiles/public": operation(
    "listPublicQueues",
    "List the public queues of a workflow",
  ),
  "get /v1/tms/pending-starter/taskforces": operation("leaseTaskforceToStart", "Lease the next taskforce to start"),
  "get /v1/tms/pending-stopper/taskforces": operation("leaseTaskforceToStop", "Lease the next taskforce to stop"),
  "post /v1/tms/condor-submit/taskforces/{taskforce_uuid}": operation("reportSubmit", "Report a condor-submit"),
  "post /v1/tms/condor-submit/taskforces/{taskforce_uuid}/failed": operation(
    "reportSubmitFailure",
    "Report a failed condor-submit",
  ),
  "post /v1/tms/condor-rm/taskforces/{taskforce_uuid}": operation("reportRemoval", "Report a condor-rm"),
  "post /v1/tms/condor-rm/taskforces/{taskforce_uuid}/failed": operation(
    "reportRemovalFailure",
    "Report a failed condor-rm",
  ),
  "post /v1/tms/condor-complete/taskforces/{taskforce_uuid}": operation(
    "reportCompletion",
    "Report the end of an HTCondor cluster",
  ),
  "post /v1/tms/statuses/taskforces": operation("reportStatuses", "Report the statuses of workers"),
  "get /v1/schema/openapi": operation("getOpenApiDocument", "Get this document"),
  "get /healthz": operation("getHealth", "Test whether the process is alive"),
  "get /readyz": operation("getReadiness", "Test whether the service can serve requests"),
};
