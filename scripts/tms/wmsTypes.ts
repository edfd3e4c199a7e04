/** What the TMS sees of the WMS, as JSON. Only the fields that it reads are named. */

/** A taskforce: one HTCondor cluster to be, or that is. */
export interface Taskforce {
  taskforce_uuid: string;
  task_id: string;
  workflow_id: string;
  schedd: string;
  priority: number;
  n_workers: number;
  pilot_config: { tag: string; environment: Record<string, unknown>; input_files: string[] };
  worker_config: {
    do_transfer_worker_stdouterr: boolean;
    max_worker_runtime: number;
    n_cores: number;
    priority: number;
    worker_disk: string | number;
    worker_memory: string | number;
    condor_requirements: string;
  };
  /** Null before condor-submit. */
  cluster_id: number | null;
  phase: string;
  compound_statuses: CompoundStatuses;
}

/** What a task runs. */
export interface TaskDirective {
  task_id: string;
  task_image: string;
  task_args: string;
  input_queues: string[];
  output_queues: string[];
}

/** A message queue that the workers of a taskforce read from or write to. */
export interface MqProfile {
  mqid: string;
  alias: string;
  is_activated: boolean;
}

/** The answer of pending-starter. */
export interface HandOut {
  taskforce: Taskforce;
  task_directive: TaskDirective;
  mqprofiles: MqProfile[];
}

/** The body of condor-submit. */
export interface SubmitReport {
  cluster_id: number;
  n_workers: number;
  submit_dict: Record<string, string | number>;
  job_event_log_fpath: string;
}

/** HTCondor status → pilot status → number of workers. */
export type CompoundStatuses = Record<string, Record<string, number>>;
/** Error text → how often it was seen. */
export type TopTaskErrors = Record<string, number>;

/** The body of the statuses report; both maps are keyed by taskforce uuid. */
export interface StatusesReport {
  compound_statuses_by_taskforce?: Record<string, CompoundStatuses>;
  top_task_errors_by_taskforce?: Record<string, TopTaskErrors>;
}

/** What the statuses report did to one taskforce. */
export interface StatusResult {
  uuid: string;
  status: "updated" | "failed";
  error?: string;
}
