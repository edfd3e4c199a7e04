import type { CreateWorkflowRequest, TaskRequest } from "../../src/domain/requestSchemas.js";
import type { TaskDirective } from "../../src/domain/taskDirective.js";
import type { Taskforce } from "../../src/domain/taskforce.js";
import type { Workflow } from "../../src/domain/workflow.js";

/** A task with the required fields only. */
export const makeTaskRequest = (location: string, more: Partial<TaskRequest> = {}): TaskRequest => ({
  cluster_locations: [location],
  task_image: "/cvmfs/icecube.opensciencegrid.org/containers/task:1",
  task_args: "cp {{INFILE}} {{OUTFILE}}",
  input_queue_aliases: [],
  output_queue_aliases: [],
  worker_config: {
    do_transfer_worker_stdouterr: true,
    max_worker_runtime: 600,
    n_cores: 1,
    priority: 99,
    worker_disk: "512M",
    worker_memory: 1024,
    condor_requirements: "",
  },
  ...more,
});

/** A workflow request with the required fields only. */
export const makeWorkflowRequest = (
  tasks: TaskRequest[],
  more: Partial<CreateWorkflowRequest> = {},
): CreateWorkflowRequest => ({ tasks, public_queue_aliases: [], ...more });

/** A TMS's report of a submission. */
export const submitReport = (cluster_id = 123) => ({
  cluster_id,
  n_workers: 7,
  submit_dict: { executable: "/bin/pilot", queue: 7 },
  job_event_log_fpath: "/scratch/ewms/tms.log",
});

/** The response of `POST /v1/workflows`. */
export interface CreatedWorkflow {
  workflow: Workflow;
  task_directives: TaskDirective[];
  taskforces: Taskforce[];
}
