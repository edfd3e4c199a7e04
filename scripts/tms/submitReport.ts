import type { TmsHandOut, TmsSubmitReport } from "./wmsTypes.js";

/** Folder of HTCondor's job event logs on the access point. */
const EVENT_LOG_DIR = "/scratch/ewms/tms/event-logs";
const PILOT_IMAGE_DIR = "/cvmfs/icecube.opensciencegrid.org/containers/ewms";

/**
 * Creates the report of a submission, with the arguments that a TMS passes to condor_submit.
 *
 * @param clusterId HTCondor's number of the cluster
 * @param at time of the submission; the clusters of a day share one event log
 */
export function buildSubmitReport(handOut: TmsHandOut, clusterId: number, at: Date): TmsSubmitReport {
  const { taskforce, task_directive, mqprofiles } = handOut;
  const { pilot_config, worker_config } = taskforce;
  const job_event_log_fpath = `${EVENT_LOG_DIR}/${taskforce.schedd}/${at.toISOString().slice(0, 10)}.log`;
  const output = `/scratch/ewms/tms/output/${taskforce.taskforce_uuid}`;
  return {
    cluster_id: clusterId,
    n_workers: taskforce.n_workers,
    job_event_log_fpath,
    submit_dict: {
      executable: "/bin/sh",
      arguments: "-c ewms-pilot-entrypoint",
      environment: condorEnvironment(handOut),
      "+SingularityImage": `"${PILOT_IMAGE_DIR}/ewms-pilot:${pilot_config.tag}"`,
      "+EWMSTaskforceUUID": `"${taskforce.taskforce_uuid}"`,
      "+EWMSTaskID": `"${task_directive.task_id}"`,
      "+EWMSWorkflowID": `"${taskforce.workflow_id}"`,
      "+EWMSQueues": `"${mqprofiles.map((profile) => profile.mqid).join(",")}"`,
      requirements: worker_config.condor_requirements || "HasSingularity",
      request_cpus: worker_config.n_cores,
      request_memory: worker_config.worker_memory,
      request_disk: worker_config.worker_disk,
      priority: worker_config.priority,
      max_retries: 0,
      allowed_execute_duration: worker_config.max_worker_runtime,
      transfer_input_files: pilot_config.input_files.join(","),
      should_transfer_files: "YES",
      when_to_transfer_output: "ON_EXIT_OR_EVICT",
      log: job_event_log_fpath,
      ...(worker_config.do_transfer_worker_stdouterr
        ? { output: `${output}/$(ProcId).out`, error: `${output}/$(ProcId).err` }
        : {}),
    },
  };
}

/** Formats pairs in HTCondor's notation: between double quotes, with inner quotes doubled. */
function condorEnvironment({ taskforce, task_directive }: TmsHandOut): string {
  const variables = {
    ...taskforce.pilot_config.environment,
    EWMS_PILOT_TASK_IMAGE: task_directive.task_image,
    EWMS_PILOT_TASK_ARGS: task_directive.task_args,
  };
  const pairs = Object.entries(variables).map(
    ([name, value]) => `${name}='${String(value).replaceAll("'", "''").replaceAll('"', '""')}'`,
  );
  return `"${pairs.join(" ")}"`;
}
