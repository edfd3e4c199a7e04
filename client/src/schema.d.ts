// Made by `npm run docs` from the service's own OpenAPI document; a test keeps it true.
export interface paths {
    "/healthz": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Test whether the process is alive
         * @description Whether the process is alive.
         */
        get: operations["getHealth"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/readyz": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Test whether the service can serve requests
         * @description Whether the service can serve requests. 503 while Redis is unreachable or refuses writes, while its data has another layout, and while the service is draining.
         */
        get: operations["getReadiness"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Test access
         * @description Returns an empty object. Clients test their access with it.
         */
        get: operations["testAccess"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/diagnosis": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Explain what hinders the service
         * @description Lists what hinders the service as a whole, and the access points.
         */
        get: operations["diagnoseService"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Stream the events of all workflows
         * @description Streams the events of all workflows as server-sent events. The stream has no end. Events of one workflow are in order.
         */
        get: operations["watchAllWorkflows"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/locations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the cluster locations
         * @description Lists the cluster locations that a request may name, with their access points and whether a TMS polls there.
         */
        get: operations["listLocations"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/mqs/workflows/{workflow_id}/mq-profiles/public": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the public queues of a workflow
         * @description Lists the public queues of a workflow, which programs of the user write to or read from.
         */
        get: operations["listPublicQueues"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/query/task-directives": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Find task directives
         * @description Returns one page of the task directives that match a MongoDB filter, oldest first. The header Ewms-Query-Plan says which indexes the query read, how many entities it looked at, and why the page ends.
         */
        post: operations["queryTaskDirectives"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/query/taskforces": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Find taskforces
         * @description Returns one page of the taskforces that match a MongoDB filter, oldest first. The header Ewms-Query-Plan says which indexes the query read, how many entities it looked at, and why the page ends.
         */
        post: operations["queryTaskforces"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/query/workflows": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Find workflows
         * @description Returns one page of the workflows that match a MongoDB filter, oldest first. The header Ewms-Query-Plan says which indexes the query read, how many entities it looked at, and why the page ends.
         */
        post: operations["queryWorkflows"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/schedds": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the access points
         * @description Lists all access points with the state of their queues and the last poll of their TMS.
         */
        get: operations["listSchedds"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/schedds/{schedd}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get the queues of an access point
         * @description Returns one access point, including its leased taskforces, its dead letters, and the next taskforces in its queues.
         */
        get: operations["getSchedd"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/schedds/{schedd}/diagnosis": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Explain what hinders an access point
         * @description Lists what hinders the work of an access point.
         */
        get: operations["diagnoseSchedd"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/schema/openapi": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get this document
         * @description Returns the OpenAPI 3.1 document of the API.
         */
        get: operations["getOpenApiDocument"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/stray-clusters": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List stray clusters
         * @description Lists HTCondor clusters whose submission reports were rejected: HTCondor runs them, and the service never stops them. The newest 1,000 are kept.
         */
        get: operations["listStrayClusters"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/stray-clusters/{stray_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Dismiss a stray cluster
         * @description Removes a cluster from the list, for example after a condor_rm. HTCondor is not called.
         */
        delete: operations["dismissStrayCluster"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/system": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get the state of the service
         * @description Returns the state of the service itself: its processes, Redis, the services that it calls, and its queues.
         */
        get: operations["getSystem"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/system/audit": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the last acts of operators
         * @description Returns the last acts of operators on the dashboard and the page, newest first. Redis keeps 1000.
         */
        get: operations["listOperatorActs"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/task-directives/{task_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get a task directive
         * @description Returns one task directive.
         */
        get: operations["getTaskDirective"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/task-directives/{task_id}/actions/add-workers": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Add a taskforce to a task
         * @description Adds a taskforce to a task, with the configuration of its first one. It starts before other waiting taskforces.
         */
        post: operations["addWorkers"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/taskforces/{taskforce_uuid}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get a taskforce
         * @description Returns one taskforce.
         */
        get: operations["getTaskforce"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/taskforces/{taskforce_uuid}/diagnosis": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Explain what a taskforce is waiting for
         * @description Explains why one taskforce is waiting, and what needs attention.
         */
        get: operations["diagnoseTaskforce"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/tms/condor-complete/taskforces/{taskforce_uuid}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Report the end of an HTCondor cluster
         * @description Reports that the HTCondor cluster of a taskforce ended.
         */
        post: operations["reportCompletion"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/tms/condor-rm/taskforces/{taskforce_uuid}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Report a condor-rm
         * @description Reports that a taskforce was removed from HTCondor.
         */
        post: operations["reportRemoval"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/tms/condor-rm/taskforces/{taskforce_uuid}/failed": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Report a failed condor-rm
         * @description Reports that the removal of a taskforce from HTCondor failed. Ends only a lease of the same caller.
         */
        post: operations["reportRemovalFailure"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/tms/condor-submit/taskforces/{taskforce_uuid}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Report a condor-submit
         * @description Reports that a taskforce was submitted to HTCondor. The body must have cluster_id, n_workers, submit_dict and job_event_log_fpath; other fields are ignored. A large submit_dict or path is cut.
         */
        post: operations["reportSubmit"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/tms/condor-submit/taskforces/{taskforce_uuid}/failed": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Report a failed condor-submit
         * @description Reports that the submission of a taskforce to HTCondor failed. Ends only a lease of the same caller.
         */
        post: operations["reportSubmitFailure"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/tms/pending-starter/taskforces": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Lease the next taskforce to start
         * @description Leases the next taskforce to submit to HTCondor. The lease ends with a report or after a time limit.
         */
        get: operations["leaseTaskforceToStart"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/tms/pending-stopper/taskforces": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Lease the next taskforce to stop
         * @description Leases the next taskforce to remove from HTCondor. The lease ends with a report or after a time limit.
         */
        get: operations["leaseTaskforceToStop"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/tms/statuses/taskforces": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Report the statuses of workers
         * @description Replaces the worker statuses or errors of many taskforces. At least one of the two maps is required. Large maps are cut.
         */
        post: operations["reportStatuses"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/webhooks": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List webhooks
         * @description Lists the caller's webhooks; for operators and viewers, those of all callers.
         */
        get: operations["listWebhooks"];
        put?: never;
        /**
         * Register a webhook
         * @description Registers an address that the service calls at events of workflows: the caller's own ones, those with a label, or all (operators only). Each caller may have 20.
         */
        post: operations["addWebhook"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/webhooks/{webhook_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get a webhook and its last deliveries
         * @description Returns a webhook and the outcomes of the last attempts to call it.
         */
        get: operations["getWebhook"];
        put?: never;
        post?: never;
        /**
         * Remove a webhook
         * @description Removes a webhook. Deliveries that wait are dropped.
         */
        delete: operations["removeWebhook"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/webhooks/{webhook_id}/actions/test": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Call a webhook with a ping
         * @description Calls a webhook once with the event `ping`. The webhook shows the outcome.
         */
        post: operations["testWebhook"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/workflows": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List workflows
         * @description Lists workflows for people: one row for each, with its state, its sums and its first finding.
         */
        get: operations["listWorkflows"];
        put?: never;
        /**
         * Create a workflow
         * @description Creates a workflow with its task directives and taskforces, all or none.
         */
        post: operations["createWorkflow"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/workflows/{workflow_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get a workflow
         * @description Returns one workflow.
         */
        get: operations["getWorkflow"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/workflows/{workflow_id}/actions/abort": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Abort a workflow
         * @description Aborts a workflow. No more of its taskforces start, and the running ones are stopped.
         */
        post: operations["abortWorkflow"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/workflows/{workflow_id}/actions/finished": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Finish a workflow
         * @description Marks a workflow as finished. No more of its taskforces start, and the running ones are stopped.
         */
        post: operations["finishWorkflow"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/workflows/{workflow_id}/actions/retry": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Retry the dead letters of a workflow
         * @description Retries all dead letters of a workflow: they are handed out as if they had never failed.
         */
        post: operations["retryDeadLetters"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/workflows/{workflow_id}/annotations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get name, labels and note of a workflow
         * @description Returns the name, labels and note of a workflow, and who created it.
         */
        get: operations["getAnnotations"];
        /**
         * Replace name, labels and note of a workflow
         * @description Replaces the name, labels and note of a workflow. Those that the body lacks are removed.
         */
        put: operations["putAnnotations"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/workflows/{workflow_id}/diagnosis": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Explain what a workflow is waiting for
         * @description Explains why a workflow is waiting, and what needs attention. `waiting_for` is the first finding.
         */
        get: operations["diagnoseWorkflow"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/workflows/{workflow_id}/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Stream the events of a workflow
         * @description Streams the events of a workflow as server-sent events. The stream has no end.
         */
        get: operations["watchWorkflow"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/workflows/{workflow_id}/history": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get how a workflow changed over time
         * @description Returns how the workers and taskforces of a workflow changed over time, as samples. They follow the summaries: a change of the last moment may be missing.
         */
        get: operations["getWorkflowHistory"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/workflows/{workflow_id}/queues": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the message queues of a workflow
         * @description Lists the message queues of a workflow, also internal ones, by alias; none before their activation.
         */
        get: operations["listQueues"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/workflows/{workflow_id}/request": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get the request that would create a workflow again
         * @description Returns the body of a request that would create an equal workflow again, rebuilt from the task directives, the first taskforce of each, and the queues.
         */
        get: operations["getWorkflowRequest"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/workflows/{workflow_id}/summary": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get the sums of a workflow
         * @description Returns a summary of a workflow: counts of its taskforces, failures, and what it is waiting for. It includes all reports up to now; with thousands of taskforces it may be a moment old.
         */
        get: operations["getWorkflowSummary"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /** @description An act of an operator. Long texts are cut. */
        AuditEntry: {
            /** @description Such as `retry`, `pause`, `abort`; null: refused before the action was known. */
            action: string | null;
            /** @description The address of the client. */
            address: string;
            /** @description The job, which is the id of a taskforce or workflow. */
            job: string | null;
            /** @description After `retry all`, the number of retried jobs. */
            jobs: number | null;
            method: string;
            operator: string;
            /** @description `done`, `refused`, `failed`, or `unknown` if the connection broke. */
            outcome: string;
            /** @description The path of the request; it holds the id of a workflow or task. */
            path: string;
            /** @description The queue of an action on the dashboard. */
            queue: string | null;
            /** @description Why the dashboard refused the action. */
            refusal: string | null;
            /** @description The `X-Request-Id`, for a search in the logs. */
            request: string;
            /** @description The HTTP status. */
            status: number;
            /** @description The end of the response. */
            time: number;
        };
        /** @description A cluster location that a request may name. */
        ClusterLocation: {
            /** @description The location of which this one is another name; null: it is no alias. */
            alias_of: string | null;
            /** @description False: the last poll is too long ago, taskforces would wait. */
            is_polling: boolean;
            /** @description When a TMS last polled there, to a few seconds; null when no poll is known. */
            last_poll: number | null;
            /** @description What a request gives as cluster location. */
            location: string;
            /** @description The access point that runs its taskforces. */
            schedd: string;
        };
        /** @description The workflow was created, with its task directives and taskforces. */
        CreatedEvent: {
            /** @description When it happened, in epoch seconds. */
            timestamp: number;
            /** @description The workflow of the event. */
            workflow_id: string;
        };
        /** @description The workflow was aborted or finished. */
        DeactivatedEvent: {
            /**
             * @description Why the workflow no longer runs.
             * @enum {string}
             */
            deactivated: "ABORTED" | "FINISHED";
            /** @description When it happened, in epoch seconds. */
            timestamp: number;
            /** @description The workflow of the event. */
            workflow_id: string;
        };
        DeactivatedWorkflowResponseObject: {
            /** @description Number of its taskforces that will be stopped. */
            n_taskforces: number;
            /** @description The deactivated workflow. */
            workflow_id: string;
        };
        /** @description Why something is waiting, or what needs attention. */
        Diagnosis: {
            /** @description The most important first; 50 at most. */
            findings: components["schemas"]["Finding"][];
            /** @description Number of findings that are left out. */
            n_omitted: number;
        };
        /** @description The body of every response with a status of 400 or above. */
        ErrorResponse: {
            /** @description The HTTP status. */
            code: number;
            /** @description The reason; also the HTTP reason phrase, in Latin-1. */
            error: string;
        };
        /** @description One reason why something is waiting or needs attention. */
        Finding: {
            /** @description What to do; null when nothing has to be done. */
            action: string | null;
            /**
             * @description Which finding; docs/operations/findings.md lists them.
             * @enum {string}
             */
            code: "no-worker" | "mqs-failing" | "identity-provider-failing" | "pilot-images-missing" | "queue-paused" | "schedd-removed" | "dead-letters" | "activation-refused" | "schedd-silent" | "hand-outs-unreported" | "stray-clusters" | "submissions-failing" | "removals-failing" | "activation-failing" | "workers-held" | "unknown-schedd-polls" | "redis-memory-short" | "redis-not-persistent" | "clock-differs" | "versions-differ" | "all-completed" | "workers-idle" | "deactivation-under-way" | "activation-waiting" | "launching" | "handed-out" | "jobs-ahead" | "schedd-waiting" | "removal-waiting" | "never-started";
            /** @description The finding in one sentence, without a capital and a full stop. */
            sentence: string;
            /**
             * @description error: nothing proceeds until a person acts. warning: needs attention. info: the normal course.
             * @enum {string}
             */
            severity: "error" | "warning" | "info";
            /** @description Since when; null when that is unknown. */
            since: number | null;
            /** @description What the finding is about. The id of the service is empty. */
            subject: {
                id: string;
                /** @enum {string} */
                kind: "workflow" | "taskforce" | "schedd" | "queue" | "service";
            };
        };
        /** @description What to search for. */
        FindObject: {
            /** @description The next_after of the previous page. */
            after?: string;
            /** @description Fields to return; dots reach into objects. */
            projection?: string[];
            /** @description A MongoDB filter; {} matches everything. */
            query: {
                [key: string]: unknown;
            };
        };
        /** @description The events after the given id are no longer stored: read the state again, then follow the stream. */
        GapEvent: Record<string, never>;
        /** @description An entry was appended to a taskforce's phase_change_log. */
        PhaseEvent: {
            /** @description The phase it was in; null for a new taskforce. */
            from: ("pre-mq-activation" | "pre-launch" | "pending-starter" | "condor-submit" | "pending-stopper" | "condor-rm" | "condor-complete") | null;
            /**
             * @description The phase that was to be reached.
             * @enum {string}
             */
            phase: "pre-mq-activation" | "pre-launch" | "pending-starter" | "condor-submit" | "pending-stopper" | "condor-rm" | "condor-complete";
            /** @description The HTCondor access point. */
            schedd: string;
            /** @description The task directive that the taskforce runs. */
            task_id: string;
            /** @description The taskforce. */
            taskforce_uuid: string;
            /** @description When the attempt was recorded, in epoch seconds. */
            timestamp: number;
            /** @description Whether the phase changed. */
            was_successful: boolean;
            /** @description The workflow of the event. */
            workflow_id: string;
        };
        /** @description A live process. A process of an earlier release reports only a part. */
        ProcessState: {
            /** @description How far its machine's clock is ahead of the one of Redis. */
            clock_difference_seconds: number | null;
            /** @description Open HTTP connections of clients; null without the role web. */
            connections: number | null;
            /** @description 99th percentile between the last two heartbeats, in milliseconds. */
            event_loop_delay_ms: number | null;
            /** @description The name of its machine; null for callers who are not operators. */
            host: string | null;
            id: string;
            /** @description The process id; null for callers who are not operators. */
            pid: number | null;
            /** @description Its last pass; null: none yet, or no worker. */
            reconcile: components["schemas"]["ReconcilePass"] | null;
            /** @description `web`, `worker`, or `web worker`. */
            role: string;
            /** @description Memory of the process (resident set size). */
            rss_bytes: number | null;
            /** @description The last heartbeat; one follows every 2 s. */
            seen: number;
            started: number;
            upstreams: {
                /** @description Null: not called. */
                identity_provider: components["schemas"]["UpstreamState"] | null;
                /** @description Null: not called, or embedded. */
                mqs: components["schemas"]["UpstreamState"] | null;
                /** @description The directory of pilot images. Null: none is configured. */
                pilot_images: components["schemas"]["UpstreamState"] | null;
            };
            version: string;
        };
        /** @description Parts of a task directive that a projection named. */
        ProjectedTaskDirective: {
            cluster_locations?: string[];
            /** @description Arguments for the init image. */
            init_args?: string;
            /** @description Environment of the init container. */
            init_env?: {
                [key: string]: string;
            };
            /** @description Container image that runs once on each worker, before the first event. */
            init_image?: string;
            /** @description Ids of the message queues with the events. */
            input_queues?: string[];
            /** @description Ids of the message queues for the results. */
            output_queues?: string[];
            /** @description Arguments for the task image. */
            task_args?: string;
            /** @description Environment of the task container. */
            task_env?: {
                [key: string]: string;
            };
            /** @description TK-<workflow id without WF->-<8 hex>. */
            task_id?: string;
            /** @description Container image that runs for each event. An unpacked Apptainer directory starts fastest. */
            task_image?: string;
            /** @description When the directive was created, in epoch seconds. */
            timestamp?: number;
            /** @description The workflow it belongs to. */
            workflow_id?: string;
        };
        /** @description Parts of a taskforce that a projection named. */
        ProjectedTaskforce: {
            /** @description The HTCondor cluster; null before condor-submit. */
            cluster_id?: number | null;
            /** @description Deprecated, always null. */
            collector?: string | null;
            /** @description Workers by HTCondor status and pilot status. */
            compound_statuses?: {
                [key: string]: {
                    [key: string]: number;
                };
            };
            /** @description The HTCondor job event log on the access point. */
            job_event_log_fpath?: string;
            /** @description Workers in the HTCondor cluster. */
            n_workers?: number | null;
            /**
             * @description Where the taskforce stands.
             * @enum {string}
             */
            phase?: "pre-mq-activation" | "pre-launch" | "pending-starter" | "condor-submit" | "pending-stopper" | "condor-rm" | "condor-complete";
            phase_change_log?: {
                /** @description Why it was made, or why it failed. */
                context?: string;
                /** @description Who or what caused the attempt. */
                source_entity?: string;
                /** @description When the cause happened, where it is known. */
                source_event_time?: number | null;
                /** @description The phase that was to be reached. */
                target_phase?: string;
                /** @description When the attempt was recorded, in epoch seconds. */
                timestamp?: number;
                /** @description Whether the phase changed. */
                was_successful?: boolean;
            }[];
            pilot_config?: {
                /** @description Environment of the pilot. */
                environment?: {
                    [key: string]: string | number | string[];
                };
                /**
                 * @description Where the image comes from; stored as cvmfs.
                 * @enum {string}
                 */
                image_source?: "cvmfs" | "auto";
                /** @description Files on the access point that the container may read. */
                input_files?: string[];
                /** @description Tag of the pilot's image: X.Y.Z, latest (the highest X.Y.Z), or a branch tag. */
                tag?: string;
            };
            /** @description Higher is handed out first. */
            priority?: number;
            /** @description The HTCondor access point. */
            schedd?: string;
            /** @description What was given to condor_submit. */
            submit_dict?: {
                [key: string]: string | number;
            };
            /** @description The task directive that it runs. */
            task_id?: string;
            /** @description TF-<task id without TK->-<8 hex>. */
            taskforce_uuid?: string;
            /** @description When the taskforce was created, in epoch seconds. */
            timestamp?: number;
            /** @description The most frequent errors and their counts; at most 1,000. */
            top_task_errors?: {
                [key: string]: number;
            };
            worker_config?: {
                /** @description HTCondor's requirements expression. */
                condor_requirements?: string;
                /** @description Whether stdout and stderr come back to the access point. */
                do_transfer_worker_stdouterr?: boolean;
                /** @description Seconds after which HTCondor ends a worker. */
                max_worker_runtime?: number;
                /** @description Cores for each worker. */
                n_cores?: number;
                /** @description Priority of the HTCondor submission. */
                priority?: number;
                /** @description Disk for each worker, in HTCondor's notation. */
                worker_disk?: string | number;
                /** @description Memory for each worker, in HTCondor's notation. */
                worker_memory?: string | number;
            };
            /** @description The workflow it belongs to. */
            workflow_id?: string;
        };
        /** @description Send this value as after to get the next page; null exactly at the end of the collection. A page may have few matches, or none, and a next page. */
        QueryNextAfter: string | null;
        /** @description State of a queue, and its taskforces by state. */
        QueueContents: {
            /** @description Dead letters; an operator can retry them. */
            dead: number;
            /** @description Newest first; 20 at most. */
            dead_letters: {
                /** @description The error of the last attempt; secrets in it are hidden. */
                reason: string;
                taskforce_uuid: string;
                /** @description When it became a dead letter. */
                timestamp: number;
            }[];
            /** @description In backoff: handed out again after a wait. */
            delayed: number;
            /** @description Leased by a TMS, without a report yet. */
            leased: number;
            /** @description Oldest first; 50 at most. */
            leases: {
                /** @description When it was handed out. */
                since: number;
                taskforce_uuid: string;
            }[];
            /** @description Taskforces in the order in which they will be handed out; 20 at most. */
            next: string[];
            /** @description Longest wait of those that can be leased; 0 when there is none. */
            oldest_waiting_seconds: number;
            /** @description Taskforces that can be leased at once. */
            waiting: number;
        };
        /** @description State of a queue. */
        QueueOverview: {
            /** @description Jobs that a TMS or a worker has leased. */
            active: number;
            /** @description Dead letters; an operator can retry them. */
            dead: number;
            /** @description Jobs in a backoff. */
            delayed: number;
            /** @enum {string} */
            kind: "starter" | "stopper" | "background";
            /** @description The queue's name in BullMQ and on the dashboard. */
            name: string;
            /** @description The longest wait, 0 when none waits; null for a background queue. */
            oldest_waiting_seconds: number | null;
            /** @description False, or who paused it. */
            paused: false | {
                /** @description The operator; null: paused by another tool. */
                by: string | null;
                /** @description Null: paused by another tool. */
                since: number | null;
            };
            /** @description Null for a background queue. */
            schedd: string | null;
            /** @description Jobs that can be leased at once. */
            waiting: number;
        };
        /** @description State of a queue of an access point. */
        QueueState: {
            /** @description Dead letters; an operator can retry them. */
            dead: number;
            /** @description In backoff: handed out again after a wait. */
            delayed: number;
            /** @description Leased by a TMS, without a report yet. */
            leased: number;
            /** @description Longest wait of those that can be leased; 0 when there is none. */
            oldest_waiting_seconds: number;
            /** @description Taskforces that can be leased at once. */
            waiting: number;
        };
        /** @description A pass of reconcile, which repairs queues. */
        ReconcilePass: {
            /** @description Jobs that the pass added to queues. */
            added: number;
            /** @description The end of the pass. */
            at: number;
            /** @description Jobs that the pass dropped from queues. */
            dropped: number;
            /** @description Its duration. */
            seconds: number;
        };
        /** @description A Redis server to which this service writes. */
        RedisServerState: {
            /** @description Host and port, or the Unix socket; null for callers who are not operators. */
            address: string | null;
            /** @description Redis refuses writes beyond it; 0: no limit. */
            max_memory_bytes: number | null;
            persistence: {
                /** @description Writes that waited for a slow disk, since the start of Redis. */
                aof_delayed_fsyncs: number | null;
                /** @description Whether Redis keeps an append-only file. */
                aof_enabled: boolean | null;
                /** @description Whether the last write to the append-only file succeeded. */
                last_aof_write_ok: boolean | null;
                /** @description Microseconds that Redis stood still for its last fork. */
                last_fork_us: number | null;
                /** @description The last snapshot. */
                last_save: number | null;
                /** @description Whether the last snapshot was written. */
                last_save_ok: boolean | null;
                /** @description Whether Redis saves snapshots at intervals; null where it forbids CONFIG. */
                rdb_enabled: boolean | null;
            };
            replicas: {
                /** @description Host and port; null for callers who are not operators. */
                address: string | null;
                /** @description Bytes of the replication stream that it has not confirmed. */
                lag_bytes: number | null;
                /** @description Seconds since its last confirmation. */
                lag_seconds: number | null;
                /** @description `online`, or a step of its first synchronization. */
                state: string | null;
            }[];
            /** @description A replica accepts no writes. */
            role: ("master" | "replica") | null;
            /** @description Memory in use. */
            used_memory_bytes: number | null;
            /** @description Null, as all below, where Redis forbids INFO. */
            version: string | null;
        };
        /** @description How far retention has come, which removes old workflows. */
        RetentionState: {
            /** @description The begin of the last run, also of one that failed. */
            begun: number;
            /** @description Whether `up_to` is more than a day ago. */
            is_behind: boolean;
            /** @description The last run that did not fail; null: none yet. */
            last_run: {
                /** @description Workflows that it wrote to the archive. */
                archived: number;
                /** @description Its begin. */
                at: number;
                /** @description False: it reached its limit, and the next one continues. */
                is_complete: boolean;
                /** @description Workflows that changed during the run; a later one archives them again. */
                kept: number;
                /** @description Workflows that it removed from Redis. */
                removed: number;
                /** @description Its duration. */
                seconds: number;
            } | null;
            /** @description All workflows that had ended `RETENTION_DAYS` before this time are removed. */
            up_to: number;
        };
        /** @description State of an access point, with the contents of its queues. */
        ScheddContents: {
            /** @description When a TMS last polled, to a few seconds; null when no poll is known. */
            last_poll: number | null;
            schedd: string;
            starter: components["schemas"]["QueueContents"];
            stopper: components["schemas"]["QueueContents"];
            /** @description Clusters whose reports were rejected, newest first; 20 at most. Those of unknown taskforces have no access point. */
            stray_clusters: components["schemas"]["StrayCluster"][];
            /** @description Phases without taskforces are left out. */
            taskforces_by_phase: {
                "condor-complete"?: number;
                "condor-rm"?: number;
                "condor-submit"?: number;
                "pending-starter"?: number;
                "pending-stopper"?: number;
                "pre-launch"?: number;
                "pre-mq-activation"?: number;
            };
        };
        /** @description State of an access point. */
        ScheddState: {
            /** @description When a TMS last polled, to a few seconds; null when no poll is known. */
            last_poll: number | null;
            schedd: string;
            starter: components["schemas"]["QueueState"];
            stopper: components["schemas"]["QueueState"];
            /** @description Phases without taskforces are left out. */
            taskforces_by_phase: {
                "condor-complete"?: number;
                "condor-rm"?: number;
                "condor-submit"?: number;
                "pending-starter"?: number;
                "pending-stopper"?: number;
                "pre-launch"?: number;
                "pre-mq-activation"?: number;
            };
        };
        /** @description A cluster that HTCondor runs although the service rejected its report. An operator must remove it. */
        StrayCluster: {
            /** @description The HTCondor cluster. */
            cluster_id: number;
            /** @description When it was reported first. */
            first_report: number;
            /** @description Identifies the entry. */
            id: string;
            /** @description When it was reported last. */
            last_report: number;
            /**
             * @description Why the report was rejected.
             * @enum {string}
             */
            reason: "unknown taskforce" | "no longer pending-starter";
            /** @description The access point of the taskforce; null when the taskforce is unknown. */
            schedd: string | null;
            /** @description As reported; a long text is cut. */
            taskforce_uuid: string;
            /** @description The workflow in the uuid; null when it is no uuid of a taskforce. */
            workflow_id: string | null;
        };
        /** @description The workflow's summary was updated. */
        SummaryEvent: {
            /** @description Workers by HTCondor status and pilot status, of all taskforces. */
            compound_statuses: {
                [key: string]: {
                    [key: string]: number;
                };
            };
            /** @description When a phase, the log or the statuses of a taskforce changed last. */
            last_change: number | null;
            /** @description Entries of failed attempts in the taskforces' logs. */
            n_failed_attempts: number;
            /** @description Taskforces. */
            n_taskforces: number;
            /** @description Workers of the taskforces that are neither ending nor finished. */
            n_workers_requested: number;
            /** @description Taskforces by phase; phases without taskforces are left out. */
            taskforces_by_phase: {
                "condor-complete"?: number;
                "condor-rm"?: number;
                "condor-submit"?: number;
                "pending-starter"?: number;
                "pending-stopper"?: number;
                "pre-launch"?: number;
                "pre-mq-activation"?: number;
            };
            /** @description The same for each task directive, unless there are more than 50. */
            tasks?: {
                /** @description Workers by HTCondor status and pilot status, of all taskforces. */
                compound_statuses: {
                    [key: string]: {
                        [key: string]: number;
                    };
                };
                /** @description Taskforces. */
                n_taskforces: number;
                /** @description Workers of the taskforces that are neither ending nor finished. */
                n_workers_requested: number;
                task_id: string;
                task_image: string;
                /** @description Taskforces by phase; phases without taskforces are left out. */
                taskforces_by_phase: {
                    "condor-complete"?: number;
                    "condor-rm"?: number;
                    "condor-submit"?: number;
                    "pending-starter"?: number;
                    "pending-stopper"?: number;
                    "pre-launch"?: number;
                    "pre-mq-activation"?: number;
                };
                /** @description Errors and their counts, of all taskforces. */
                top_task_errors: {
                    [key: string]: number;
                };
            }[];
            /** @description Errors and their counts, of all taskforces. */
            top_task_errors: {
                [key: string]: number;
            };
            /** @description When the summary was computed. */
            updated: number;
            /** @description The workflow of the event. */
            workflow_id: string;
        };
        /** @description State of the service itself. */
        SystemState: {
            /** @description The largest difference between a machine's clock and the one of Redis, or between two masters. */
            clock_difference_seconds: number;
            layout: {
                partitions: number;
                version: number;
            };
            /** @description The live processes, by role and start. */
            processes: components["schemas"]["ProcessState"][];
            queues: components["schemas"]["QueueOverview"][];
            /** @description The last pass of any process. */
            reconcile: components["schemas"]["ReconcilePass"] | null;
            /** @description The master, or all masters of a cluster. */
            redis: components["schemas"]["RedisServerState"][];
            /** @description Null: off, no run has begun within the last two hours. */
            retention: components["schemas"]["RetentionState"] | null;
            /** @description Over all processes: the last answer, and the start of the oldest failure that lasts. */
            upstreams: {
                /** @description Null: not called. */
                identity_provider: components["schemas"]["UpstreamState"] | null;
                /** @description Null: not called, or embedded. */
                mqs: components["schemas"]["UpstreamState"] | null;
                /** @description The directory of pilot images. Null: none is configured. */
                pilot_images: components["schemas"]["UpstreamState"] | null;
            };
            /** @description The releases of the live processes. More than one: an upgrade is under way. */
            versions: string[];
        };
        /** @description What one task of a workflow runs. It never changes. */
        TaskDirectiveObject: {
            /** @description Names of the HTCondor pools to run on. */
            cluster_locations?: string[];
            /** @description Arguments for the init image. */
            init_args?: string;
            /** @description Environment of the init container. */
            init_env?: {
                [key: string]: string;
            };
            /** @description Container image that runs once on each worker, before the first event. */
            init_image?: string;
            /** @description Ids of the message queues with the events. */
            input_queues?: string[];
            /** @description Ids of the message queues for the results. */
            output_queues?: string[];
            /** @description Arguments for the task image. */
            task_args?: string;
            /** @description Environment of the task container. */
            task_env?: {
                [key: string]: string;
            };
            /** @description TK-<workflow id without WF->-<8 hex>. */
            task_id?: string;
            /** @description Container image that runs for each event. An unpacked Apptainer directory starts fastest. */
            task_image?: string;
            /** @description When the directive was created, in epoch seconds. */
            timestamp?: number;
            /** @description The workflow it belongs to. */
            workflow_id?: string;
        };
        /** @description One HTCondor cluster of workers for a task directive. */
        TaskforceObject: {
            /** @description The HTCondor cluster; null before condor-submit. */
            cluster_id?: number | null;
            /** @description Deprecated, always null. */
            collector?: string | null;
            /** @description Workers by HTCondor status and pilot status. */
            compound_statuses?: {
                [key: string]: {
                    [key: string]: number;
                };
            };
            /** @description The HTCondor job event log on the access point. */
            job_event_log_fpath?: string;
            /** @description Workers in the HTCondor cluster. */
            n_workers?: number | null;
            /**
             * @description Where the taskforce stands.
             * @enum {string}
             */
            phase?: "pre-mq-activation" | "pre-launch" | "pending-starter" | "condor-submit" | "pending-stopper" | "condor-rm" | "condor-complete";
            /** @description Attempts to change the phase, oldest first; of many, the first and the newest. */
            phase_change_log?: {
                /** @description Why it was made, or why it failed. */
                context: string;
                /** @description Who or what caused the attempt. */
                source_entity: string;
                /** @description When the cause happened, where it is known. */
                source_event_time: number | null;
                /** @description The phase that was to be reached. */
                target_phase: string;
                /** @description When the attempt was recorded, in epoch seconds. */
                timestamp: number;
                /** @description Whether the phase changed. */
                was_successful: boolean;
            }[];
            /** @description Set-up of the EWMS pilot. */
            pilot_config?: {
                /** @description Environment of the pilot. */
                environment: {
                    [key: string]: string | number | string[];
                };
                /**
                 * @description Where the image comes from; stored as cvmfs.
                 * @enum {string}
                 */
                image_source: "cvmfs" | "auto";
                /** @description Files on the access point that the container may read. */
                input_files: string[];
                /** @description Tag of the pilot's image: X.Y.Z, latest (the highest X.Y.Z), or a branch tag. */
                tag: string;
            };
            /** @description Higher is handed out first. */
            priority?: number;
            /** @description The HTCondor access point. */
            schedd?: string;
            /** @description What was given to condor_submit. */
            submit_dict?: {
                [key: string]: string | number;
            };
            /** @description The task directive that it runs. */
            task_id?: string;
            /** @description TF-<task id without TK->-<8 hex>. */
            taskforce_uuid?: string;
            /** @description When the taskforce was created, in epoch seconds. */
            timestamp?: number;
            /** @description The most frequent errors and their counts; at most 1,000. */
            top_task_errors?: {
                [key: string]: number;
            };
            /** @description What each HTCondor worker asks for. */
            worker_config?: {
                /** @description HTCondor's requirements expression. */
                condor_requirements: string;
                /** @description Whether stdout and stderr come back to the access point. */
                do_transfer_worker_stdouterr: boolean;
                /** @description Seconds after which HTCondor ends a worker. */
                max_worker_runtime: number;
                /** @description Cores for each worker. */
                n_cores: number;
                /** @description Priority of the HTCondor submission. */
                priority: number;
                /** @description Disk for each worker, in HTCondor's notation. */
                worker_disk: string | number;
                /** @description Memory for each worker, in HTCondor's notation. */
                worker_memory: string | number;
            };
            /** @description The workflow it belongs to. */
            workflow_id?: string;
        };
        /** @description Polls for a schedd that is not configured and never had a taskforce: its name may be misspelled. */
        UnknownPoll: {
            /** @description The first poll since the schedd was forgotten last. */
            first_poll: number;
            /** @description The last poll, to a few seconds. */
            last_poll: number;
            schedd: string;
        };
        /** @description Whether a service answers that this service calls. */
        UpstreamState: {
            /** @description The first failure after the last answer; null: the last call succeeded. */
            failing_since: number | null;
            /** @description The last failure, also one that is over. */
            last_error: {
                at: number;
                /** @description Without secrets; null for callers who are not operators. */
                message: string | null;
            } | null;
            /** @description The last answer, also one that refuses a request; null: none yet. */
            last_success: number | null;
            /** @description Milliseconds that the last answer took. */
            latency_ms: number | null;
        };
        /** @description An address that the service calls at events of workflows. */
        Webhook: {
            /** @description When it was registered. */
            created: number;
            /** @description A text for people. */
            description: string | null;
            /** @description The events for which the address is called. */
            events: ("needs-attention" | "completed" | "deactivated" | "dead-letter")[];
            /** @description The subject of the token of the caller who registered it. */
            owner: string;
            scope: {
                owner: string;
            } | {
                label: string;
            } | {
                /** @enum {boolean} */
                all: true;
            };
            /** @description The address; viewers see its host alone, because the rest may be a secret. */
            url: string;
            webhook_id: string;
        };
        /** @description An attempt to call a webhook. */
        WebhookDelivery: {
            /** @description 1 for the first attempt. */
            attempt: number;
            delivery_id: string;
            /** @description Why the delivery failed; null when the receiver accepted it. */
            error: string | null;
            /** @enum {string} */
            event: "needs-attention" | "completed" | "deactivated" | "dead-letter" | "ping";
            /** @description Whether no further attempt follows. */
            is_final: boolean;
            /** @description The status of the receiver, or of the mail server; null without an answer. */
            status: number | null;
            /** @description When the attempt ended. */
            timestamp: number;
            /** @description The workflow of the event; null for a ping. */
            workflow_id: string | null;
        };
        /** @description What people write about a workflow, and who created it. */
        WorkflowAnnotations: {
            /** @description The program that created it, from User-Agent. */
            client: string | null;
            /** @description When it was created, in epoch seconds. */
            created: number;
            /** @description Keys and values to find workflows by. */
            labels: {
                [key: string]: string;
            };
            name: string | null;
            note: string | null;
            /** @description Who created it; null when that is not recorded. */
            owner: {
                /** @description The name in the token; null when it has none. */
                name: string | null;
                /** @description The subject of the creator's token; `anonymous` without authentication. */
                subject: string;
            } | null;
            workflow_id: string;
        };
        /** @description What a list says about a workflow. The sums may be a second old. */
        WorkflowDigest: {
            created: number;
            deactivated: ("ABORTED" | "FINISHED") | null;
            deactivated_ts: number | null;
            /** @description The first finding of its diagnosis; null when there is none. */
            finding: components["schemas"]["Finding"] | null;
            /** @description Keys and values to find workflows by. */
            labels: {
                [key: string]: string;
            };
            /** @description When a phase, the log or the statuses of a taskforce changed last. */
            last_change: number | null;
            /** @description Errors of workers, of all taskforces. */
            n_errors: number;
            /** @description Entries of failed attempts in the taskforces' logs. */
            n_failed_attempts: number;
            /** @description Taskforces. */
            n_taskforces: number;
            /** @description Task directives. */
            n_tasks: number;
            /** @description Workers of the taskforces that are neither ending nor finished. */
            n_workers_requested: number;
            /** @description A short name for people; null when it has none. */
            name: string | null;
            /** @description Who created it; null if that is not recorded. */
            owner: {
                name: string | null;
                subject: string;
            } | null;
            priority: number;
            /** @description Running workers at equally distant times of its life, for a small chart; empty until they are known. */
            running_workers: number[];
            /**
             * @description `waiting`: no worker is running. `completed`: all taskforces have ended, but no one has finished the workflow.
             * @enum {string}
             */
            state: "waiting" | "running" | "completed" | "aborted" | "finished";
            /** @description The images of its tasks, without repetition; three at most. */
            task_images: string[];
            /** @description Taskforces by phase; phases without taskforces are left out. */
            taskforces_by_phase: {
                "condor-complete"?: number;
                "condor-rm"?: number;
                "condor-submit"?: number;
                "pending-starter"?: number;
                "pending-stopper"?: number;
                "pre-launch"?: number;
                "pre-mq-activation"?: number;
            };
            /** @description Workers by HTCondor status, of all taskforces. */
            workers: {
                [key: string]: number;
            };
            workflow_id: string;
        };
        /** @description The states of a workflow over its life. */
        WorkflowHistory: {
            /** @description Seconds between samples while the workflow changes. */
            interval: number;
            /** @description Oldest first, at most 400. */
            samples: {
                /** @description Workers that have completed without an error, up to now. */
                n_completed: number;
                /** @description Errors of tasks and failed attempts, up to now. */
                n_errors: number;
                /** @description Taskforces by phase; phases without taskforces are left out. */
                taskforces_by_phase: {
                    "condor-complete"?: number;
                    "condor-rm"?: number;
                    "condor-submit"?: number;
                    "pending-starter"?: number;
                    "pending-stopper"?: number;
                    "pre-launch"?: number;
                    "pre-mq-activation"?: number;
                };
                /** @description When the state began. It lasted until the next sample. */
                timestamp: number;
                /** @description Workers by kind: working (RUNNING and Tasking), starting (RUNNING otherwise), idle, held, done (COMPLETED), failed (COMPLETED with an error), removed, other. */
                workers: {
                    done: number;
                    failed: number;
                    held: number;
                    idle: number;
                    other: number;
                    removed: number;
                    starting: number;
                    working: number;
                };
            }[];
            workflow_id: string;
        };
        /** @description One request of a user: tasks that run until it is aborted or finished. */
        WorkflowObject: {
            /** @description Null while the workflow runs. */
            deactivated?: ("ABORTED" | "FINISHED") | null;
            /** @description When it was aborted or finished, in epoch seconds; null while it runs. */
            deactivated_ts?: number | null;
            /** @description Higher goes first; 50 by default, 100 at most. */
            priority?: number;
            /** @description When the workflow was created, in epoch seconds. */
            timestamp?: number;
            /** @description Issued when the workflow is created: WF-<hex epoch seconds>-<8 hex>. */
            workflow_id?: string;
        };
        /** @description A message queue of a workflow. */
        WorkflowQueue: {
            /** @description Its name in the request. */
            alias: string;
            /** @description Whether programs of the user write to or read from it. */
            is_public: boolean;
            /** @description Its id, as in task directives. */
            mqid: string;
        };
        /** @description Summary of a workflow: sums over its taskforces. */
        WorkflowSummary: {
            /** @description Workers by HTCondor status and pilot status, of all taskforces. */
            compound_statuses: {
                [key: string]: {
                    [key: string]: number;
                };
            };
            deactivated: ("ABORTED" | "FINISHED") | null;
            deactivated_ts: number | null;
            /** @description The newest of them, newest first; 20 at most. */
            failed_attempts: {
                /** @description Why it failed; a long text is shortened. */
                context: string;
                schedd: string;
                /** @description Who or what made the attempt. */
                source_entity: string;
                /**
                 * @description The phase that was not reached.
                 * @enum {string}
                 */
                target_phase: "pre-mq-activation" | "pre-launch" | "pending-starter" | "condor-submit" | "pending-stopper" | "condor-rm" | "condor-complete";
                taskforce_uuid: string;
                timestamp: number;
            }[];
            /** @description Those of the diagnosis of the workflow. */
            findings: components["schemas"]["Finding"][];
            /** @description When a phase, the log or the statuses of a taskforce changed last. */
            last_change: number | null;
            /** @description Entries of failed attempts in the taskforces' logs. */
            n_failed_attempts: number;
            /** @description Taskforces in pending-stopper without a cluster: the workflow ended before they started. */
            n_never_started: number;
            /** @description Taskforces. */
            n_taskforces: number;
            /** @description Workers of the taskforces that are neither ending nor finished. */
            n_workers_requested: number;
            /** @description Time in each phase; phases that no taskforce entered are left out. */
            phases: {
                "condor-complete"?: {
                    /** @description Current taskforces of the phase. */
                    n: number;
                    /** @description When the first of them entered it; null when there is none. */
                    oldest_since: number | null;
                    /** @description How long that one has been in it; 0 when there is none. */
                    seconds_longest: number;
                    /** @description Mean duration of past stays; null when there is none. */
                    seconds_mean_past: number | null;
                };
                "condor-rm"?: {
                    /** @description Current taskforces of the phase. */
                    n: number;
                    /** @description When the first of them entered it; null when there is none. */
                    oldest_since: number | null;
                    /** @description How long that one has been in it; 0 when there is none. */
                    seconds_longest: number;
                    /** @description Mean duration of past stays; null when there is none. */
                    seconds_mean_past: number | null;
                };
                "condor-submit"?: {
                    /** @description Current taskforces of the phase. */
                    n: number;
                    /** @description When the first of them entered it; null when there is none. */
                    oldest_since: number | null;
                    /** @description How long that one has been in it; 0 when there is none. */
                    seconds_longest: number;
                    /** @description Mean duration of past stays; null when there is none. */
                    seconds_mean_past: number | null;
                };
                "pending-starter"?: {
                    /** @description Current taskforces of the phase. */
                    n: number;
                    /** @description When the first of them entered it; null when there is none. */
                    oldest_since: number | null;
                    /** @description How long that one has been in it; 0 when there is none. */
                    seconds_longest: number;
                    /** @description Mean duration of past stays; null when there is none. */
                    seconds_mean_past: number | null;
                };
                "pending-stopper"?: {
                    /** @description Current taskforces of the phase. */
                    n: number;
                    /** @description When the first of them entered it; null when there is none. */
                    oldest_since: number | null;
                    /** @description How long that one has been in it; 0 when there is none. */
                    seconds_longest: number;
                    /** @description Mean duration of past stays; null when there is none. */
                    seconds_mean_past: number | null;
                };
                "pre-launch"?: {
                    /** @description Current taskforces of the phase. */
                    n: number;
                    /** @description When the first of them entered it; null when there is none. */
                    oldest_since: number | null;
                    /** @description How long that one has been in it; 0 when there is none. */
                    seconds_longest: number;
                    /** @description Mean duration of past stays; null when there is none. */
                    seconds_mean_past: number | null;
                };
                "pre-mq-activation"?: {
                    /** @description Current taskforces of the phase. */
                    n: number;
                    /** @description When the first of them entered it; null when there is none. */
                    oldest_since: number | null;
                    /** @description How long that one has been in it; 0 when there is none. */
                    seconds_longest: number;
                    /** @description Mean duration of past stays; null when there is none. */
                    seconds_mean_past: number | null;
                };
            };
            /** @description Taskforces by phase; phases without taskforces are left out. */
            taskforces_by_phase: {
                "condor-complete"?: number;
                "condor-rm"?: number;
                "condor-submit"?: number;
                "pending-starter"?: number;
                "pending-stopper"?: number;
                "pre-launch"?: number;
                "pre-mq-activation"?: number;
            };
            /** @description The same for each task directive, in their order. */
            tasks: {
                /** @description Workers by HTCondor status and pilot status, of all taskforces. */
                compound_statuses: {
                    [key: string]: {
                        [key: string]: number;
                    };
                };
                /** @description Taskforces. */
                n_taskforces: number;
                /** @description Workers of the taskforces that are neither ending nor finished. */
                n_workers_requested: number;
                task_id: string;
                task_image: string;
                /** @description Taskforces by phase; phases without taskforces are left out. */
                taskforces_by_phase: {
                    "condor-complete"?: number;
                    "condor-rm"?: number;
                    "condor-submit"?: number;
                    "pending-starter"?: number;
                    "pending-stopper"?: number;
                    "pre-launch"?: number;
                    "pre-mq-activation"?: number;
                };
                /** @description Errors and their counts, of all taskforces. */
                top_task_errors: {
                    [key: string]: number;
                };
            }[];
            /** @description Errors and their counts, of all taskforces. */
            top_task_errors: {
                [key: string]: number;
            };
            /** @description When the summary was computed. */
            updated: number;
            /** @description The most important finding, in one sentence; null when there is none. */
            waiting_for: string | null;
            workflow_id: string;
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    getHealth: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The process is alive. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "status": "alive"
                     *     }
                     */
                    "application/json": {
                        status: string;
                    };
                };
            };
            /** @description The request is invalid. The error names the field. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 400,
                     *       "error": "tasks[0].n_workers: must be an integer"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description The caller does not have the role. Without token checks: another site's page sends the request, or its Host is unknown. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 403,
                     *       "error": "this needs the role user"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description The body is too large, or has too many keys and values. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 413,
                     *       "error": "the body is larger than 33554432 bytes"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description An internal error. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 500,
                     *       "error": "internal error"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description Redis, the message queue service or the identity provider is unreachable. Retry-After: seconds until a retry. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 503,
                     *       "error": "the database is not available, try again later"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
        };
    };
    getReadiness: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The service is ready. Lists the checks. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "status": "ready",
                     *       "checks": {
                     *         "redis": {
                     *           "status": "ok",
                     *           "seconds": 0.0004
                     *         },
                     *         "layout": {
                     *           "status": "ok",
                     *           "version": 2,
                     *           "partitions": 16
                     *         },
                     *         "workers": {
                     *           "status": "ok",
                     *           "count": 2
                     *         },
                     *         "draining": false
                     *       }
                     *     }
                     */
                    "application/json": {
                        checks: {
                            draining: boolean;
                            layout: {
                                partitions: number;
                                status: string;
                                version: number;
                            };
                            redis: {
                                /** @description Response time of Redis. */
                                seconds: number;
                                status: string;
                            };
                            /** @description Workers do the background work. A process is ready without any. */
                            workers: {
                                /** @description Live processes with workers; null when they could not be counted. */
                                count: number | null;
                                /** @enum {string} */
                                status: "ok" | "none" | "unknown";
                            };
                        };
                        status: string;
                    };
                };
            };
            /** @description The request is invalid. The error names the field. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 400,
                     *       "error": "tasks[0].n_workers: must be an integer"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description The caller does not have the role. Without token checks: another site's page sends the request, or its Host is unknown. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 403,
                     *       "error": "this needs the role user"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description The body is too large, or has too many keys and values. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 413,
                     *       "error": "the body is larger than 33554432 bytes"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description An internal error. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 500,
                     *       "error": "internal error"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description Redis, the message queue service or the identity provider is unreachable. Retry-After: seconds until a retry. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 503,
                     *       "error": "the database is not available, try again later"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
        };
    };
    testAccess: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description An empty object. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /** @example {} */
                    "application/json": Record<string, never>;
                };
            };
            /** @description The request is invalid. The error names the field. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 400,
                     *       "error": "tasks[0].n_workers: must be an integer"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description The bearer token is missing or invalid. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 401,
                     *       "error": "the token has expired"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description The caller does not have the role. Without token checks: another site's page sends the request, or its Host is unknown. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 403,
                     *       "error": "this needs the role user"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description The body is too large, or has too many keys and values. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 413,
                     *       "error": "the body is larger than 33554432 bytes"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description The caller sent too many requests or wrong passwords. Retry-After: seconds until the next one is allowed. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 429,
                     *       "error": "too many requests: try again in 7 s"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description An internal error. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 500,
                     *       "error": "internal error"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description Redis, the message queue service or the identity provider is unreachable. Retry-After: seconds until a retry. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 503,
                     *       "error": "the database is not available, try again later"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
        };
    };
    diagnoseService: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The findings, the most important first. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "findings": [
                     *         {
                     *           "code": "schedd-silent",
                     *           "severity": "error",
                     *           "sentence": "2 taskforces are waiting for schedd grid-submitter.icecube.wisc.edu, whose TMS has not asked for work since 13:02 UTC",
                     *           "since": 1795991358.28,
                     *           "subject": {
                     *             "kind": "schedd",
                     *             "id": "grid-submitter.icecube.wisc.edu"
                     *           },
                     *           "action": "Check that the TMS of this schedd is running, has a valid token, and polls with this name."
                     *         }
                     *       ],
                     *       "n_omitted": 0
                     *     }
                     */
                    "application/json": components["schemas"]["Diagnosis"];
                };
            };
            /** @description The request is invalid. The error names the field. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 400,
                     *       "error": "tasks[0].n_workers: must be an integer"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description The bearer token is missing or invalid. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 401,
                     *       "error": "the token has expired"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description The caller does not have the role. Without token checks: another site's page sends the request, or its Host is unknown. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 403,
                     *       "error": "this needs the role user"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description The body is too large, or has too many keys and values. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 413,
                     *       "error": "the body is larger than 33554432 bytes"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description The caller sent too many requests or wrong passwords. Retry-After: seconds until the next one is allowed. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 429,
                     *       "error": "too many requests: try again in 7 s"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description An internal error. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 500,
                     *       "error": "internal error"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description Redis, the message queue service or the identity provider is unreachable. Retry-After: seconds until a retry. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 503,
                     *       "error": "the database is not available, try again later"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
        };
    };
    watchAllWorkflows: {
        parameters: {
            query?: {
                /** @description Replaces the header Last-Event-ID, which has precedence. */
                last_event_id?: string;
            };
            header?: {
                /** @description The id of the last event that the client received, from any process. The stream starts with the events after it. Without it, the stream starts with new events. */
                "last-event-id"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Events phase, summary, deactivated, created and gap. The schema is that of the data of one event. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "workflow_id": "WF-6b0ca73d-c2072fb5",
                     *       "task_id": "TK-6b0ca73d-c2072fb5-625d2ae2",
                     *       "taskforce_uuid": "TF-6b0ca73d-c2072fb5-625d2ae2-0a9001bd",
                     *       "phase": "condor-submit",
                     *       "from": "pending-starter",
                     *       "timestamp": 1795991359.43,
                     *       "was_successful": true,
                     *       "schedd": "grid-submitter.icecube.wisc.edu"
                     *     }
                     */
                    "text/event-stream": components["schemas"]["PhaseEvent"] | components["schemas"]["SummaryEvent"] | components["schemas"]["DeactivatedEvent"] | components["schemas"]["GapEvent"] | components["schemas"]["CreatedEvent"];
                };
            };
            /** @description The request is invalid. The error names the field. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 400,
                     *       "error": "tasks[0].n_workers: must be an integer"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description The bearer token is missing or invalid. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 401,
                     *       "error": "the token has expired"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description The caller does not have the role. Without token checks: another site's page sends the request, or its Host is unknown. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 403,
                     *       "error": "this needs the role user"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description The body is too large, or has too many keys and values. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 413,
                     *       "error": "the body is larger than 33554432 bytes"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description The caller sent too many requests or wrong passwords. Retry-After: seconds until the next one is allowed. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 429,
                     *       "error": "too many requests: try again in 7 s"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description An internal error. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 500,
                     *       "error": "internal error"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description Redis, the message queue service or the identity provider is unreachable. Retry-After: seconds until a retry. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 503,
                     *       "error": "the database is not available, try again later"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
        };
    };
    listLocations: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The cluster locations, by name. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "locations": [
                     *         {
                     *           "location": "OSG",
                     *           "alias_of": "osg",
                     *           "schedd": "grid-submitter.icecube.wisc.edu",
                     *           "last_poll": 1795991360.1,
                     *           "is_polling": true
                     *         },
                     *         {
                     *           "location": "osg",
                     *           "alias_of": null,
                     *           "schedd": "grid-submitter.icecube.wisc.edu",
                     *           "last_poll": 1795991360.1,
                     *           "is_polling": true
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": {
                        locations: components["schemas"]["ClusterLocation"][];
                    };
                };
            };
            /** @description The request is invalid. The error names the field. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 400,
                     *       "error": "tasks[0].n_workers: must be an integer"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description The bearer token is missing or invalid. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 401,
                     *       "error": "the token has expired"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description The caller does not have the role. Without token checks: another site's page sends the request, or its Host is unknown. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 403,
                     *       "error": "this needs the role user"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description The body is too large, or has too many keys and values. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 413,
                     *       "error": "the body is larger than 33554432 bytes"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description The caller sent too many requests or wrong passwords. Retry-After: seconds until the next one is allowed. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 429,
                     *       "error": "too many requests: try again in 7 s"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description An internal error. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 500,
                     *       "error": "internal error"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description Redis, the message queue service or the identity provider is unreachable. Retry-After: seconds until a retry. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 503,
                     *       "error": "the database is not available, try again later"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
        };
    };
    listPublicQueues: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description Id of a workflow: WF-<hex epoch seconds>-<8 hex>.
                 * @example WF-6b0ca73d-c2072fb5
                 */
                workflow_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The public queues. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "mqprofiles": [
                     *         {
                     *           "mqid": "MQ-6b0ca73d-c2072fb5-fd4e945bf2a6b144",
                     *           "workflow_id": "WF-6b0ca73d-c2072fb5",
                     *           "timestamp": 1795991357.46,
                     *           "alias": "frames",
                     *           "is_public": true,
                     *           "is_activated": true,
                     *           "auth_token": "",
                     *           "broker_type": "rabbitmq",
                     *           "broker_address": "localhost:5672"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": {
                        mqprofiles: ({
                            alias: string;
                            auth_token: string | null;
                            broker_address: string | null;
                            broker_type: string | null;
                            is_activated: boolean;
                            is_public: boolean;
                            mqid: string;
                            timestamp: number;
                            workflow_id: string;
                        } & {
                            [key: string]: unknown;
                        })[];
                    };
                };
            };
            /** @description The request is invalid. The error names the field. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 400,
                     *       "error": "tasks[0].n_workers: must be an integer"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description The bearer token is missing or invalid. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 401,
                     *       "error": "the token has expired"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description The caller does not have the role. Without token checks: another site's page sends the request, or its Host is unknown. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 403,
                     *       "error": "this needs the role user"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description The object does not exist, or its state does not allow this. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 404,
                     *       "error": "no workflow found with id: WF-6b0ca73d-c2072fb5"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description The body is too large, or has too many keys and values. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 413,
                     *       "error": "the body is larger than 33554432 bytes"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description The caller sent too many requests or wrong passwords. Retry-After: seconds until the next one is allowed. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 429,
                     *       "error": "too many requests: try again in 7 s"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description An internal error. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 500,
                     *       "error": "internal error"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description Redis, the message queue service or the identity provider is unreachable. Retry-After: seconds until a retry. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 503,
                     *       "error": "the database is not available, try again later"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
        };
    };
    queryTaskDirectives: {
        parameters: {
            query?: {
                /** @description Which come first: the oldest, by default, or the newest. An extension. */
                order?: "oldest" | "newest";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "query": {
                 *         "workflow_id": "WF-6b0ca73d-c2072fb5"
                 *       }
                 *     }
                 */
                "application/json": components["schemas"]["FindObject"];
            };
        };
        responses: {
            /** @description One page of matches. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "task_directives": [
                     *         {
                     *           "task_id": "TK-6b0ca73d-c2072fb5-625d2ae2",
                     *           "workflow_id": "WF-6b0ca73d-c2072fb5",
                     *           "cluster_locations": [
                     *             "osg"
                     *           ],
                     *           "task_image": "/cvmfs/icecube.opensciencegrid.org/containers/realtime/skymap_scanner:v4.4.1",
                     *           "task_args": "python -m skymap_scanner.client.prepare --infile {{INFILE}} --outfile {{OUTFILE}} --nside 8",
                     *           "task_env": {
                     *             "SKYSCAN_PROGRESS_INTERVAL": "60"
                     *           },
                     *           "init_image": "",
                     *           "init_args": "",
                     *           "init_env": {},
                     *           "timestamp": 1795991357.46,
                     *           "input_queues": [
                     *             "MQ-6b0ca73d-c2072fb5-fd4e945bf2a6b144"
                     *           ],
                     *           "output_queues": [
                     *             "MQ-6b0ca73d-c2072fb5-3e3846ae39fe5947"
                     *           ]
                     *         }
                     *       ],
                     *       "next_after": null
                     *     }
                     */
                    "application/json": {
                        next_after: components["schemas"]["QueryNextAfter"];
                        /** @description The task directives; with a projection, only its fields. */
                        task_directives: (components["schemas"]["TaskDirectiveObject"] | components["schemas"]["ProjectedTaskDirective"])[];
                    };
                };
            };
            /** @description The request is invalid. The error names the field. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 400,
                     *       "error": "tasks[0].n_workers: must be an integer"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description The bearer token is missing or invalid. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 401,
                     *       "error": "the token has expired"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description The caller does not have the role. Without token checks: another site's page sends the request, or its Host is unknown. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 403,
                     *       "error": "this needs the role user"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description The body is too large, or has too many keys and values. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 413,
                     *       "error": "the body is larger than 33554432 bytes"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description The caller sent too many requests or wrong passwords. Retry-After: seconds until the next one is allowed. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 429,
                     *       "error": "too many requests: try again in 7 s"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description An internal error. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 500,
                     *       "error": "internal error"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description Redis, the message queue service or the identity provider is unreachable. Retry-After: seconds until a retry. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 503,
                     *       "error": "the database is not available, try again later"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
        };
    };
    queryTaskforces: {
        parameters: {
            query?: {
                /** @description Which come first: the oldest, by default, or the newest. An extension. */
                order?: "oldest" | "newest";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "query": {
                 *         "schedd": "grid-submitter.icecube.wisc.edu",
                 *         "phase": {
                 *           "$in": [
                 *             "pending-starter",
                 *             "condor-submit"
                 *           ]
                 *         }
                 *       },
                 *       "projection": [
                 *         "taskforce_uuid",
                 *         "phase"
                 *       ]
                 *     }
                 */
                "application/json": components["schemas"]["FindObject"];
            };
        };
        responses: {
            /** @description One page of matches. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "taskforces": [
                     *         {
                     *           "taskforce_uuid": "TF-6b0ca73d-c2072fb5-625d2ae2-0a9001bd",
                     *           "phase": "condor-submit"
                     *         }
                     *       ],
                     *       "next_after": null
                     *     }
                     */
                    "application/json": {
                        next_after: components["schemas"]["QueryNextAfter"];
                        /** @description The taskforces; with a projection, only its fields. */
                        taskforces: (components["schemas"]["TaskforceObject"] | components["schemas"]["ProjectedTaskforce"])[];
                    };
                };
            };
            /** @description The request is invalid. The error names the field. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 400,
                     *       "error": "tasks[0].n_workers: must be an integer"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description The bearer token is missing or invalid. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 401,
                     *       "error": "the token has expired"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description The caller does not have the role. Without token checks: another site's page sends the request, or its Host is unknown. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 403,
                     *       "error": "this needs the role user"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description The body is too large, or has too many keys and values. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 413,
                     *       "error": "the body is larger than 33554432 bytes"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description The caller sent too many requests or wrong passwords. Retry-After: seconds until the next one is allowed. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 429,
                     *       "error": "too many requests: try again in 7 s"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description An internal error. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 500,
                     *       "error": "internal error"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description Redis, the message queue service or the identity provider is unreachable. Retry-After: seconds until a retry. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 503,
                     *       "error": "the database is not available, try again later"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
        };
    };
    queryWorkflows: {
        parameters: {
            query?: {
                /** @description Which come first: the oldest, by default, or the newest. An extension. */
                order?: "oldest" | "newest";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "query": {
                 *         "deactivated": null,
                 *         "priority": {
                 *           "$gte": 50
                 *         }
                 *       },
                 *       "projection": [
                 *         "workflow_id",
                 *         "priority"
                 *       ]
                 *     }
                 */
                "application/json": components["schemas"]["FindObject"];
            };
        };
        responses: {
            /** @description One page of matches. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "workflows": [
                     *         {
                     *           "workflow_id": "WF-6b0ca73d-c2072fb5",
                     *           "priority": 60
                     *         }
                     *       ],
                     *       "next_after": null
                     *     }
                     */
                    "application/json": {
                        next_after: components["schemas"]["QueryNextAfter"];
                        /** @description The workflows; with a projection, only its fields. */
                        workflows: components["schemas"]["WorkflowObject"][];
                    };
                };
            };
            /** @description The request is invalid. The error names the field. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 400,
                     *       "error": "tasks[0].n_workers: must be an integer"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description The bearer token is missing or invalid. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 401,
                     *       "error": "the token has expired"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description The caller does not have the role. Without token checks: another site's page sends the request, or its Host is unknown. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 403,
                     *       "error": "this needs the role user"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description The body is too large, or has too many keys and values. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 413,
                     *       "error": "the body is larger than 33554432 bytes"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description The caller sent too many requests or wrong passwords. Retry-After: seconds until the next one is allowed. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 429,
                     *       "error": "too many requests: try again in 7 s"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description An internal error. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 500,
                     *       "error": "internal error"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description Redis, the message queue service or the identity provider is unreachable. Retry-After: seconds until a retry. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 503,
                     *       "error": "the database is not available, try again later"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
        };
    };
    listSchedds: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The access points, by name. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "schedds": [
                     *         {
                     *           "schedd": "grid-submitter.icecube.wisc.edu",
                     *           "last_poll": 1795991360.1,
                     *           "taskforces_by_phase": {
                     *             "pending-starter": 1,
                     *             "condor-submit": 1
                     *           },
                     *           "starter": {
                     *             "waiting": 1,
                     *             "leased": 1,
                     *             "delayed": 0,
                     *             "dead": 0,
                     *             "oldest_waiting_seconds": 242.9
                     *           },
                     *           "stopper": {
                     *             "waiting": 0,
                     *             "leased": 0,
                     *             "delayed": 0,
                     *             "dead": 0,
                     *             "oldest_waiting_seconds": 0
                     *           }
                     *         }
                     *       ],
                     *       "unknown_polls": [
                     *         {
                     *           "schedd": "grid-submiter.icecube.wisc.edu",
                     *           "first_poll": 1795991357.46,
                     *           "last_poll": 1795991601.2
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": {
                        schedds: components["schemas"]["ScheddState"][];
                        /** @description Polls of the last day for other names, newest first; 100 at most. */
                        unknown_polls: components["schemas"]["UnknownPoll"][];
                    };
                };
            };
            /** @description The request is invalid. The error names the field. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 400,
                     *       "error": "tasks[0].n_workers: must be an integer"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description The bearer token is missing or invalid. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 401,
                     *       "error": "the token has expired"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description The caller does not have the role. Without token checks: another site's page sends the request, or its Host is unknown. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 403,
                     *       "error": "this needs the role user"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description The body is too large, or has too many keys and values. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 413,
                     *       "error": "the body is larger than 33554432 bytes"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description The caller sent too many requests or wrong passwords. Retry-After: seconds until the next one is allowed. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 429,
                     *       "error": "too many requests: try again in 7 s"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description An internal error. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 500,
                     *       "error": "internal error"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description Redis, the message queue service or the identity provider is unreachable. Retry-After: seconds until a retry. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 503,
                     *       "error": "the database is not available, try again later"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
        };
    };
    getSchedd: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description Name of an HTCondor access point.
                 * @example grid-submitter.icecube.wisc.edu
                 */
                schedd: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The access point. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "schedd": "grid-submitter.icecube.wisc.edu",
                     *       "last_poll": 1795991360.1,
                     *       "taskforces_by_phase": {
                     *         "pending-starter": 1,
                     *         "condor-submit": 1
                     *       },
                     *       "starter": {
                     *         "waiting": 1,
                     *         "leased": 1,
                     *         "delayed": 0,
                     *         "dead": 0,
                     *         "oldest_waiting_seconds": 242.9,
                     *         "dead_letters": [],
                     *         "leases": [
                     *           {
                     *             "taskforce_uuid": "TF-6b0ca73d-c2072fb5-625d2ae2-0a9001bd",
                     *             "since": 1795991359.43
                     *           }
                     *         ],
                     *         "next": [
                     *           "TF-6b0ca73d-c2072fb5-ffcf30d6-deead416"
                     *         ]
                     *       },
                     *       "stopper": {
                     *         "waiting": 0,
                     *         "leased": 0,
                     *         "delayed": 0,
                     *         "dead": 0,
                     *         "oldest_waiting_seconds": 0,
                     *         "dead_letters": [],
                     *         "leases": [],
                     *         "next": []
                     *       },
                     *       "stray_clusters": [
                     *         {
                     *           "id": "grid-submitter.icecube.wisc.edu:4711",
                     *           "schedd": "grid-submitter.icecube.wisc.edu",
                     *           "cluster_id": 4711,
                     *           "taskforce_uuid": "TF-6b0ca73d-c2072fb5-625d2ae2-0a9001bd",
                     *           "workflow_id": "WF-6b0ca73d-c2072fb5",
                     *           "reason": "no longer pending-starter",
                     *           "first_report": 1795991359.43,
                     *           "last_report": 1795991601.2
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["ScheddContents"];
                };
            };
            /** @description The request is invalid. The error names the field. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 400,
                     *       "error": "tasks[0].n_workers: must be an integer"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description The bearer token is missing or invalid. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 401,
                     *       "error": "the token has expired"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description The caller does not have the role. Without token checks: another site's page sends the request, or its Host is unknown. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 403,
                     *       "error": "this needs the role user"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description The object does not exist, or its state does not allow this. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 404,
                     *       "error": "no workflow found with id: WF-6b0ca73d-c2072fb5"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description The body is too large, or has too many keys and values. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 413,
                     *       "error": "the body is larger than 33554432 bytes"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description The caller sent too many requests or wrong passwords. Retry-After: seconds until the next one is allowed. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 429,
                     *       "error": "too many requests: try again in 7 s"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description An internal error. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 500,
                     *       "error": "internal error"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description Redis, the message queue service or the identity provider is unreachable. Retry-After: seconds until a retry. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 503,
                     *       "error": "the database is not available, try again later"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
        };
    };
    diagnoseSchedd: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description Name of an HTCondor access point.
                 * @example grid-submitter.icecube.wisc.edu
                 */
                schedd: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The findings, the most important first. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "findings": [
                     *         {
                     *           "code": "schedd-silent",
                     *           "severity": "error",
                     *           "sentence": "2 taskforces are waiting for schedd grid-submitter.icecube.wisc.edu, whose TMS has not asked for work since 13:02 UTC",
                     *           "since": 1795991358.28,
                     *           "subject": {
                     *             "kind": "schedd",
                     *             "id": "grid-submitter.icecube.wisc.edu"
                     *           },
                     *           "action": "Check that the TMS of this schedd is running, has a valid token, and polls with this name."
                     *         }
                     *       ],
                     *       "n_omitted": 0
                     *     }
                     */
                    "application/json": components["schemas"]["Diagnosis"];
                };
            };
            /** @description The request is invalid. The error names the field. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 400,
                     *       "error": "tasks[0].n_workers: must be an integer"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description The bearer token is missing or invalid. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 401,
                     *       "error": "the token has expired"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description The caller does not have the role. Without token checks: another site's page sends the request, or its Host is unknown. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 403,
                     *       "error": "this needs the role user"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description The object does not exist, or its state does not allow this. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 404,
                     *       "error": "no workflow found with id: WF-6b0ca73d-c2072fb5"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description The body is too large, or has too many keys and values. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 413,
                     *       "error": "the body is larger than 33554432 bytes"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description The caller sent too many requests or wrong passwords. Retry-After: seconds until the next one is allowed. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 429,
                     *       "error": "too many requests: try again in 7 s"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description An internal error. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 500,
                     *       "error": "internal error"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description Redis, the message queue service or the identity provider is unreachable. Retry-After: seconds until a retry. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 503,
                     *       "error": "the database is not available, try again later"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
        };
    };
    getOpenApiDocument: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The OpenAPI document. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "openapi": "3.1.0"
                     *     }
                     */
                    "application/json": {
                        [key: string]: unknown;
                    };
                };
            };
            /** @description The request is invalid. The error names the field. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 400,
                     *       "error": "tasks[0].n_workers: must be an integer"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description The bearer token is missing or invalid. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 401,
                     *       "error": "the token has expired"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description The caller does not have the role. Without token checks: another site's page sends the request, or its Host is unknown. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 403,
                     *       "error": "this needs the role user"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description The body is too large, or has too many keys and values. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 413,
                     *       "error": "the body is larger than 33554432 bytes"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description The caller sent too many requests or wrong passwords. Retry-After: seconds until the next one is allowed. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 429,
                     *       "error": "too many requests: try again in 7 s"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description An internal error. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 500,
                     *       "error": "internal error"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description Redis, the message queue service or the identity provider is unreachable. Retry-After: seconds until a retry. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 503,
                     *       "error": "the database is not available, try again later"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
        };
    };
    listStrayClusters: {
        parameters: {
            query?: {
                /** @description The most entries; default 100. */
                limit?: number;
                /** @description Only clusters of this access point. */
                schedd?: string;
                /** @description Only clusters of this workflow. */
                workflow_id?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The clusters, the newest report first. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "stray_clusters": [
                     *         {
                     *           "id": "grid-submitter.icecube.wisc.edu:4711",
                     *           "schedd": "grid-submitter.icecube.wisc.edu",
                     *           "cluster_id": 4711,
                     *           "taskforce_uuid": "TF-6b0ca73d-c2072fb5-625d2ae2-0a9001bd",
                     *           "workflow_id": "WF-6b0ca73d-c2072fb5",
                     *           "reason": "no longer pending-starter",
                     *           "first_report": 1795991359.43,
                     *           "last_report": 1795991601.2
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": {
                        stray_clusters: components["schemas"]["StrayCluster"][];
                    };
                };
            };
            /** @description The request is invalid. The error names the field. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 400,
                     *       "error": "tasks[0].n_workers: must be an integer"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description The bearer token is missing or invalid. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 401,
                     *       "error": "the token has expired"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description The caller does not have the role. Without token checks: another site's page sends the request, or its Host is unknown. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 403,
                     *       "error": "this needs the role user"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description The body is too large, or has too many keys and values. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 413,
                     *       "error": "the body is larger than 33554432 bytes"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description The caller sent too many requests or wrong passwords. Retry-After: seconds until the next one is allowed. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 429,
                     *       "error": "too many requests: try again in 7 s"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description An internal error. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 500,
                     *       "error": "internal error"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description Redis, the message queue service or the identity provider is unreachable. Retry-After: seconds until a retry. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 503,
                     *       "error": "the database is not available, try again later"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
        };
    };
    dismissStrayCluster: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description Id of a stray cluster, from the list of them.
                 * @example grid-submitter.icecube.wisc.edu:4711
                 */
                stray_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The removed entry. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "grid-submitter.icecube.wisc.edu:4711"
                     *     }
                     */
                    "application/json": {
                        id: string;
                    };
                };
            };
            /** @description The request is invalid. The error names the field. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 400,
                     *       "error": "tasks[0].n_workers: must be an integer"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description The bearer token is missing or invalid. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 401,
                     *       "error": "the token has expired"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description The caller does not have the role. Without token checks: another site's page sends the request, or its Host is unknown. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 403,
                     *       "error": "this needs the role user"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description The object does not exist, or its state does not allow this. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 404,
                     *       "error": "no workflow found with id: WF-6b0ca73d-c2072fb5"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description The body is too large, or has too many keys and values. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 413,
                     *       "error": "the body is larger than 33554432 bytes"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description The caller sent too many requests or wrong passwords. Retry-After: seconds until the next one is allowed. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 429,
                     *       "error": "too many requests: try again in 7 s"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description An internal error. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 500,
                     *       "error": "internal error"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description Redis, the message queue service or the identity provider is unreachable. Retry-After: seconds until a retry. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 503,
                     *       "error": "the database is not available, try again later"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
        };
    };
    getSystem: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The state of the service. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "processes": [
                     *         {
                     *           "id": "1a095c960922",
                     *           "role": "web",
                     *           "version": "1.0.0",
                     *           "host": "wms-1",
                     *           "pid": 21655,
                     *           "started": 1795991357.46,
                     *           "seen": 1795991601.2,
                     *           "event_loop_delay_ms": 4,
                     *           "connections": 17,
                     *           "rss_bytes": 185200640,
                     *           "clock_difference_seconds": -0.001,
                     *           "upstreams": {
                     *             "mqs": {
                     *               "last_success": 1795991601.2,
                     *               "failing_since": null,
                     *               "last_error": null,
                     *               "latency_ms": 12.4
                     *             },
                     *             "identity_provider": null,
                     *             "pilot_images": null
                     *           },
                     *           "reconcile": null
                     *         }
                     *       ],
                     *       "versions": [
                     *         "1.0.0"
                     *       ],
                     *       "redis": [
                     *         {
                     *           "address": "127.0.0.1:6379",
                     *           "version": "7.0.15",
                     *           "role": "master",
                     *           "used_memory_bytes": 1857808,
                     *           "max_memory_bytes": 0,
                     *           "persistence": {
                     *             "aof_enabled": true,
                     *             "rdb_enabled": false,
                     *             "last_save_ok": true,
                     *             "last_save": 1795991357.46,
                     *             "last_aof_write_ok": true,
                     *             "last_fork_us": 312,
                     *             "aof_delayed_fsyncs": 0
                     *           },
                     *           "replicas": []
                     *         }
                     *       ],
                     *       "upstreams": {
                     *         "mqs": {
                     *           "last_success": 1795991601.2,
                     *           "failing_since": null,
                     *           "last_error": null,
                     *           "latency_ms": 12.4
                     *         },
                     *         "identity_provider": null,
                     *         "pilot_images": null
                     *       },
                     *       "reconcile": {
                     *         "at": 1795991601.2,
                     *         "seconds": 0.32,
                     *         "added": 0,
                     *         "dropped": 0
                     *       },
                     *       "retention": {
                     *         "begun": 1795991601.2,
                     *         "last_run": {
                     *           "at": 1795991601.2,
                     *           "seconds": 4.2,
                     *           "archived": 12,
                     *           "removed": 12,
                     *           "kept": 0,
                     *           "is_complete": true
                     *         },
                     *         "up_to": 1795991601.2,
                     *         "is_behind": false
                     *       },
                     *       "queues": [
                     *         {
                     *           "name": "starter-grid-submitter.icecube.wisc.edu",
                     *           "kind": "starter",
                     *           "schedd": "grid-submitter.icecube.wisc.edu",
                     *           "paused": false,
                     *           "waiting": 1,
                     *           "active": 1,
                     *           "delayed": 0,
                     *           "dead": 0,
                     *           "oldest_waiting_seconds": 242.9
                     *         }
                     *       ],
                     *       "layout": {
                     *         "version": 2,
                     *         "partitions": 16
                     *       },
                     *       "clock_difference_seconds": 0.001
                     *     }
                     */
                    "application/json": components["schemas"]["SystemState"];
                };
            };
            /** @description The request is invalid. The error names the field. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 400,
                     *       "error": "tasks[0].n_workers: must be an integer"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description The bearer token is missing or invalid. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 401,
                     *       "error": "the token has expired"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description The caller does not have the role. Without token checks: another site's page sends the request, or its Host is unknown. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 403,
                     *       "error": "this needs the role user"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description The body is too large, or has too many keys and values. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 413,
                     *       "error": "the body is larger than 33554432 bytes"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description The caller sent too many requests or wrong passwords. Retry-After: seconds until the next one is allowed. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 429,
                     *       "error": "too many requests: try again in 7 s"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description An internal error. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 500,
                     *       "error": "internal error"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description Redis, the message queue service or the identity provider is unreachable. Retry-After: seconds until a retry. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 503,
                     *       "error": "the database is not available, try again later"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
        };
    };
    listOperatorActs: {
        parameters: {
            query?: {
                /** @description The most entries; default 100. */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The acts of operators. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "entries": [
                     *         {
                     *           "time": 1795991601.2,
                     *           "operator": "olga",
                     *           "action": "pause",
                     *           "queue": "starter-grid-submitter.icecube.wisc.edu",
                     *           "job": null,
                     *           "jobs": null,
                     *           "method": "PUT",
                     *           "path": "/admin/queues/api/queues/starter-grid-submitter.icecube.wisc.edu/pause",
                     *           "outcome": "done",
                     *           "status": 200,
                     *           "refusal": null,
                     *           "address": "10.0.3.7",
                     *           "request": "551ceca6-1a1e-44b5-afe0-faa072a5713d"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": {
                        entries: components["schemas"]["AuditEntry"][];
                    };
                };
            };
            /** @description The request is invalid. The error names the field. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 400,
                     *       "error": "tasks[0].n_workers: must be an integer"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description The bearer token is missing or invalid. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 401,
                     *       "error": "the token has expired"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description The caller does not have the role. Without token checks: another site's page sends the request, or its Host is unknown. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 403,
                     *       "error": "this needs the role user"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description The body is too large, or has too many keys and values. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 413,
                     *       "error": "the body is larger than 33554432 bytes"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description The caller sent too many requests or wrong passwords. Retry-After: seconds until the next one is allowed. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 429,
                     *       "error": "too many requests: try again in 7 s"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description An internal error. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 500,
                     *       "error": "internal error"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description Redis, the message queue service or the identity provider is unreachable. Retry-After: seconds until a retry. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 503,
                     *       "error": "the database is not available, try again later"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
        };
    };
    getTaskDirective: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description Id of a task directive: TK-<workflow id without WF->-<8 hex>.
                 * @example TK-6b0ca73d-c2072fb5-625d2ae2
                 */
                task_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The task directive. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "task_id": "TK-6b0ca73d-c2072fb5-625d2ae2",
                     *       "workflow_id": "WF-6b0ca73d-c2072fb5",
                     *       "cluster_locations": [
                     *         "osg"
                     *       ],
                     *       "task_image": "/cvmfs/icecube.opensciencegrid.org/containers/realtime/skymap_scanner:v4.4.1",
                     *       "task_args": "python -m skymap_scanner.client.prepare --infile {{INFILE}} --outfile {{OUTFILE}} --nside 8",
                     *       "task_env": {
                     *         "SKYSCAN_PROGRESS_INTERVAL": "60"
                     *       },
                     *       "init_image": "",
                     *       "init_args": "",
                     *       "init_env": {},
                     *       "timestamp": 1795991357.46,
                     *       "input_queues": [
                     *         "MQ-6b0ca73d-c2072fb5-fd4e945bf2a6b144"
                     *       ],
                     *       "output_queues": [
                     *         "MQ-6b0ca73d-c2072fb5-3e3846ae39fe5947"
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["TaskDirectiveObject"];
                };
            };
            /** @description The request is invalid. The error names the field. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 400,
                     *       "error": "tasks[0].n_workers: must be an integer"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description The bearer token is missing or invalid. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 401,
                     *       "error": "the token has expired"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description The caller does not have the role. Without token checks: another site's page sends the request, or its Host is unknown. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 403,
                     *       "error": "this needs the role user"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description The object does not exist, or its state does not allow this. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 404,
                     *       "error": "no workflow found with id: WF-6b0ca73d-c2072fb5"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description The body is too large, or has too many keys and values. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 413,
                     *       "error": "the body is larger than 33554432 bytes"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description The caller sent too many requests or wrong passwords. Retry-After: seconds until the next one is allowed. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 429,
                     *       "error": "too many requests: try again in 7 s"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description An internal error. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 500,
                     *       "error": "internal error"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description Redis, the message queue service or the identity provider is unreachable. Retry-After: seconds until a retry. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 503,
                     *       "error": "the database is not available, try again later"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
        };
    };
    addWorkers: {
        parameters: {
            query?: never;
            header?: {
                /** @description Chosen by the client: 1 to 255 visible ASCII characters. A request that repeats a key within 24 h takes effect once and gets the first response again. A key is valid for one caller and one path. */
                "Idempotency-Key"?: string;
            };
            path: {
                /**
                 * @description Id of a task directive: TK-<workflow id without WF->-<8 hex>.
                 * @example TK-6b0ca73d-c2072fb5-625d2ae2
                 */
                task_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "cluster_location": "osg",
                 *       "n_workers": 10
                 *     }
                 */
                "application/json": {
                    /** @description Name of the HTCondor pool for the new workers. */
                    cluster_location: string;
                    /** @description Workers in the HTCondor cluster. */
                    n_workers: number | null;
                };
            };
        };
        responses: {
            /** @description The new taskforce. */
            200: {
                headers: {
                    /** @description This is the response to an earlier request: one with the same key, or an equal one whose response was lost. */
                    "Idempotency-Replayed"?: "true";
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "taskforce_uuid": "TF-6b0ca73d-c2072fb5-625d2ae2-0a9001bd",
                     *       "task_id": "TK-6b0ca73d-c2072fb5-625d2ae2",
                     *       "workflow_id": "WF-6b0ca73d-c2072fb5",
                     *       "timestamp": 1795991357.46,
                     *       "priority": 60,
                     *       "collector": null,
                     *       "schedd": "grid-submitter.icecube.wisc.edu",
                     *       "n_workers": 5,
                     *       "pilot_config": {
                     *         "tag": "1.0.3",
                     *         "image_source": "cvmfs",
                     *         "environment": {
                     *           "EWMS_PILOT_TASK_TIMEOUT": 1800
                     *         },
                     *         "input_files": []
                     *       },
                     *       "worker_config": {
                     *         "do_transfer_worker_stdouterr": true,
                     *         "max_worker_runtime": 14400,
                     *         "n_cores": 1,
                     *         "priority": 50,
                     *         "worker_disk": "2GB",
                     *         "worker_memory": "2GB",
                     *         "condor_requirements": "HAS_CVMFS_icecube_opensciencegrid_org && has_avx"
                     *       },
                     *       "cluster_id": null,
                     *       "submit_dict": {},
                     *       "job_event_log_fpath": "",
                     *       "phase": "pending-starter",
                     *       "phase_change_log": [
                     *         {
                     *           "target_phase": "pre-mq-activation",
                     *           "timestamp": 1795991357.46,
                     *           "was_successful": true,
                     *           "source_event_time": null,
                     *           "source_entity": "USER",
                     *           "context": "Created during initial workflow request."
                     *         },
                     *         {
                     *           "target_phase": "pre-launch",
                     *           "timestamp": 1795991358.12,
                     *           "was_successful": true,
                     *           "source_event_time": null,
                     *           "source_entity": "Workflow MQ Activator",
                     *           "context": "The message queues are active."
                     *         },
                     *         {
                     *           "target_phase": "pending-starter",
                     *           "timestamp": 1795991358.28,
                     *           "was_successful": true,
                     *           "source_event_time": null,
                     *           "source_entity": "Taskforce Launch Control",
                     *           "context": "Ready to be started."
                     *         }
                     *       ],
                     *       "compound_statuses": {},
                     *       "top_task_errors": {}
                     *     }
                     */
                    "application/json": components["schemas"]["TaskforceObject"];
                };
            };
            /** @description The request is invalid. The error names the field. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 400,
                     *       "error": "tasks[0].n_workers: must be an integer"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description The bearer token is missing or invalid. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 401,
                     *       "error": "the token has expired"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description The caller does not have the role. Without token checks: another site's page sends the request, or its Host is unknown. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 403,
                     *       "error": "this needs the role user"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description The object does not exist, or its state does not allow this. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 404,
                     *       "error": "no workflow found with id: WF-6b0ca73d-c2072fb5"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description A request with the same Idempotency-Key is still under way. Retry-After: seconds until a retry. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 409,
                     *       "error": "a request with this Idempotency-Key is in progress"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description The body is too large, or has too many keys and values. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 413,
                     *       "error": "the body is larger than 33554432 bytes"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description The request is valid, but the state of the object forbids it. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 422,
                     *       "error": "cannot add a taskforce to a deactivated workflow (WF-6b0ca73d-c2072fb5)"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description The caller sent too many requests or wrong passwords. Retry-After: seconds until the next one is allowed. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 429,
                     *       "error": "too many requests: try again in 7 s"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description An internal error. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 500,
                     *       "error": "internal error"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description Redis, the message queue service or the identity provider is unreachable. Retry-After: seconds until a retry. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 503,
                     *       "error": "the database is not available, try again later"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
        };
    };
    getTaskforce: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description Uuid of a taskforce: TF-<task id without TK->-<8 hex>.
                 * @example TF-6b0ca73d-c2072fb5-625d2ae2-0a9001bd
                 */
                taskforce_uuid: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The taskforce. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "taskforce_uuid": "TF-6b0ca73d-c2072fb5-625d2ae2-0a9001bd",
                     *       "task_id": "TK-6b0ca73d-c2072fb5-625d2ae2",
                     *       "workflow_id": "WF-6b0ca73d-c2072fb5",
                     *       "timestamp": 1795991357.46,
                     *       "priority": 60,
                     *       "collector": null,
                     *       "schedd": "grid-submitter.icecube.wisc.edu",
                     *       "n_workers": 5,
                     *       "pilot_config": {
                     *         "tag": "1.0.3",
                     *         "image_source": "cvmfs",
                     *         "environment": {
                     *           "EWMS_PILOT_TASK_TIMEOUT": 1800
                     *         },
                     *         "input_files": []
                     *       },
                     *       "worker_config": {
                     *         "do_transfer_worker_stdouterr": true,
                     *         "max_worker_runtime": 14400,
                     *         "n_cores": 1,
                     *         "priority": 50,
                     *         "worker_disk": "2GB",
                     *         "worker_memory": "2GB",
                     *         "condor_requirements": "HAS_CVMFS_icecube_opensciencegrid_org && has_avx"
                     *       },
                     *       "cluster_id": 4711,
                     *       "submit_dict": {
                     *         "universe": "container",
                     *         "request_memory": "2GB"
                     *       },
                     *       "job_event_log_fpath": "/scratch/ewms/tms-2026-11-29.log",
                     *       "phase": "condor-submit",
                     *       "phase_change_log": [
                     *         {
                     *           "target_phase": "pre-mq-activation",
                     *           "timestamp": 1795991357.46,
                     *           "was_successful": true,
                     *           "source_event_time": null,
                     *           "source_entity": "USER",
                     *           "context": "Created during initial workflow request."
                     *         },
                     *         {
                     *           "target_phase": "pre-launch",
                     *           "timestamp": 1795991358.12,
                     *           "was_successful": true,
                     *           "source_event_time": null,
                     *           "source_entity": "Workflow MQ Activator",
                     *           "context": "The message queues are active."
                     *         },
                     *         {
                     *           "target_phase": "pending-starter",
                     *           "timestamp": 1795991358.28,
                     *           "was_successful": true,
                     *           "source_event_time": null,
                     *           "source_entity": "Taskforce Launch Control",
                     *           "context": "Ready to be started."
                     *         },
                     *         {
                     *           "target_phase": "condor-submit",
                     *           "timestamp": 1795991359.43,
                     *           "was_successful": true,
                     *           "source_event_time": null,
                     *           "source_entity": "TMS",
                     *           "context": "HTCondor submission succeeded."
                     *         }
                     *       ],
                     *       "compound_statuses": {
                     *         "IDLE": {
                     *           "null": 1
                     *         },
                     *         "RUNNING": {
                     *           "Tasking": 3,
                     *           "FatalError": 1
                     *         }
                     *       },
                     *       "top_task_errors": {
                     *         "ValueError: no frames in the i3 file": 1
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["TaskforceObject"];
                };
            };
            /** @description The request is invalid. The error names the field. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 400,
                     *       "error": "tasks[0].n_workers: must be an integer"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description The bearer token is missing or invalid. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 401,
                     *       "error": "the token has expired"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description The caller does not have the role. Without token checks: another site's page sends the request, or its Host is unknown. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 403,
                     *       "error": "this needs the role user"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description The object does not exist, or its state does not allow this. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 404,
                     *       "error": "no workflow found with id: WF-6b0ca73d-c2072fb5"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description The body is too large, or has too many keys and values. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 413,
                     *       "error": "the body is larger than 33554432 bytes"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description The caller sent too many requests or wrong passwords. Retry-After: seconds until the next one is allowed. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 429,
                     *       "error": "too many requests: try again in 7 s"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description An internal error. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 500,
                     *       "error": "internal error"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description Redis, the message queue service or the identity provider is unreachable. Retry-After: seconds until a retry. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 503,
                     *       "error": "the database is not available, try again later"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
        };
    };
    diagnoseTaskforce: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description Uuid of a taskforce: TF-<task id without TK->-<8 hex>.
                 * @example TF-6b0ca73d-c2072fb5-625d2ae2-0a9001bd
                 */
                taskforce_uuid: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The findings, the most important first. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "findings": [
                     *         {
                     *           "code": "schedd-silent",
                     *           "severity": "error",
                     *           "sentence": "2 taskforces are waiting for schedd grid-submitter.icecube.wisc.edu, whose TMS has not asked for work since 13:02 UTC",
                     *           "since": 1795991358.28,
                     *           "subject": {
                     *             "kind": "schedd",
                     *             "id": "grid-submitter.icecube.wisc.edu"
                     *           },
                     *           "action": "Check that the TMS of this schedd is running, has a valid token, and polls with this name."
                     *         }
                     *       ],
                     *       "n_omitted": 0
                     *     }
                     */
                    "application/json": components["schemas"]["Diagnosis"];
                };
            };
            /** @description The request is invalid. The error names the field. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 400,
                     *       "error": "tasks[0].n_workers: must be an integer"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description The bearer token is missing or invalid. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 401,
                     *       "error": "the token has expired"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description The caller does not have the role. Without token checks: another site's page sends the request, or its Host is unknown. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 403,
                     *       "error": "this needs the role user"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description The object does not exist, or its state does not allow this. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 404,
                     *       "error": "no workflow found with id: WF-6b0ca73d-c2072fb5"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description The body is too large, or has too many keys and values. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 413,
                     *       "error": "the body is larger than 33554432 bytes"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description The caller sent too many requests or wrong passwords. Retry-After: seconds until the next one is allowed. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 429,
                     *       "error": "too many requests: try again in 7 s"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description An internal error. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 500,
                     *       "error": "internal error"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description Redis, the message queue service or the identity provider is unreachable. Retry-After: seconds until a retry. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 503,
                     *       "error": "the database is not available, try again later"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
        };
    };
    reportCompletion: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description Uuid of a taskforce: TF-<task id without TK->-<8 hex>.
                 * @example TF-6b0ca73d-c2072fb5-625d2ae2-0a9001bd
                 */
                taskforce_uuid: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "condor_complete_ts": 1795992000
                 *     }
                 */
                "application/json": {
                    /** @description The end of the HTCondor cluster, in epoch seconds. */
                    condor_complete_ts: number;
                };
            };
        };
        responses: {
            /** @description The report is recorded. A repeated report changes nothing. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "taskforce_uuid": "TF-6b0ca73d-c2072fb5-625d2ae2-0a9001bd"
                     *     }
                     */
                    "application/json": {
                        /** @description The reported taskforce. */
                        taskforce_uuid: string;
                    };
                };
            };
            /** @description The request is invalid. The error names the field. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 400,
                     *       "error": "tasks[0].n_workers: must be an integer"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description The bearer token is missing or invalid. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 401,
                     *       "error": "the token has expired"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description The caller does not have the role. Without token checks: another site's page sends the request, or its Host is unknown. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 403,
                     *       "error": "this needs the role user"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description The object does not exist, or its state does not allow this. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 404,
                     *       "error": "no workflow found with id: WF-6b0ca73d-c2072fb5"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description The body is too large, or has too many keys and values. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 413,
                     *       "error": "the body is larger than 33554432 bytes"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description The caller sent too many requests or wrong passwords. Retry-After: seconds until the next one is allowed. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 429,
                     *       "error": "too many requests: try again in 7 s"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description An internal error. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 500,
                     *       "error": "internal error"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description Redis, the message queue service or the identity provider is unreachable. Retry-After: seconds until a retry. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 503,
                     *       "error": "the database is not available, try again later"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
        };
    };
    reportRemoval: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description Uuid of a taskforce: TF-<task id without TK->-<8 hex>.
                 * @example TF-6b0ca73d-c2072fb5-625d2ae2-0a9001bd
                 */
                taskforce_uuid: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The report is recorded. A repeated report changes nothing. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "taskforce_uuid": "TF-6b0ca73d-c2072fb5-625d2ae2-0a9001bd"
                     *     }
                     */
                    "application/json": {
                        /** @description The reported taskforce. */
                        taskforce_uuid: string;
                    };
                };
            };
            /** @description The request is invalid. The error names the field. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 400,
                     *       "error": "tasks[0].n_workers: must be an integer"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description The bearer token is missing or invalid. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 401,
                     *       "error": "the token has expired"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description The caller does not have the role. Without token checks: another site's page sends the request, or its Host is unknown. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 403,
                     *       "error": "this needs the role user"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description The object does not exist, or its state does not allow this. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 404,
                     *       "error": "no workflow found with id: WF-6b0ca73d-c2072fb5"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description The body is too large, or has too many keys and values. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 413,
                     *       "error": "the body is larger than 33554432 bytes"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description The caller sent too many requests or wrong passwords. Retry-After: seconds until the next one is allowed. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 429,
                     *       "error": "too many requests: try again in 7 s"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description An internal error. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 500,
                     *       "error": "internal error"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description Redis, the message queue service or the identity provider is unreachable. Retry-After: seconds until a retry. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 503,
                     *       "error": "the database is not available, try again later"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
        };
    };
    reportRemovalFailure: {
        parameters: {
            query?: never;
            header?: {
                /** @description Chosen by the client: 1 to 255 visible ASCII characters. A request that repeats a key within 24 h takes effect once and gets the first response again. A key is valid for one caller and one path. */
                "Idempotency-Key"?: string;
            };
            path: {
                /**
                 * @description Uuid of a taskforce: TF-<task id without TK->-<8 hex>.
                 * @example TF-6b0ca73d-c2072fb5-625d2ae2-0a9001bd
                 */
                taskforce_uuid: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                /**
                 * @example {
                 *       "error": "no such cluster"
                 *     }
                 */
                "application/json": {
                    /** @description The cause; `unknown` by default. Stored up to 8 KiB. */
                    error?: string;
                };
            };
        };
        responses: {
            /** @description The report is recorded. A repeated report changes nothing. */
            200: {
                headers: {
                    /** @description This is the response to an earlier request: one with the same key, or an equal one whose response was lost. */
                    "Idempotency-Replayed"?: "true";
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "taskforce_uuid": "TF-6b0ca73d-c2072fb5-625d2ae2-0a9001bd"
                     *     }
                     */
                    "application/json": {
                        /** @description The reported taskforce. */
                        taskforce_uuid: string;
                    };
                };
            };
            /** @description The request is invalid. The error names the field. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 400,
                     *       "error": "tasks[0].n_workers: must be an integer"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description The bearer token is missing or invalid. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 401,
                     *       "error": "the token has expired"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description The caller does not have the role. Without token checks: another site's page sends the request, or its Host is unknown. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 403,
                     *       "error": "this needs the role user"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description The object does not exist, or its state does not allow this. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 404,
                     *       "error": "no workflow found with id: WF-6b0ca73d-c2072fb5"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description A request with the same Idempotency-Key is still under way. Retry-After: seconds until a retry. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 409,
                     *       "error": "a request with this Idempotency-Key is in progress"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description The body is too large, or has too many keys and values. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 413,
                     *       "error": "the body is larger than 33554432 bytes"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description The request is valid, but the state of the object forbids it. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 422,
                     *       "error": "cannot add a taskforce to a deactivated workflow (WF-6b0ca73d-c2072fb5)"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description The caller sent too many requests or wrong passwords. Retry-After: seconds until the next one is allowed. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 429,
                     *       "error": "too many requests: try again in 7 s"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description An internal error. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 500,
                     *       "error": "internal error"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description Redis, the message queue service or the identity provider is unreachable. Retry-After: seconds until a retry. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 503,
                     *       "error": "the database is not available, try again later"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
        };
    };
    reportSubmit: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description Uuid of a taskforce: TF-<task id without TK->-<8 hex>.
                 * @example TF-6b0ca73d-c2072fb5-625d2ae2-0a9001bd
                 */
                taskforce_uuid: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "cluster_id": 4711,
                 *       "n_workers": 5,
                 *       "submit_dict": {
                 *         "universe": "container",
                 *         "request_memory": "2GB"
                 *       },
                 *       "job_event_log_fpath": "/scratch/ewms/tms-2026-11-29.log"
                 *     }
                 */
                "application/json": components["schemas"]["TaskforceObject"];
            };
        };
        responses: {
            /** @description The report is recorded. A repeated report changes nothing. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "taskforce_uuid": "TF-6b0ca73d-c2072fb5-625d2ae2-0a9001bd"
                     *     }
                     */
                    "application/json": {
                        /** @description The reported taskforce. */
                        taskforce_uuid: string;
                    };
                };
            };
            /** @description The request is invalid. The error names the field. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 400,
                     *       "error": "tasks[0].n_workers: must be an integer"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description The bearer token is missing or invalid. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 401,
                     *       "error": "the token has expired"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description The caller does not have the role. Without token checks: another site's page sends the request, or its Host is unknown. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 403,
                     *       "error": "this needs the role user"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description The object does not exist, or its state does not allow this. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 404,
                     *       "error": "no workflow found with id: WF-6b0ca73d-c2072fb5"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description The body is too large, or has too many keys and values. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 413,
                     *       "error": "the body is larger than 33554432 bytes"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description The caller sent too many requests or wrong passwords. Retry-After: seconds until the next one is allowed. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 429,
                     *       "error": "too many requests: try again in 7 s"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description An internal error. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 500,
                     *       "error": "internal error"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description Redis, the message queue service or the identity provider is unreachable. Retry-After: seconds until a retry. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 503,
                     *       "error": "the database is not available, try again later"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
        };
    };
    reportSubmitFailure: {
        parameters: {
            query?: never;
            header?: {
                /** @description Chosen by the client: 1 to 255 visible ASCII characters. A request that repeats a key within 24 h takes effect once and gets the first response again. A key is valid for one caller and one path. */
                "Idempotency-Key"?: string;
            };
            path: {
                /**
                 * @description Uuid of a taskforce: TF-<task id without TK->-<8 hex>.
                 * @example TF-6b0ca73d-c2072fb5-625d2ae2-0a9001bd
                 */
                taskforce_uuid: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                /**
                 * @example {
                 *       "error": "schedd is not reachable"
                 *     }
                 */
                "application/json": {
                    /** @description The cause; `unknown` by default. Stored up to 8 KiB. */
                    error?: string;
                };
            };
        };
        responses: {
            /** @description The report is recorded. A repeated report changes nothing. */
            200: {
                headers: {
                    /** @description This is the response to an earlier request: one with the same key, or an equal one whose response was lost. */
                    "Idempotency-Replayed"?: "true";
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "taskforce_uuid": "TF-6b0ca73d-c2072fb5-625d2ae2-0a9001bd"
                     *     }
                     */
                    "application/json": {
                        /** @description The reported taskforce. */
                        taskforce_uuid: string;
                    };
                };
            };
            /** @description The request is invalid. The error names the field. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 400,
                     *       "error": "tasks[0].n_workers: must be an integer"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description The bearer token is missing or invalid. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 401,
                     *       "error": "the token has expired"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description The caller does not have the role. Without token checks: another site's page sends the request, or its Host is unknown. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 403,
                     *       "error": "this needs the role user"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description The object does not exist, or its state does not allow this. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 404,
                     *       "error": "no workflow found with id: WF-6b0ca73d-c2072fb5"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description A request with the same Idempotency-Key is still under way. Retry-After: seconds until a retry. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 409,
                     *       "error": "a request with this Idempotency-Key is in progress"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description The body is too large, or has too many keys and values. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 413,
                     *       "error": "the body is larger than 33554432 bytes"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description The request is valid, but the state of the object forbids it. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 422,
                     *       "error": "cannot add a taskforce to a deactivated workflow (WF-6b0ca73d-c2072fb5)"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description The caller sent too many requests or wrong passwords. Retry-After: seconds until the next one is allowed. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 429,
                     *       "error": "too many requests: try again in 7 s"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description An internal error. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 500,
                     *       "error": "internal error"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description Redis, the message queue service or the identity provider is unreachable. Retry-After: seconds until a retry. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 503,
                     *       "error": "the database is not available, try again later"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
        };
    };
    leaseTaskforceToStart: {
        parameters: {
            query: {
                /**
                 * @deprecated
                 * @description Deprecated, ignored.
                 */
                collector?: string;
                /** @description The HTCondor access point that the TMS serves. */
                schedd: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A taskforce with its task directive and queues, or an empty object. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "taskforce": {
                     *         "taskforce_uuid": "TF-6b0ca73d-c2072fb5-625d2ae2-0a9001bd",
                     *         "task_id": "TK-6b0ca73d-c2072fb5-625d2ae2",
                     *         "workflow_id": "WF-6b0ca73d-c2072fb5",
                     *         "timestamp": 1795991357.46,
                     *         "priority": 60,
                     *         "collector": null,
                     *         "schedd": "grid-submitter.icecube.wisc.edu",
                     *         "n_workers": 5,
                     *         "pilot_config": {
                     *           "tag": "1.0.3",
                     *           "image_source": "cvmfs",
                     *           "environment": {
                     *             "EWMS_PILOT_TASK_TIMEOUT": 1800
                     *           },
                     *           "input_files": []
                     *         },
                     *         "worker_config": {
                     *           "do_transfer_worker_stdouterr": true,
                     *           "max_worker_runtime": 14400,
                     *           "n_cores": 1,
                     *           "priority": 50,
                     *           "worker_disk": "2GB",
                     *           "worker_memory": "2GB",
                     *           "condor_requirements": "HAS_CVMFS_icecube_opensciencegrid_org && has_avx"
                     *         },
                     *         "cluster_id": null,
                     *         "submit_dict": {},
                     *         "job_event_log_fpath": "",
                     *         "phase": "pending-starter",
                     *         "phase_change_log": [
                     *           {
                     *             "target_phase": "pre-mq-activation",
                     *             "timestamp": 1795991357.46,
                     *             "was_successful": true,
                     *             "source_event_time": null,
                     *             "source_entity": "USER",
                     *             "context": "Created during initial workflow request."
                     *           },
                     *           {
                     *             "target_phase": "pre-launch",
                     *             "timestamp": 1795991358.12,
                     *             "was_successful": true,
                     *             "source_event_time": null,
                     *             "source_entity": "Workflow MQ Activator",
                     *             "context": "The message queues are active."
                     *           },
                     *           {
                     *             "target_phase": "pending-starter",
                     *             "timestamp": 1795991358.28,
                     *             "was_successful": true,
                     *             "source_event_time": null,
                     *             "source_entity": "Taskforce Launch Control",
                     *             "context": "Ready to be started."
                     *           }
                     *         ],
                     *         "compound_statuses": {},
                     *         "top_task_errors": {}
                     *       },
                     *       "task_directive": {
                     *         "task_id": "TK-6b0ca73d-c2072fb5-625d2ae2",
                     *         "workflow_id": "WF-6b0ca73d-c2072fb5",
                     *         "cluster_locations": [
                     *           "osg"
                     *         ],
                     *         "task_image": "/cvmfs/icecube.opensciencegrid.org/containers/realtime/skymap_scanner:v4.4.1",
                     *         "task_args": "python -m skymap_scanner.client.prepare --infile {{INFILE}} --outfile {{OUTFILE}} --nside 8",
                     *         "task_env": {
                     *           "SKYSCAN_PROGRESS_INTERVAL": "60"
                     *         },
                     *         "init_image": "",
                     *         "init_args": "",
                     *         "init_env": {},
                     *         "timestamp": 1795991357.46,
                     *         "input_queues": [
                     *           "MQ-6b0ca73d-c2072fb5-fd4e945bf2a6b144"
                     *         ],
                     *         "output_queues": [
                     *           "MQ-6b0ca73d-c2072fb5-3e3846ae39fe5947"
                     *         ]
                     *       },
                     *       "mqprofiles": [
                     *         {
                     *           "mqid": "MQ-6b0ca73d-c2072fb5-fd4e945bf2a6b144",
                     *           "workflow_id": "WF-6b0ca73d-c2072fb5",
                     *           "timestamp": 1795991357.46,
                     *           "alias": "frames",
                     *           "is_public": true,
                     *           "is_activated": true,
                     *           "auth_token": "",
                     *           "broker_type": "rabbitmq",
                     *           "broker_address": "localhost:5672"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": {
                        /** @description All queues of the task. */
                        mqprofiles: {
                            [key: string]: unknown;
                        }[];
                        task_directive: components["schemas"]["TaskDirectiveObject"];
                        taskforce: components["schemas"]["TaskforceObject"];
                    } | {
                        /** @description The task has no queues. */
                        mqprofiles: {
                            [key: string]: unknown;
                        }[];
                        task_directive: components["schemas"]["TaskDirectiveObject"];
                        taskforce: components["schemas"]["TaskforceObject"];
                    } | Record<string, never>;
                };
            };
            /** @description The request is invalid. The error names the field. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 400,
                     *       "error": "tasks[0].n_workers: must be an integer"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description The bearer token is missing or invalid. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 401,
                     *       "error": "the token has expired"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description The caller does not have the role. Without token checks: another site's page sends the request, or its Host is unknown. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 403,
                     *       "error": "this needs the role user"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description The body is too large, or has too many keys and values. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 413,
                     *       "error": "the body is larger than 33554432 bytes"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description The caller sent too many requests or wrong passwords. Retry-After: seconds until the next one is allowed. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 429,
                     *       "error": "too many requests: try again in 7 s"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description An internal error. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 500,
                     *       "error": "internal error"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description The message queue service rejected the request. */
            502: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 502,
                     *       "error": "the message queue service rejected the request: unknown alias"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description Redis, the message queue service or the identity provider is unreachable. Retry-After: seconds until a retry. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 503,
                     *       "error": "the database is not available, try again later"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
        };
    };
    leaseTaskforceToStop: {
        parameters: {
            query: {
                /**
                 * @deprecated
                 * @description Deprecated, ignored.
                 */
                collector?: string;
                /** @description The HTCondor access point that the TMS serves. */
                schedd: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A taskforce, or an empty object. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "taskforce_uuid": "TF-6b0ca73d-c2072fb5-625d2ae2-0a9001bd",
                     *       "task_id": "TK-6b0ca73d-c2072fb5-625d2ae2",
                     *       "workflow_id": "WF-6b0ca73d-c2072fb5",
                     *       "timestamp": 1795991357.46,
                     *       "priority": 60,
                     *       "collector": null,
                     *       "schedd": "grid-submitter.icecube.wisc.edu",
                     *       "n_workers": 5,
                     *       "pilot_config": {
                     *         "tag": "1.0.3",
                     *         "image_source": "cvmfs",
                     *         "environment": {
                     *           "EWMS_PILOT_TASK_TIMEOUT": 1800
                     *         },
                     *         "input_files": []
                     *       },
                     *       "worker_config": {
                     *         "do_transfer_worker_stdouterr": true,
                     *         "max_worker_runtime": 14400,
                     *         "n_cores": 1,
                     *         "priority": 50,
                     *         "worker_disk": "2GB",
                     *         "worker_memory": "2GB",
                     *         "condor_requirements": "HAS_CVMFS_icecube_opensciencegrid_org && has_avx"
                     *       },
                     *       "cluster_id": 4711,
                     *       "submit_dict": {
                     *         "universe": "container",
                     *         "request_memory": "2GB"
                     *       },
                     *       "job_event_log_fpath": "/scratch/ewms/tms-2026-11-29.log",
                     *       "phase": "pending-stopper",
                     *       "phase_change_log": [
                     *         {
                     *           "target_phase": "pre-mq-activation",
                     *           "timestamp": 1795991357.46,
                     *           "was_successful": true,
                     *           "source_event_time": null,
                     *           "source_entity": "USER",
                     *           "context": "Created during initial workflow request."
                     *         },
                     *         {
                     *           "target_phase": "pre-launch",
                     *           "timestamp": 1795991358.12,
                     *           "was_successful": true,
                     *           "source_event_time": null,
                     *           "source_entity": "Workflow MQ Activator",
                     *           "context": "The message queues are active."
                     *         },
                     *         {
                     *           "target_phase": "pending-starter",
                     *           "timestamp": 1795991358.28,
                     *           "was_successful": true,
                     *           "source_event_time": null,
                     *           "source_entity": "Taskforce Launch Control",
                     *           "context": "Ready to be started."
                     *         },
                     *         {
                     *           "target_phase": "condor-submit",
                     *           "timestamp": 1795991359.43,
                     *           "was_successful": true,
                     *           "source_event_time": null,
                     *           "source_entity": "TMS",
                     *           "context": "HTCondor submission succeeded."
                     *         },
                     *         {
                     *           "target_phase": "pending-stopper",
                     *           "timestamp": 1795991601.2,
                     *           "was_successful": true,
                     *           "source_event_time": null,
                     *           "source_entity": "User",
                     *           "context": "Workflow finished by user."
                     *         }
                     *       ],
                     *       "compound_statuses": {
                     *         "IDLE": {
                     *           "null": 1
                     *         },
                     *         "RUNNING": {
                     *           "Tasking": 3,
                     *           "FatalError": 1
                     *         }
                     *       },
                     *       "top_task_errors": {
                     *         "ValueError: no frames in the i3 file": 1
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["TaskforceObject"] | Record<string, never>;
                };
            };
            /** @description The request is invalid. The error names the field. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 400,
                     *       "error": "tasks[0].n_workers: must be an integer"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description The bearer token is missing or invalid. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 401,
                     *       "error": "the token has expired"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description The caller does not have the role. Without token checks: another site's page sends the request, or its Host is unknown. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 403,
                     *       "error": "this needs the role user"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description The body is too large, or has too many keys and values. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 413,
                     *       "error": "the body is larger than 33554432 bytes"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description The caller sent too many requests or wrong passwords. Retry-After: seconds until the next one is allowed. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 429,
                     *       "error": "too many requests: try again in 7 s"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description An internal error. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 500,
                     *       "error": "internal error"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description Redis, the message queue service or the identity provider is unreachable. Retry-After: seconds until a retry. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 503,
                     *       "error": "the database is not available, try again later"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
        };
    };
    reportStatuses: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "compound_statuses_by_taskforce": {
                 *         "TF-6b0ca73d-c2072fb5-625d2ae2-0a9001bd": {
                 *           "IDLE": {
                 *             "null": 1
                 *           },
                 *           "RUNNING": {
                 *             "Tasking": 3,
                 *             "FatalError": 1
                 *           }
                 *         }
                 *       },
                 *       "top_task_errors_by_taskforce": {
                 *         "TF-6b0ca73d-c2072fb5-625d2ae2-0a9001bd": {
                 *           "ValueError: no frames in the i3 file": 1
                 *         }
                 *       }
                 *     }
                 */
                "application/json": {
                    /** @description Taskforce uuid → HTCondor status → pilot status → number of workers. */
                    compound_statuses_by_taskforce?: {
                        [key: string]: {
                            [key: string]: {
                                [key: string]: number;
                            };
                        };
                    };
                    /** @description Taskforce uuid → error → count. */
                    top_task_errors_by_taskforce?: {
                        [key: string]: {
                            [key: string]: number;
                        };
                    };
                };
            };
        };
        responses: {
            /** @description All taskforces were updated. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "results": [
                     *         {
                     *           "uuid": "TF-6b0ca73d-c2072fb5-625d2ae2-0a9001bd",
                     *           "status": "updated"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": {
                        results: {
                            /** @description `updated` or `failed`. */
                            status: string;
                            /** @description The taskforce. */
                            uuid: string;
                        }[];
                    };
                };
            };
            /** @description Some taskforces were not updated. Failures come first. */
            207: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "results": [
                     *         {
                     *           "uuid": "TF-6b0ca73d-c2072fb5-625d2ae2-0a9001bc",
                     *           "status": "failed",
                     *           "error": "no such taskforce"
                     *         },
                     *         {
                     *           "uuid": "TF-6b0ca73d-c2072fb5-625d2ae2-0a9001bd",
                     *           "status": "updated"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": {
                        results: {
                            /** @description The cause of the failure. */
                            error?: string;
                            /** @description `updated` or `failed`. */
                            status: string;
                            /** @description The taskforce. */
                            uuid: string;
                        }[];
                    };
                };
            };
            /** @description The request is invalid. The error names the field. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 400,
                     *       "error": "tasks[0].n_workers: must be an integer"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description The bearer token is missing or invalid. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 401,
                     *       "error": "the token has expired"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description The caller does not have the role. Without token checks: another site's page sends the request, or its Host is unknown. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 403,
                     *       "error": "this needs the role user"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description The body is too large, or has too many keys and values. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 413,
                     *       "error": "the body is larger than 33554432 bytes"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description The caller sent too many requests or wrong passwords. Retry-After: seconds until the next one is allowed. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 429,
                     *       "error": "too many requests: try again in 7 s"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description An internal error. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 500,
                     *       "error": "internal error"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description Redis, the message queue service or the identity provider is unreachable. Retry-After: seconds until a retry. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 503,
                     *       "error": "the database is not available, try again later"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
        };
    };
    listWebhooks: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The webhooks, the oldest first. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "webhooks": [
                     *         {
                     *           "webhook_id": "WH-5f0c9a3e1b7d2468",
                     *           "url": "https://hooks.example.org/ewms",
                     *           "events": [
                     *             "needs-attention",
                     *             "completed"
                     *           ],
                     *           "scope": {
                     *             "label": "season=IC86.2024"
                     *           },
                     *           "description": "Chat of the reconstruction group",
                     *           "owner": "ada",
                     *           "created": 1795991357.46
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": {
                        webhooks: components["schemas"]["Webhook"][];
                    };
                };
            };
            /** @description The request is invalid. The error names the field. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 400,
                     *       "error": "tasks[0].n_workers: must be an integer"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description The bearer token is missing or invalid. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 401,
                     *       "error": "the token has expired"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description The caller does not have the role. Without token checks: another site's page sends the request, or its Host is unknown. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 403,
                     *       "error": "this needs the role user"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description The body is too large, or has too many keys and values. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 413,
                     *       "error": "the body is larger than 33554432 bytes"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description The caller sent too many requests or wrong passwords. Retry-After: seconds until the next one is allowed. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 429,
                     *       "error": "too many requests: try again in 7 s"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description An internal error. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 500,
                     *       "error": "internal error"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description Redis, the message queue service or the identity provider is unreachable. Retry-After: seconds until a retry. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 503,
                     *       "error": "the database is not available, try again later"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
        };
    };
    addWebhook: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "url": "https://hooks.example.org/ewms",
                 *       "events": [
                 *         "needs-attention",
                 *         "completed"
                 *       ],
                 *       "scope": {
                 *         "label": "season=IC86.2024"
                 *       }
                 *     }
                 */
                "application/json": {
                    /** @description A text for people. */
                    description?: string;
                    /** @description The events for which the address is called. */
                    events: ("needs-attention" | "completed" | "deactivated" | "dead-letter")[];
                    /**
                     * @description The workflows: the own ones, those with a label, or all of them (operators only).
                     * @default {
                     *       "owner": "me"
                     *     }
                     */
                    scope?: {
                        /** @enum {string} */
                        owner: "me";
                    } | {
                        label: string;
                    } | {
                        /** @enum {boolean} */
                        all: true;
                    };
                    /** @description The key of the signatures; absent: the service generates one. */
                    secret?: string;
                    /** @description The address to call: `https://…` without credentials; or `mailto:` and an e-mail address. */
                    url: string;
                };
            };
        };
        responses: {
            /** @description The webhook, with its secret. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "webhook_id": "WH-5f0c9a3e1b7d2468",
                     *       "url": "https://hooks.example.org/ewms",
                     *       "events": [
                     *         "needs-attention",
                     *         "completed"
                     *       ],
                     *       "scope": {
                     *         "label": "season=IC86.2024"
                     *       },
                     *       "description": "Chat of the reconstruction group",
                     *       "owner": "ada",
                     *       "created": 1795991357.46,
                     *       "secret": "4mZ9rT1yQ8uJ2vK6xB0nD3sF5gH7wL"
                     *     }
                     */
                    "application/json": {
                        /** @description When it was registered. */
                        created: number;
                        /** @description A text for people. */
                        description: string | null;
                        /** @description The events for which the address is called. */
                        events: ("needs-attention" | "completed" | "deactivated" | "dead-letter")[];
                        /** @description The subject of the token of the caller who registered it. */
                        owner: string;
                        scope: {
                            owner: string;
                        } | {
                            label: string;
                        } | {
                            /** @enum {boolean} */
                            all: true;
                        };
                        /** @description The key of the signatures. No later response contains it. */
                        secret: string;
                        /** @description The address; viewers see its host alone, because the rest may be a secret. */
                        url: string;
                        webhook_id: string;
                    };
                };
            };
            /** @description The request is invalid. The error names the field. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 400,
                     *       "error": "tasks[0].n_workers: must be an integer"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description The bearer token is missing or invalid. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 401,
                     *       "error": "the token has expired"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description The caller does not have the role. Without token checks: another site's page sends the request, or its Host is unknown. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 403,
                     *       "error": "this needs the role user"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description The body is too large, or has too many keys and values. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 413,
                     *       "error": "the body is larger than 33554432 bytes"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description The request is valid, but the state of the object forbids it. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 422,
                     *       "error": "cannot add a taskforce to a deactivated workflow (WF-6b0ca73d-c2072fb5)"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description The caller sent too many requests or wrong passwords. Retry-After: seconds until the next one is allowed. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 429,
                     *       "error": "too many requests: try again in 7 s"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description An internal error. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 500,
                     *       "error": "internal error"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description Redis, the message queue service or the identity provider is unreachable. Retry-After: seconds until a retry. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 503,
                     *       "error": "the database is not available, try again later"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
        };
    };
    getWebhook: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description webhook_id
                 * @example WH-5f0c9a3e1b7d2468
                 */
                webhook_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The webhook. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "webhook_id": "WH-5f0c9a3e1b7d2468",
                     *       "url": "https://hooks.example.org/ewms",
                     *       "events": [
                     *         "needs-attention",
                     *         "completed"
                     *       ],
                     *       "scope": {
                     *         "label": "season=IC86.2024"
                     *       },
                     *       "description": "Chat of the reconstruction group",
                     *       "owner": "ada",
                     *       "created": 1795991357.46,
                     *       "deliveries": [
                     *         {
                     *           "timestamp": 1795991601.2,
                     *           "delivery_id": "WD-0d1f6a0c2b9e4f7d8a6b5c4d3e2f1a0b",
                     *           "event": "completed",
                     *           "workflow_id": "WF-6b0ca73d-c2072fb5",
                     *           "attempt": 1,
                     *           "status": 204,
                     *           "error": null,
                     *           "is_final": true
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": {
                        /** @description When it was registered. */
                        created: number;
                        /** @description The last attempts, newest first; 20 at most. */
                        deliveries: components["schemas"]["WebhookDelivery"][];
                        /** @description A text for people. */
                        description: string | null;
                        /** @description The events for which the address is called. */
                        events: ("needs-attention" | "completed" | "deactivated" | "dead-letter")[];
                        /** @description The subject of the token of the caller who registered it. */
                        owner: string;
                        scope: {
                            owner: string;
                        } | {
                            label: string;
                        } | {
                            /** @enum {boolean} */
                            all: true;
                        };
                        /** @description The address; viewers see its host alone, because the rest may be a secret. */
                        url: string;
                        webhook_id: string;
                    };
                };
            };
            /** @description The request is invalid. The error names the field. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 400,
                     *       "error": "tasks[0].n_workers: must be an integer"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description The bearer token is missing or invalid. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 401,
                     *       "error": "the token has expired"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description The caller does not have the role. Without token checks: another site's page sends the request, or its Host is unknown. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 403,
                     *       "error": "this needs the role user"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description The object does not exist, or its state does not allow this. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 404,
                     *       "error": "no workflow found with id: WF-6b0ca73d-c2072fb5"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description The body is too large, or has too many keys and values. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 413,
                     *       "error": "the body is larger than 33554432 bytes"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description The caller sent too many requests or wrong passwords. Retry-After: seconds until the next one is allowed. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 429,
                     *       "error": "too many requests: try again in 7 s"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description An internal error. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 500,
                     *       "error": "internal error"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description Redis, the message queue service or the identity provider is unreachable. Retry-After: seconds until a retry. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 503,
                     *       "error": "the database is not available, try again later"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
        };
    };
    removeWebhook: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description webhook_id
                 * @example WH-5f0c9a3e1b7d2468
                 */
                webhook_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is removed. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "webhook_id": "WH-5f0c9a3e1b7d2468"
                     *     }
                     */
                    "application/json": {
                        webhook_id: string;
                    };
                };
            };
            /** @description The request is invalid. The error names the field. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 400,
                     *       "error": "tasks[0].n_workers: must be an integer"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description The bearer token is missing or invalid. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 401,
                     *       "error": "the token has expired"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description The caller does not have the role. Without token checks: another site's page sends the request, or its Host is unknown. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 403,
                     *       "error": "this needs the role user"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description The object does not exist, or its state does not allow this. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 404,
                     *       "error": "no workflow found with id: WF-6b0ca73d-c2072fb5"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description The body is too large, or has too many keys and values. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 413,
                     *       "error": "the body is larger than 33554432 bytes"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description The caller sent too many requests or wrong passwords. Retry-After: seconds until the next one is allowed. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 429,
                     *       "error": "too many requests: try again in 7 s"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description An internal error. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 500,
                     *       "error": "internal error"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description Redis, the message queue service or the identity provider is unreachable. Retry-After: seconds until a retry. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 503,
                     *       "error": "the database is not available, try again later"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
        };
    };
    testWebhook: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description webhook_id
                 * @example WH-5f0c9a3e1b7d2468
                 */
                webhook_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A worker will call it. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "webhook_id": "WH-5f0c9a3e1b7d2468",
                     *       "delivery_id": "WD-0d1f6a0c2b9e4f7d8a6b5c4d3e2f1a0b"
                     *     }
                     */
                    "application/json": {
                        delivery_id: string;
                        webhook_id: string;
                    };
                };
            };
            /** @description The request is invalid. The error names the field. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 400,
                     *       "error": "tasks[0].n_workers: must be an integer"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description The bearer token is missing or invalid. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 401,
                     *       "error": "the token has expired"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description The caller does not have the role. Without token checks: another site's page sends the request, or its Host is unknown. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 403,
                     *       "error": "this needs the role user"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description The object does not exist, or its state does not allow this. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 404,
                     *       "error": "no workflow found with id: WF-6b0ca73d-c2072fb5"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description The body is too large, or has too many keys and values. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 413,
                     *       "error": "the body is larger than 33554432 bytes"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description The caller sent too many requests or wrong passwords. Retry-After: seconds until the next one is allowed. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 429,
                     *       "error": "too many requests: try again in 7 s"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description An internal error. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 500,
                     *       "error": "internal error"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description Redis, the message queue service or the identity provider is unreachable. Retry-After: seconds until a retry. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 503,
                     *       "error": "the database is not available, try again later"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
        };
    };
    listWorkflows: {
        parameters: {
            query?: {
                /** @description `next_after` of the page before. */
                after?: string;
                /** @description Only those with a task of this image. */
                image?: string;
                /** @description Only those with this label, `key=value`. May be repeated: all of them. */
                label?: string | string[];
                /** @description The most rows of a page; default 50, at most 200. */
                limit?: number;
                /** @description Only those with a taskforce at the access point of this cluster location. */
                location?: string;
                /** @description Only those that this subject created; `me`: those of the caller. */
                owner?: string;
                /** @description Words, all of which occur in a workflow: in its id, name, labels, note or owner, in the images, arguments, locations or queue aliases of its tasks, or in the name of one of its access points. Also the beginning of an id of a task directive or taskforce, or the id of an HTCondor cluster. ASCII letters match in any case. */
                q?: string;
                /** @description Only those with a taskforce at this access point. */
                schedd?: string;
                /** @description Only those that were created then or later. Epoch seconds, a date such as 2026-08-31, or a time ago such as 90d. */
                since?: string;
                /** @description What comes first: the newest, the last changed, the most urgent, or the most running workers. */
                sort?: "created" | "change" | "severity" | "workers";
                /** @description `active`: neither aborted nor finished. `needs-attention`: active ones with dead letters, failing submissions or activations, unreported hand-outs or held workers, or that wait for an access point where nothing can start. `ended`: active ones whose taskforces have all ended. */
                state?: "active" | "needs-attention" | "ended" | "aborted" | "finished";
                /** @description Only those that were created then or before. Epoch seconds, a date such as 2026-08-31, or a time ago such as 90d. */
                until?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description One page of workflows. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "workflows": [
                     *         {
                     *           "workflow_id": "WF-6b0ca73d-c2072fb5",
                     *           "name": "Cascade reconstruction, IC86.2024",
                     *           "labels": {
                     *             "season": "IC86.2024",
                     *             "mc": "22345"
                     *           },
                     *           "owner": {
                     *             "subject": "ada",
                     *             "name": "Ada Lovelace"
                     *           },
                     *           "created": 1795991357.46,
                     *           "priority": 60,
                     *           "deactivated": null,
                     *           "deactivated_ts": null,
                     *           "state": "running",
                     *           "last_change": 1795991359.43,
                     *           "task_images": [
                     *             "/cvmfs/icecube.opensciencegrid.org/containers/realtime/skymap_scanner:v4.4.1",
                     *             "/cvmfs/icecube.opensciencegrid.org/containers/realtime/skymap_scanner:v4.4.1"
                     *           ],
                     *           "n_tasks": 2,
                     *           "n_taskforces": 2,
                     *           "taskforces_by_phase": {
                     *             "condor-submit": 1,
                     *             "pending-starter": 1
                     *           },
                     *           "n_workers_requested": 55,
                     *           "workers": {
                     *             "IDLE": 1,
                     *             "RUNNING": 4
                     *           },
                     *           "running_workers": [
                     *             0,
                     *             0,
                     *             2,
                     *             7,
                     *             12,
                     *             12
                     *           ],
                     *           "n_errors": 1,
                     *           "n_failed_attempts": 0,
                     *           "finding": {
                     *             "code": "schedd-silent",
                     *             "severity": "error",
                     *             "sentence": "2 taskforces are waiting for schedd grid-submitter.icecube.wisc.edu, whose TMS has not asked for work since 13:02 UTC",
                     *             "since": 1795991358.28,
                     *             "subject": {
                     *               "kind": "schedd",
                     *               "id": "grid-submitter.icecube.wisc.edu"
                     *             },
                     *             "action": "Check that the TMS of this schedd is running, has a valid token, and polls with this name."
                     *           }
                     *         }
                     *       ],
                     *       "next_after": null,
                     *       "is_cut_short": false
                     *     }
                     */
                    "application/json": {
                        /** @description The search ended at its limit of work before the page was full. The next page continues it. */
                        is_cut_short: boolean;
                        /** @description Send this value as `after` to get the next page; null at the end of the list. */
                        next_after: string | null;
                        workflows: components["schemas"]["WorkflowDigest"][];
                    };
                };
            };
            /** @description The request is invalid. The error names the field. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 400,
                     *       "error": "tasks[0].n_workers: must be an integer"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description The bearer token is missing or invalid. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 401,
                     *       "error": "the token has expired"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description The caller does not have the role. Without token checks: another site's page sends the request, or its Host is unknown. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 403,
                     *       "error": "this needs the role user"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description The body is too large, or has too many keys and values. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 413,
                     *       "error": "the body is larger than 33554432 bytes"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description The caller sent too many requests or wrong passwords. Retry-After: seconds until the next one is allowed. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 429,
                     *       "error": "too many requests: try again in 7 s"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description An internal error. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 500,
                     *       "error": "internal error"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description Redis, the message queue service or the identity provider is unreachable. Retry-After: seconds until a retry. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 503,
                     *       "error": "the database is not available, try again later"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
        };
    };
    createWorkflow: {
        parameters: {
            query?: never;
            header?: {
                /** @description Chosen by the client: 1 to 255 visible ASCII characters. A request that repeats a key within 24 h takes effect once and gets the first response again. A key is valid for one caller and one path. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "public_queue_aliases": [
                 *         "frames",
                 *         "reco-results"
                 *       ],
                 *       "priority": 60,
                 *       "tasks": [
                 *         {
                 *           "cluster_locations": [
                 *             "osg"
                 *           ],
                 *           "task_image": "/cvmfs/icecube.opensciencegrid.org/containers/realtime/skymap_scanner:v4.4.1",
                 *           "task_args": "python -m skymap_scanner.client.prepare --infile {{INFILE}} --outfile {{OUTFILE}} --nside 8",
                 *           "task_env": {
                 *             "SKYSCAN_PROGRESS_INTERVAL": "60"
                 *           },
                 *           "input_queue_aliases": [
                 *             "frames"
                 *           ],
                 *           "output_queue_aliases": [
                 *             "pixels"
                 *           ],
                 *           "pilot_config": {
                 *             "tag": "1.0.3",
                 *             "image_source": "cvmfs",
                 *             "environment": {
                 *               "EWMS_PILOT_TASK_TIMEOUT": 1800
                 *             },
                 *             "input_files": []
                 *           },
                 *           "worker_config": {
                 *             "do_transfer_worker_stdouterr": true,
                 *             "max_worker_runtime": 14400,
                 *             "n_cores": 1,
                 *             "priority": 50,
                 *             "worker_disk": "2GB",
                 *             "worker_memory": "2GB",
                 *             "condor_requirements": "HAS_CVMFS_icecube_opensciencegrid_org && has_avx"
                 *           },
                 *           "n_workers": 5
                 *         },
                 *         {
                 *           "cluster_locations": [
                 *             "osg"
                 *           ],
                 *           "task_image": "/cvmfs/icecube.opensciencegrid.org/containers/realtime/skymap_scanner:v4.4.1",
                 *           "task_args": "python -m skymap_scanner.client --infile {{INFILE}} --outfile {{OUTFILE}} --reco-algo millipede_wilks",
                 *           "task_env": {},
                 *           "input_queue_aliases": [
                 *             "pixels"
                 *           ],
                 *           "output_queue_aliases": [
                 *             "reco-results"
                 *           ],
                 *           "pilot_config": {
                 *             "tag": "1.0.3",
                 *             "image_source": "cvmfs",
                 *             "environment": {
                 *               "EWMS_PILOT_TASK_TIMEOUT": 7200
                 *             },
                 *             "input_files": []
                 *           },
                 *           "worker_config": {
                 *             "do_transfer_worker_stdouterr": false,
                 *             "max_worker_runtime": 28800,
                 *             "n_cores": 1,
                 *             "priority": 50,
                 *             "worker_disk": "4GB",
                 *             "worker_memory": "8GB",
                 *             "condor_requirements": "HAS_CVMFS_icecube_opensciencegrid_org && has_avx"
                 *           },
                 *           "n_workers": 50
                 *         }
                 *       ]
                 *     }
                 */
                "application/json": {
                    /** @description Higher goes first; 50 by default, 100 at most. */
                    priority?: number;
                    /** @description Aliases of the queues that the user's own programs will write to or read from. */
                    public_queue_aliases: string[];
                    /** @description What to run. */
                    tasks: {
                        /** @description Names of the HTCondor pools to run on. */
                        cluster_locations: string[];
                        /** @description Arguments for the init image. */
                        init_args?: string;
                        /** @description Environment of the init container. */
                        init_env?: {
                            [key: string]: string;
                        };
                        /** @description Container image that runs once on each worker, before the first event. */
                        init_image?: string;
                        /** @description Names, within this request, of the queues with the events. */
                        input_queue_aliases: string[];
                        /** @description Workers in the HTCondor cluster. */
                        n_workers?: number | null;
                        /** @description Names, within this request, of the queues for the results. */
                        output_queue_aliases: string[];
                        /** @description Set-up of the EWMS pilot. */
                        pilot_config?: {
                            /** @description Environment of the pilot. */
                            environment: {
                                [key: string]: string | number | string[];
                            };
                            /**
                             * @description Where the image comes from; stored as cvmfs.
                             * @enum {string}
                             */
                            image_source: "cvmfs" | "auto";
                            /** @description Files on the access point that the container may read. */
                            input_files: string[];
                            /** @description Tag of the pilot's image: X.Y.Z, latest (the highest X.Y.Z), or a branch tag. */
                            tag: string;
                        };
                        /** @description Arguments for the task image. */
                        task_args: string;
                        /** @description Environment of the task container. */
                        task_env?: {
                            [key: string]: string;
                        };
                        /** @description Container image that runs for each event. An unpacked Apptainer directory starts fastest. */
                        task_image: string;
                        /** @description What each HTCondor worker asks for. */
                        worker_config: {
                            /** @description HTCondor's requirements expression. */
                            condor_requirements: string;
                            /** @description Whether stdout and stderr come back to the access point. */
                            do_transfer_worker_stdouterr: boolean;
                            /** @description Seconds after which HTCondor ends a worker. */
                            max_worker_runtime: number;
                            /** @description Cores for each worker. */
                            n_cores: number;
                            /** @description Priority of the HTCondor submission. */
                            priority: number;
                            /** @description Disk for each worker, in HTCondor's notation. */
                            worker_disk: string | number;
                            /** @description Memory for each worker, in HTCondor's notation. */
                            worker_memory: string | number;
                        };
                    }[];
                };
            };
        };
        responses: {
            /** @description The new workflow, task directives and taskforces. */
            200: {
                headers: {
                    /** @description This is the response to an earlier request: one with the same key, or an equal one whose response was lost. */
                    "Idempotency-Replayed"?: "true";
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "workflow": {
                     *         "workflow_id": "WF-6b0ca73d-c2072fb5",
                     *         "timestamp": 1795991357.46,
                     *         "priority": 60,
                     *         "deactivated": null,
                     *         "deactivated_ts": null
                     *       },
                     *       "task_directives": [
                     *         {
                     *           "task_id": "TK-6b0ca73d-c2072fb5-625d2ae2",
                     *           "workflow_id": "WF-6b0ca73d-c2072fb5",
                     *           "cluster_locations": [
                     *             "osg"
                     *           ],
                     *           "task_image": "/cvmfs/icecube.opensciencegrid.org/containers/realtime/skymap_scanner:v4.4.1",
                     *           "task_args": "python -m skymap_scanner.client.prepare --infile {{INFILE}} --outfile {{OUTFILE}} --nside 8",
                     *           "task_env": {
                     *             "SKYSCAN_PROGRESS_INTERVAL": "60"
                     *           },
                     *           "init_image": "",
                     *           "init_args": "",
                     *           "init_env": {},
                     *           "timestamp": 1795991357.46,
                     *           "input_queues": [
                     *             "MQ-6b0ca73d-c2072fb5-fd4e945bf2a6b144"
                     *           ],
                     *           "output_queues": [
                     *             "MQ-6b0ca73d-c2072fb5-3e3846ae39fe5947"
                     *           ]
                     *         }
                     *       ],
                     *       "taskforces": [
                     *         {
                     *           "taskforce_uuid": "TF-6b0ca73d-c2072fb5-625d2ae2-0a9001bd",
                     *           "task_id": "TK-6b0ca73d-c2072fb5-625d2ae2",
                     *           "workflow_id": "WF-6b0ca73d-c2072fb5",
                     *           "timestamp": 1795991357.46,
                     *           "priority": 60,
                     *           "collector": null,
                     *           "schedd": "grid-submitter.icecube.wisc.edu",
                     *           "n_workers": 5,
                     *           "pilot_config": {
                     *             "tag": "1.0.3",
                     *             "image_source": "cvmfs",
                     *             "environment": {
                     *               "EWMS_PILOT_TASK_TIMEOUT": 1800
                     *             },
                     *             "input_files": []
                     *           },
                     *           "worker_config": {
                     *             "do_transfer_worker_stdouterr": true,
                     *             "max_worker_runtime": 14400,
                     *             "n_cores": 1,
                     *             "priority": 50,
                     *             "worker_disk": "2GB",
                     *             "worker_memory": "2GB",
                     *             "condor_requirements": "HAS_CVMFS_icecube_opensciencegrid_org && has_avx"
                     *           },
                     *           "cluster_id": null,
                     *           "submit_dict": {},
                     *           "job_event_log_fpath": "",
                     *           "phase": "pending-starter",
                     *           "phase_change_log": [
                     *             {
                     *               "target_phase": "pre-mq-activation",
                     *               "timestamp": 1795991357.46,
                     *               "was_successful": true,
                     *               "source_event_time": null,
                     *               "source_entity": "USER",
                     *               "context": "Created during initial workflow request."
                     *             },
                     *             {
                     *               "target_phase": "pre-launch",
                     *               "timestamp": 1795991358.12,
                     *               "was_successful": true,
                     *               "source_event_time": null,
                     *               "source_entity": "Workflow MQ Activator",
                     *               "context": "The message queues are active."
                     *             },
                     *             {
                     *               "target_phase": "pending-starter",
                     *               "timestamp": 1795991358.28,
                     *               "was_successful": true,
                     *               "source_event_time": null,
                     *               "source_entity": "Taskforce Launch Control",
                     *               "context": "Ready to be started."
                     *             }
                     *           ],
                     *           "compound_statuses": {},
                     *           "top_task_errors": {}
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": {
                        /** @description One for each task of the request. */
                        task_directives: components["schemas"]["TaskDirectiveObject"][];
                        /** @description One for each task and cluster location. */
                        taskforces: components["schemas"]["TaskforceObject"][];
                        workflow: components["schemas"]["WorkflowObject"];
                    };
                };
            };
            /** @description The request is invalid. The error names the field. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 400,
                     *       "error": "tasks[0].n_workers: must be an integer"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description The bearer token is missing or invalid. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 401,
                     *       "error": "the token has expired"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description The caller does not have the role. Without token checks: another site's page sends the request, or its Host is unknown. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 403,
                     *       "error": "this needs the role user"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description A request with the same Idempotency-Key is still under way. Retry-After: seconds until a retry. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 409,
                     *       "error": "a request with this Idempotency-Key is in progress"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description The body is too large, or has too many keys and values. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 413,
                     *       "error": "the body is larger than 33554432 bytes"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description The request is valid, but the state of the object forbids it. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 422,
                     *       "error": "cannot add a taskforce to a deactivated workflow (WF-6b0ca73d-c2072fb5)"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description The caller sent too many requests or wrong passwords. Retry-After: seconds until the next one is allowed. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 429,
                     *       "error": "too many requests: try again in 7 s"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description An internal error. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 500,
                     *       "error": "internal error"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description The message queue service rejected the request. */
            502: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 502,
                     *       "error": "the message queue service rejected the request: unknown alias"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description Redis, the message queue service or the identity provider is unreachable. Retry-After: seconds until a retry. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 503,
                     *       "error": "the database is not available, try again later"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
        };
    };
    getWorkflow: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description Id of a workflow: WF-<hex epoch seconds>-<8 hex>.
                 * @example WF-6b0ca73d-c2072fb5
                 */
                workflow_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The workflow. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "workflow_id": "WF-6b0ca73d-c2072fb5",
                     *       "timestamp": 1795991357.46,
                     *       "priority": 60,
                     *       "deactivated": null,
                     *       "deactivated_ts": null
                     *     }
                     */
                    "application/json": components["schemas"]["WorkflowObject"];
                };
            };
            /** @description The request is invalid. The error names the field. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 400,
                     *       "error": "tasks[0].n_workers: must be an integer"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description The bearer token is missing or invalid. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 401,
                     *       "error": "the token has expired"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description The caller does not have the role. Without token checks: another site's page sends the request, or its Host is unknown. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 403,
                     *       "error": "this needs the role user"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description The object does not exist, or its state does not allow this. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 404,
                     *       "error": "no workflow found with id: WF-6b0ca73d-c2072fb5"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description The body is too large, or has too many keys and values. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 413,
                     *       "error": "the body is larger than 33554432 bytes"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description The caller sent too many requests or wrong passwords. Retry-After: seconds until the next one is allowed. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 429,
                     *       "error": "too many requests: try again in 7 s"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description An internal error. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 500,
                     *       "error": "internal error"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description Redis, the message queue service or the identity provider is unreachable. Retry-After: seconds until a retry. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 503,
                     *       "error": "the database is not available, try again later"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
        };
    };
    abortWorkflow: {
        parameters: {
            query?: never;
            header?: {
                /** @description Chosen by the client: 1 to 255 visible ASCII characters. A request that repeats a key within 24 h takes effect once and gets the first response again. A key is valid for one caller and one path. */
                "Idempotency-Key"?: string;
            };
            path: {
                /**
                 * @description Id of a workflow: WF-<hex epoch seconds>-<8 hex>.
                 * @example WF-6b0ca73d-c2072fb5
                 */
                workflow_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The number of taskforces that will be stopped. */
            200: {
                headers: {
                    /** @description This is the response to an earlier request: one with the same key, or an equal one whose response was lost. */
                    "Idempotency-Replayed"?: "true";
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "workflow_id": "WF-6b0ca73d-c2072fb5",
                     *       "n_taskforces": 2
                     *     }
                     */
                    "application/json": components["schemas"]["DeactivatedWorkflowResponseObject"];
                };
            };
            /** @description The request is invalid. The error names the field. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 400,
                     *       "error": "tasks[0].n_workers: must be an integer"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description The bearer token is missing or invalid. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 401,
                     *       "error": "the token has expired"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description The caller does not have the role. Without token checks: another site's page sends the request, or its Host is unknown. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 403,
                     *       "error": "this needs the role user"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description The object does not exist, or its state does not allow this. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 404,
                     *       "error": "no workflow found with id: WF-6b0ca73d-c2072fb5"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description A request with the same Idempotency-Key is still under way. Retry-After: seconds until a retry. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 409,
                     *       "error": "a request with this Idempotency-Key is in progress"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description The body is too large, or has too many keys and values. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 413,
                     *       "error": "the body is larger than 33554432 bytes"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description The request is valid, but the state of the object forbids it. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 422,
                     *       "error": "cannot add a taskforce to a deactivated workflow (WF-6b0ca73d-c2072fb5)"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description The caller sent too many requests or wrong passwords. Retry-After: seconds until the next one is allowed. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 429,
                     *       "error": "too many requests: try again in 7 s"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description An internal error. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 500,
                     *       "error": "internal error"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description Redis, the message queue service or the identity provider is unreachable. Retry-After: seconds until a retry. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 503,
                     *       "error": "the database is not available, try again later"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
        };
    };
    finishWorkflow: {
        parameters: {
            query?: never;
            header?: {
                /** @description Chosen by the client: 1 to 255 visible ASCII characters. A request that repeats a key within 24 h takes effect once and gets the first response again. A key is valid for one caller and one path. */
                "Idempotency-Key"?: string;
            };
            path: {
                /**
                 * @description Id of a workflow: WF-<hex epoch seconds>-<8 hex>.
                 * @example WF-6b0ca73d-c2072fb5
                 */
                workflow_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The number of taskforces that will be stopped. */
            200: {
                headers: {
                    /** @description This is the response to an earlier request: one with the same key, or an equal one whose response was lost. */
                    "Idempotency-Replayed"?: "true";
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "workflow_id": "WF-6b0ca73d-c2072fb5",
                     *       "n_taskforces": 2
                     *     }
                     */
                    "application/json": components["schemas"]["DeactivatedWorkflowResponseObject"];
                };
            };
            /** @description The request is invalid. The error names the field. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 400,
                     *       "error": "tasks[0].n_workers: must be an integer"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description The bearer token is missing or invalid. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 401,
                     *       "error": "the token has expired"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description The caller does not have the role. Without token checks: another site's page sends the request, or its Host is unknown. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 403,
                     *       "error": "this needs the role user"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description The object does not exist, or its state does not allow this. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 404,
                     *       "error": "no workflow found with id: WF-6b0ca73d-c2072fb5"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description A request with the same Idempotency-Key is still under way. Retry-After: seconds until a retry. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 409,
                     *       "error": "a request with this Idempotency-Key is in progress"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description The body is too large, or has too many keys and values. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 413,
                     *       "error": "the body is larger than 33554432 bytes"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description The request is valid, but the state of the object forbids it. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 422,
                     *       "error": "cannot add a taskforce to a deactivated workflow (WF-6b0ca73d-c2072fb5)"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description The caller sent too many requests or wrong passwords. Retry-After: seconds until the next one is allowed. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 429,
                     *       "error": "too many requests: try again in 7 s"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description An internal error. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 500,
                     *       "error": "internal error"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description Redis, the message queue service or the identity provider is unreachable. Retry-After: seconds until a retry. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 503,
                     *       "error": "the database is not available, try again later"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
        };
    };
    retryDeadLetters: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description Id of a workflow: WF-<hex epoch seconds>-<8 hex>.
                 * @example WF-6b0ca73d-c2072fb5
                 */
                workflow_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The number of retried taskforces. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "workflow_id": "WF-6b0ca73d-c2072fb5",
                     *       "n_taskforces": 1
                     *     }
                     */
                    "application/json": {
                        /** @description Number of its dead letters that were retried. */
                        n_taskforces: number;
                        workflow_id: string;
                    };
                };
            };
            /** @description The request is invalid. The error names the field. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 400,
                     *       "error": "tasks[0].n_workers: must be an integer"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description The bearer token is missing or invalid. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 401,
                     *       "error": "the token has expired"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description The caller does not have the role. Without token checks: another site's page sends the request, or its Host is unknown. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 403,
                     *       "error": "this needs the role user"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description The object does not exist, or its state does not allow this. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 404,
                     *       "error": "no workflow found with id: WF-6b0ca73d-c2072fb5"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description The body is too large, or has too many keys and values. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 413,
                     *       "error": "the body is larger than 33554432 bytes"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description The caller sent too many requests or wrong passwords. Retry-After: seconds until the next one is allowed. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 429,
                     *       "error": "too many requests: try again in 7 s"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description An internal error. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 500,
                     *       "error": "internal error"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description Redis, the message queue service or the identity provider is unreachable. Retry-After: seconds until a retry. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 503,
                     *       "error": "the database is not available, try again later"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
        };
    };
    getAnnotations: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description Id of a workflow: WF-<hex epoch seconds>-<8 hex>.
                 * @example WF-6b0ca73d-c2072fb5
                 */
                workflow_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The annotations. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "workflow_id": "WF-6b0ca73d-c2072fb5",
                     *       "name": "Cascade reconstruction, IC86.2024",
                     *       "labels": {
                     *         "season": "IC86.2024",
                     *         "mc": "22345"
                     *       },
                     *       "note": "Runs again with the new ice model.",
                     *       "owner": {
                     *         "subject": "ada",
                     *         "name": "Ada Lovelace"
                     *       },
                     *       "client": "ewms/1.0.0",
                     *       "created": 1795991357.46
                     *     }
                     */
                    "application/json": components["schemas"]["WorkflowAnnotations"];
                };
            };
            /** @description The request is invalid. The error names the field. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 400,
                     *       "error": "tasks[0].n_workers: must be an integer"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description The bearer token is missing or invalid. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 401,
                     *       "error": "the token has expired"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description The caller does not have the role. Without token checks: another site's page sends the request, or its Host is unknown. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 403,
                     *       "error": "this needs the role user"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description The object does not exist, or its state does not allow this. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 404,
                     *       "error": "no workflow found with id: WF-6b0ca73d-c2072fb5"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description The body is too large, or has too many keys and values. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 413,
                     *       "error": "the body is larger than 33554432 bytes"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description The caller sent too many requests or wrong passwords. Retry-After: seconds until the next one is allowed. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 429,
                     *       "error": "too many requests: try again in 7 s"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description An internal error. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 500,
                     *       "error": "internal error"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description Redis, the message queue service or the identity provider is unreachable. Retry-After: seconds until a retry. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 503,
                     *       "error": "the database is not available, try again later"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
        };
    };
    putAnnotations: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description Id of a workflow: WF-<hex epoch seconds>-<8 hex>.
                 * @example WF-6b0ca73d-c2072fb5
                 */
                workflow_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "name": "Cascade reconstruction, IC86.2024",
                 *       "labels": {
                 *         "season": "IC86.2024",
                 *         "mc": "22345"
                 *       },
                 *       "note": "Runs again with the new ice model."
                 *     }
                 */
                "application/json": {
                    /**
                     * @description Keys and values to find workflows by.
                     * @default {}
                     */
                    labels?: {
                        [key: string]: string;
                    };
                    /** @default null */
                    name?: string | null;
                    /** @default null */
                    note?: string | null;
                };
            };
        };
        responses: {
            /** @description The new annotations. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "workflow_id": "WF-6b0ca73d-c2072fb5",
                     *       "name": "Cascade reconstruction, IC86.2024",
                     *       "labels": {
                     *         "season": "IC86.2024",
                     *         "mc": "22345"
                     *       },
                     *       "note": "Runs again with the new ice model.",
                     *       "owner": {
                     *         "subject": "ada",
                     *         "name": "Ada Lovelace"
                     *       },
                     *       "client": "ewms/1.0.0",
                     *       "created": 1795991357.46
                     *     }
                     */
                    "application/json": components["schemas"]["WorkflowAnnotations"];
                };
            };
            /** @description The request is invalid. The error names the field. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 400,
                     *       "error": "tasks[0].n_workers: must be an integer"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description The bearer token is missing or invalid. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 401,
                     *       "error": "the token has expired"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description The caller does not have the role. Without token checks: another site's page sends the request, or its Host is unknown. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 403,
                     *       "error": "this needs the role user"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description The object does not exist, or its state does not allow this. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 404,
                     *       "error": "no workflow found with id: WF-6b0ca73d-c2072fb5"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description The body is too large, or has too many keys and values. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 413,
                     *       "error": "the body is larger than 33554432 bytes"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description The caller sent too many requests or wrong passwords. Retry-After: seconds until the next one is allowed. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 429,
                     *       "error": "too many requests: try again in 7 s"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description An internal error. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 500,
                     *       "error": "internal error"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description Redis, the message queue service or the identity provider is unreachable. Retry-After: seconds until a retry. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 503,
                     *       "error": "the database is not available, try again later"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
        };
    };
    diagnoseWorkflow: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description Id of a workflow: WF-<hex epoch seconds>-<8 hex>.
                 * @example WF-6b0ca73d-c2072fb5
                 */
                workflow_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The findings, the most important first. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "findings": [
                     *         {
                     *           "code": "schedd-silent",
                     *           "severity": "error",
                     *           "sentence": "2 taskforces are waiting for schedd grid-submitter.icecube.wisc.edu, whose TMS has not asked for work since 13:02 UTC",
                     *           "since": 1795991358.28,
                     *           "subject": {
                     *             "kind": "schedd",
                     *             "id": "grid-submitter.icecube.wisc.edu"
                     *           },
                     *           "action": "Check that the TMS of this schedd is running, has a valid token, and polls with this name."
                     *         }
                     *       ],
                     *       "n_omitted": 0
                     *     }
                     */
                    "application/json": components["schemas"]["Diagnosis"];
                };
            };
            /** @description The request is invalid. The error names the field. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 400,
                     *       "error": "tasks[0].n_workers: must be an integer"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description The bearer token is missing or invalid. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 401,
                     *       "error": "the token has expired"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description The caller does not have the role. Without token checks: another site's page sends the request, or its Host is unknown. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 403,
                     *       "error": "this needs the role user"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description The object does not exist, or its state does not allow this. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 404,
                     *       "error": "no workflow found with id: WF-6b0ca73d-c2072fb5"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description The body is too large, or has too many keys and values. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 413,
                     *       "error": "the body is larger than 33554432 bytes"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description The caller sent too many requests or wrong passwords. Retry-After: seconds until the next one is allowed. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 429,
                     *       "error": "too many requests: try again in 7 s"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description An internal error. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 500,
                     *       "error": "internal error"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description Redis, the message queue service or the identity provider is unreachable. Retry-After: seconds until a retry. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 503,
                     *       "error": "the database is not available, try again later"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
        };
    };
    watchWorkflow: {
        parameters: {
            query?: {
                /** @description Replaces the header Last-Event-ID, which has precedence. */
                last_event_id?: string;
            };
            header?: {
                /** @description The id of the last event that the client received, from any process. The stream starts with the events after it. Without it, the stream starts with new events. */
                "last-event-id"?: string;
            };
            path: {
                /**
                 * @description Id of a workflow: WF-<hex epoch seconds>-<8 hex>.
                 * @example WF-6b0ca73d-c2072fb5
                 */
                workflow_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Events phase, summary, deactivated and gap. The schema is that of the data of one event. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "workflow_id": "WF-6b0ca73d-c2072fb5",
                     *       "task_id": "TK-6b0ca73d-c2072fb5-625d2ae2",
                     *       "taskforce_uuid": "TF-6b0ca73d-c2072fb5-625d2ae2-0a9001bd",
                     *       "phase": "condor-submit",
                     *       "from": "pending-starter",
                     *       "timestamp": 1795991359.43,
                     *       "was_successful": true,
                     *       "schedd": "grid-submitter.icecube.wisc.edu"
                     *     }
                     */
                    "text/event-stream": components["schemas"]["PhaseEvent"] | components["schemas"]["SummaryEvent"] | components["schemas"]["DeactivatedEvent"] | components["schemas"]["GapEvent"];
                };
            };
            /** @description The request is invalid. The error names the field. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 400,
                     *       "error": "tasks[0].n_workers: must be an integer"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description The bearer token is missing or invalid. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 401,
                     *       "error": "the token has expired"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description The caller does not have the role. Without token checks: another site's page sends the request, or its Host is unknown. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 403,
                     *       "error": "this needs the role user"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description The object does not exist, or its state does not allow this. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 404,
                     *       "error": "no workflow found with id: WF-6b0ca73d-c2072fb5"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description The body is too large, or has too many keys and values. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 413,
                     *       "error": "the body is larger than 33554432 bytes"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description The caller sent too many requests or wrong passwords. Retry-After: seconds until the next one is allowed. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 429,
                     *       "error": "too many requests: try again in 7 s"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description An internal error. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 500,
                     *       "error": "internal error"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description Redis, the message queue service or the identity provider is unreachable. Retry-After: seconds until a retry. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 503,
                     *       "error": "the database is not available, try again later"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
        };
    };
    getWorkflowHistory: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description Id of a workflow: WF-<hex epoch seconds>-<8 hex>.
                 * @example WF-6b0ca73d-c2072fb5
                 */
                workflow_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The samples. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "workflow_id": "WF-6b0ca73d-c2072fb5",
                     *       "interval": 30,
                     *       "samples": [
                     *         {
                     *           "timestamp": 1795991358,
                     *           "workers": {
                     *             "working": 0,
                     *             "starting": 0,
                     *             "idle": 0,
                     *             "done": 0,
                     *             "failed": 0,
                     *             "held": 0,
                     *             "removed": 0,
                     *             "other": 0
                     *           },
                     *           "taskforces_by_phase": {
                     *             "pending-starter": 2
                     *           },
                     *           "n_completed": 0,
                     *           "n_errors": 0
                     *         },
                     *         {
                     *           "timestamp": 1795991601,
                     *           "workers": {
                     *             "working": 3,
                     *             "starting": 0,
                     *             "idle": 1,
                     *             "done": 0,
                     *             "failed": 0,
                     *             "held": 0,
                     *             "removed": 0,
                     *             "other": 0
                     *           },
                     *           "taskforces_by_phase": {
                     *             "condor-submit": 1,
                     *             "pending-starter": 1
                     *           },
                     *           "n_completed": 0,
                     *           "n_errors": 1
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["WorkflowHistory"];
                };
            };
            /** @description The request is invalid. The error names the field. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 400,
                     *       "error": "tasks[0].n_workers: must be an integer"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description The bearer token is missing or invalid. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 401,
                     *       "error": "the token has expired"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description The caller does not have the role. Without token checks: another site's page sends the request, or its Host is unknown. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 403,
                     *       "error": "this needs the role user"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description The object does not exist, or its state does not allow this. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 404,
                     *       "error": "no workflow found with id: WF-6b0ca73d-c2072fb5"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description The body is too large, or has too many keys and values. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 413,
                     *       "error": "the body is larger than 33554432 bytes"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description The caller sent too many requests or wrong passwords. Retry-After: seconds until the next one is allowed. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 429,
                     *       "error": "too many requests: try again in 7 s"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description An internal error. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 500,
                     *       "error": "internal error"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description Redis, the message queue service or the identity provider is unreachable. Retry-After: seconds until a retry. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 503,
                     *       "error": "the database is not available, try again later"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
        };
    };
    listQueues: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description Id of a workflow: WF-<hex epoch seconds>-<8 hex>.
                 * @example WF-6b0ca73d-c2072fb5
                 */
                workflow_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The queues. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "queues": [
                     *         {
                     *           "mqid": "MQ-6b0ca73d-c2072fb5-fd4e945bf2a6b144",
                     *           "alias": "frames",
                     *           "is_public": true
                     *         },
                     *         {
                     *           "mqid": "MQ-6b0ca73d-c2072fb5-3e3846ae39fe5947",
                     *           "alias": "maps",
                     *           "is_public": false
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": {
                        queues: components["schemas"]["WorkflowQueue"][];
                    };
                };
            };
            /** @description The request is invalid. The error names the field. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 400,
                     *       "error": "tasks[0].n_workers: must be an integer"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description The bearer token is missing or invalid. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 401,
                     *       "error": "the token has expired"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description The caller does not have the role. Without token checks: another site's page sends the request, or its Host is unknown. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 403,
                     *       "error": "this needs the role user"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description The object does not exist, or its state does not allow this. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 404,
                     *       "error": "no workflow found with id: WF-6b0ca73d-c2072fb5"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description The body is too large, or has too many keys and values. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 413,
                     *       "error": "the body is larger than 33554432 bytes"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description The caller sent too many requests or wrong passwords. Retry-After: seconds until the next one is allowed. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 429,
                     *       "error": "too many requests: try again in 7 s"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description An internal error. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 500,
                     *       "error": "internal error"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description Redis, the message queue service or the identity provider is unreachable. Retry-After: seconds until a retry. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 503,
                     *       "error": "the database is not available, try again later"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
        };
    };
    getWorkflowRequest: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description Id of a workflow: WF-<hex epoch seconds>-<8 hex>.
                 * @example WF-6b0ca73d-c2072fb5
                 */
                workflow_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A body for POST /v1/workflows. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "public_queue_aliases": [
                     *         "frames",
                     *         "reco-results"
                     *       ],
                     *       "priority": 60,
                     *       "tasks": [
                     *         {
                     *           "cluster_locations": [
                     *             "osg"
                     *           ],
                     *           "task_image": "/cvmfs/icecube.opensciencegrid.org/containers/realtime/skymap_scanner:v4.4.1",
                     *           "task_args": "python -m skymap_scanner.client.prepare --infile {{INFILE}} --outfile {{OUTFILE}} --nside 8",
                     *           "task_env": {
                     *             "SKYSCAN_PROGRESS_INTERVAL": "60"
                     *           },
                     *           "input_queue_aliases": [
                     *             "frames"
                     *           ],
                     *           "output_queue_aliases": [
                     *             "pixels"
                     *           ],
                     *           "pilot_config": {
                     *             "tag": "1.0.3",
                     *             "image_source": "cvmfs",
                     *             "environment": {
                     *               "EWMS_PILOT_TASK_TIMEOUT": 1800
                     *             },
                     *             "input_files": []
                     *           },
                     *           "worker_config": {
                     *             "do_transfer_worker_stdouterr": true,
                     *             "max_worker_runtime": 14400,
                     *             "n_cores": 1,
                     *             "priority": 50,
                     *             "worker_disk": "2GB",
                     *             "worker_memory": "2GB",
                     *             "condor_requirements": "HAS_CVMFS_icecube_opensciencegrid_org && has_avx"
                     *           },
                     *           "n_workers": 5
                     *         },
                     *         {
                     *           "cluster_locations": [
                     *             "osg"
                     *           ],
                     *           "task_image": "/cvmfs/icecube.opensciencegrid.org/containers/realtime/skymap_scanner:v4.4.1",
                     *           "task_args": "python -m skymap_scanner.client --infile {{INFILE}} --outfile {{OUTFILE}} --reco-algo millipede_wilks",
                     *           "task_env": {},
                     *           "input_queue_aliases": [
                     *             "pixels"
                     *           ],
                     *           "output_queue_aliases": [
                     *             "reco-results"
                     *           ],
                     *           "pilot_config": {
                     *             "tag": "1.0.3",
                     *             "image_source": "cvmfs",
                     *             "environment": {
                     *               "EWMS_PILOT_TASK_TIMEOUT": 7200
                     *             },
                     *             "input_files": []
                     *           },
                     *           "worker_config": {
                     *             "do_transfer_worker_stdouterr": false,
                     *             "max_worker_runtime": 28800,
                     *             "n_cores": 1,
                     *             "priority": 50,
                     *             "worker_disk": "4GB",
                     *             "worker_memory": "8GB",
                     *             "condor_requirements": "HAS_CVMFS_icecube_opensciencegrid_org && has_avx"
                     *           },
                     *           "n_workers": 50
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": {
                        /** @description Higher goes first; 50 by default, 100 at most. */
                        priority?: number;
                        /** @description Aliases of the queues that the user's own programs will write to or read from. */
                        public_queue_aliases: string[];
                        /** @description What to run. */
                        tasks: {
                            /** @description Names of the HTCondor pools to run on. */
                            cluster_locations: string[];
                            /** @description Arguments for the init image. */
                            init_args?: string;
                            /** @description Environment of the init container. */
                            init_env?: {
                                [key: string]: string;
                            };
                            /** @description Container image that runs once on each worker, before the first event. */
                            init_image?: string;
                            /** @description Names, within this request, of the queues with the events. */
                            input_queue_aliases: string[];
                            /** @description Workers in the HTCondor cluster. */
                            n_workers?: number | null;
                            /** @description Names, within this request, of the queues for the results. */
                            output_queue_aliases: string[];
                            /** @description Set-up of the EWMS pilot. */
                            pilot_config?: {
                                /** @description Environment of the pilot. */
                                environment: {
                                    [key: string]: string | number | string[];
                                };
                                /**
                                 * @description Where the image comes from; stored as cvmfs.
                                 * @enum {string}
                                 */
                                image_source: "cvmfs" | "auto";
                                /** @description Files on the access point that the container may read. */
                                input_files: string[];
                                /** @description Tag of the pilot's image: X.Y.Z, latest (the highest X.Y.Z), or a branch tag. */
                                tag: string;
                            };
                            /** @description Arguments for the task image. */
                            task_args: string;
                            /** @description Environment of the task container. */
                            task_env?: {
                                [key: string]: string;
                            };
                            /** @description Container image that runs for each event. An unpacked Apptainer directory starts fastest. */
                            task_image: string;
                            /** @description What each HTCondor worker asks for. */
                            worker_config: {
                                /** @description HTCondor's requirements expression. */
                                condor_requirements: string;
                                /** @description Whether stdout and stderr come back to the access point. */
                                do_transfer_worker_stdouterr: boolean;
                                /** @description Seconds after which HTCondor ends a worker. */
                                max_worker_runtime: number;
                                /** @description Cores for each worker. */
                                n_cores: number;
                                /** @description Priority of the HTCondor submission. */
                                priority: number;
                                /** @description Disk for each worker, in HTCondor's notation. */
                                worker_disk: string | number;
                                /** @description Memory for each worker, in HTCondor's notation. */
                                worker_memory: string | number;
                            };
                        }[];
                    };
                };
            };
            /** @description The request is invalid. The error names the field. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 400,
                     *       "error": "tasks[0].n_workers: must be an integer"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description The bearer token is missing or invalid. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 401,
                     *       "error": "the token has expired"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description The caller does not have the role. Without token checks: another site's page sends the request, or its Host is unknown. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 403,
                     *       "error": "this needs the role user"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description The object does not exist, or its state does not allow this. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 404,
                     *       "error": "no workflow found with id: WF-6b0ca73d-c2072fb5"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description The body is too large, or has too many keys and values. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 413,
                     *       "error": "the body is larger than 33554432 bytes"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description The request is valid, but the state of the object forbids it. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 422,
                     *       "error": "cannot add a taskforce to a deactivated workflow (WF-6b0ca73d-c2072fb5)"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description The caller sent too many requests or wrong passwords. Retry-After: seconds until the next one is allowed. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 429,
                     *       "error": "too many requests: try again in 7 s"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description An internal error. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 500,
                     *       "error": "internal error"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description The message queue service rejected the request. */
            502: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 502,
                     *       "error": "the message queue service rejected the request: unknown alias"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description Redis, the message queue service or the identity provider is unreachable. Retry-After: seconds until a retry. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 503,
                     *       "error": "the database is not available, try again later"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
        };
    };
    getWorkflowSummary: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description Id of a workflow: WF-<hex epoch seconds>-<8 hex>.
                 * @example WF-6b0ca73d-c2072fb5
                 */
                workflow_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The summary. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "workflow_id": "WF-6b0ca73d-c2072fb5",
                     *       "deactivated": null,
                     *       "deactivated_ts": null,
                     *       "n_taskforces": 2,
                     *       "taskforces_by_phase": {
                     *         "condor-submit": 1,
                     *         "pending-starter": 1
                     *       },
                     *       "n_workers_requested": 55,
                     *       "compound_statuses": {
                     *         "IDLE": {
                     *           "null": 1
                     *         },
                     *         "RUNNING": {
                     *           "Tasking": 3,
                     *           "FatalError": 1
                     *         }
                     *       },
                     *       "top_task_errors": {
                     *         "ValueError: no frames in the i3 file": 1
                     *       },
                     *       "tasks": [
                     *         {
                     *           "task_id": "TK-6b0ca73d-c2072fb5-625d2ae2",
                     *           "task_image": "/cvmfs/icecube.opensciencegrid.org/containers/realtime/skymap_scanner:v4.4.1",
                     *           "n_taskforces": 1,
                     *           "taskforces_by_phase": {
                     *             "condor-submit": 1
                     *           },
                     *           "n_workers_requested": 5,
                     *           "compound_statuses": {
                     *             "IDLE": {
                     *               "null": 1
                     *             },
                     *             "RUNNING": {
                     *               "Tasking": 3,
                     *               "FatalError": 1
                     *             }
                     *           },
                     *           "top_task_errors": {
                     *             "ValueError: no frames in the i3 file": 1
                     *           }
                     *         },
                     *         {
                     *           "task_id": "TK-6b0ca73d-c2072fb5-ffcf30d6",
                     *           "task_image": "/cvmfs/icecube.opensciencegrid.org/containers/realtime/skymap_scanner:v4.4.1",
                     *           "n_taskforces": 1,
                     *           "taskforces_by_phase": {
                     *             "pending-starter": 1
                     *           },
                     *           "n_workers_requested": 50,
                     *           "compound_statuses": {},
                     *           "top_task_errors": {}
                     *         }
                     *       ],
                     *       "last_change": 1795991359.43,
                     *       "n_failed_attempts": 0,
                     *       "failed_attempts": [],
                     *       "n_never_started": 0,
                     *       "updated": 1795991601.2,
                     *       "phases": {
                     *         "pending-starter": {
                     *           "n": 1,
                     *           "oldest_since": 1795991358.28,
                     *           "seconds_longest": 242.9,
                     *           "seconds_mean_past": 1.2
                     *         },
                     *         "condor-submit": {
                     *           "n": 1,
                     *           "oldest_since": 1795991359.43,
                     *           "seconds_longest": 241.8,
                     *           "seconds_mean_past": null
                     *         }
                     *       },
                     *       "waiting_for": "2 taskforces are waiting for schedd grid-submitter.icecube.wisc.edu, whose TMS has not asked for work since 13:02 UTC",
                     *       "findings": [
                     *         {
                     *           "code": "schedd-silent",
                     *           "severity": "error",
                     *           "sentence": "2 taskforces are waiting for schedd grid-submitter.icecube.wisc.edu, whose TMS has not asked for work since 13:02 UTC",
                     *           "since": 1795991358.28,
                     *           "subject": {
                     *             "kind": "schedd",
                     *             "id": "grid-submitter.icecube.wisc.edu"
                     *           },
                     *           "action": "Check that the TMS of this schedd is running, has a valid token, and polls with this name."
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["WorkflowSummary"];
                };
            };
            /** @description The request is invalid. The error names the field. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 400,
                     *       "error": "tasks[0].n_workers: must be an integer"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description The bearer token is missing or invalid. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 401,
                     *       "error": "the token has expired"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description The caller does not have the role. Without token checks: another site's page sends the request, or its Host is unknown. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 403,
                     *       "error": "this needs the role user"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description The object does not exist, or its state does not allow this. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 404,
                     *       "error": "no workflow found with id: WF-6b0ca73d-c2072fb5"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description The body is too large, or has too many keys and values. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 413,
                     *       "error": "the body is larger than 33554432 bytes"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description The caller sent too many requests or wrong passwords. Retry-After: seconds until the next one is allowed. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 429,
                     *       "error": "too many requests: try again in 7 s"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description An internal error. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 500,
                     *       "error": "internal error"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description Redis, the message queue service or the identity provider is unreachable. Retry-After: seconds until a retry. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 503,
                     *       "error": "the database is not available, try again later"
                     *     }
                     */
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
        };
    };
}
