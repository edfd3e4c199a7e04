/** What a worker of a small workflow asks for. */
export const WORKER_CONFIG = {
  do_transfer_worker_stdouterr: false,
  max_worker_runtime: 3600,
  n_cores: 1,
  priority: 0,
  worker_disk: "1GB",
  worker_memory: "1GB",
  condor_requirements: "",
};

/** The body of a request for a small workflow. @param changes fields of its one task */
export const workflowRequestJson = (changes: object = {}): string =>
  JSON.stringify({
    public_queue_aliases: [],
    tasks: [
      {
        cluster_locations: ["test-alpha"],
        task_image: "/cvmfs/images/task:1",
        task_args: "",
        input_queue_aliases: [],
        output_queue_aliases: [],
        worker_config: WORKER_CONFIG,
        ...changes,
      },
    ],
  });

/** A request for a workflow that a worker launches: its message queues are to be activated. */
export const WITH_QUEUES_JSON = workflowRequestJson({ input_queue_aliases: ["in"], output_queue_aliases: ["out"] });

/** @see workflowRequestJson */
export const WORKFLOW_REQUEST_JSON = workflowRequestJson();
