/** The JSON types of the WMS, with only the fields that the TMS reads. */

/** A taskforce: one HTCondor cluster, before or after its submission. */
export interface TmsTaskforce {
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
  compound_statuses: TmsCompoundStatuses;
}

/** A task directive. */
export interface TmsTaskDirective {
  task_id: string;
  task_image: string;
  task_args: string;
  input_queues: string[];
  output_queues: string[];
}

/** A message queue of a taskforce's workers. */
export interface TmsMqProfile {
  mqid: string;
  alias: string;
  is_activated: boolean;
}

/** The response of pending-starter. */
export interface TmsHandOut {
  taskforce: TmsTaskforce;
  task_directive: TmsTaskDirective;
  mqprofiles: TmsMqProfile[];
}

/** The body of condor-submit. */
export interface TmsSubmitReport {
  cluster_id: number;
  n_workers: number;
  submit_dict: Record<string, string | number>;
  job_event_log_fpath: string;
}

/** HTCondor status → pilot status → number of workers. */
export type TmsCompoundStatuses = Record<string, Record<string, number>>;
/** Error text → number of occurrences. */
export type TmsTopTaskErrors = Record<string, number>;

/** The body of the statuses report; both maps are keyed by taskforce uuid. */
export interface TmsStatusesReport {
  compound_statuses_by_taskforce?: Record<string, TmsCompoundStatuses>;
  top_task_errors_by_taskforce?: Record<string, TmsTopTaskErrors>;
}

/** The result of a statuses report for one taskforce. */
export interface TmsStatusResult {
  uuid: string;
  status: "updated" | "failed";
  error?: string;
}
