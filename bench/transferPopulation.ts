import { newTaskforceUuid, newTaskId, newWorkflowId } from "../src/domain/ids.js";
import { PHASE_CHANGE_CONTEXTS, PHASE_CHANGE_SOURCES, type Phase, type PhaseChange } from "../src/domain/phases.js";
import type { ExportedTaskforce, ExportedWorkflow } from "../src/store/exportedWorkflow.js";
import { ExportWriter } from "../src/transfer/exportFile.js";
import { headerJson } from "../src/transfer/exportFormat.js";

/** Taskforces of each workflow. */
const TASKFORCES = 10;

/** The log of a taskforce that has completed. */
const STEPS: readonly [Phase, keyof typeof PHASE_CHANGE_SOURCES, string][] = [
  ["pre-mq-activation", "user", PHASE_CHANGE_CONTEXTS.created],
  ["pre-launch", "activator", PHASE_CHANGE_CONTEXTS.queuesActive],
  ["pending-starter", "launcher", PHASE_CHANGE_CONTEXTS.ready],
  ["condor-submit", "tms", PHASE_CHANGE_CONTEXTS.submitted],
  ["condor-complete", "tms", PHASE_CHANGE_CONTEXTS.completed],
];

function makeWorkflow(n: number): ExportedWorkflow {
  const created = 1_700_000_000 + n;
  const workflow_id = newWorkflowId(created);
  const task_id = newTaskId(workflow_id);
  // Most have ended, as in the data of years.
  const steps = n % 10 === 0 ? STEPS.slice(0, 4) : STEPS;
  const taskforces = Array.from({ length: TASKFORCES }, (_, index): ExportedTaskforce => {
    const log = steps.map(
      ([target_phase, source, context], step): PhaseChange => ({
        target_phase,
        timestamp: created + 60 * step + index / 8,
        was_successful: true,
        source_event_time: null,
        source_entity: PHASE_CHANGE_SOURCES[source],
        context,
      }),
    );
    return {
      taskforce_uuid: newTaskforceUuid(task_id),
      task_id,
      workflow_id,
      timestamp: created + index / 8,
      priority: 50,
      collector: null,
      schedd: `ap-${index % 5}.example.org`,
      n_workers: 100,
      pilot_config: { tag: "1.2.3", image_source: "cvmfs", environment: {}, input_files: [] },
      worker_config: {
        do_transfer_worker_stdouterr: false,
        max_worker_runtime: 7200,
        n_cores: 1,
        priority: 10,
        worker_disk: "2GB",
        worker_memory: "4GB",
        condor_requirements: "HAS_CVMFS_icecube_opensciencegrid_org",
      },
      cluster_id: TASKFORCES * n + index,
      submit_dict: {
        executable: "pilot.sh",
        queue: 100,
        request_memory: "4GB",
        arguments: `--workflow ${workflow_id}`,
      },
      job_event_log_fpath: `/scratch/ewms/jobs/${Math.floor(n / 50)}.log`,
      phase: log.at(-1)?.target_phase ?? "pre-mq-activation",
      phase_change_log: log,
      compound_statuses: { Completed: { Done: 98, FatalError: 2 } },
      top_task_errors: n % 7 === 0 ? { "the container exited with code 1": 2 } : {},
    };
  });
  const directive = {
    task_id,
    workflow_id,
    cluster_locations: ["north", "east", "south", "west", "centre"],
    task_image: "/cvmfs/icecube.opensciencegrid.org/containers/reco:v2.1.0",
    task_args: "reconstruct --infile {{INFILE}} --outfile {{OUTFILE}}",
    task_env: {},
    init_image: "",
    init_args: "",
    init_env: {},
    timestamp: created,
    input_queues: [],
    output_queues: [],
  };
  return {
    workflow: { workflow_id, timestamp: created, priority: 50, deactivated: null, deactivated_ts: null },
    task_directives: [directive],
    taskforces,
    extensions: {
      workflow: { mq_activated: "1", n_queues: "0" },
      taskforces: Object.fromEntries(
        taskforces.map(({ taskforce_uuid, phase_change_log }) => [
          taskforce_uuid,
          { since: String(phase_change_log.at(-1)?.timestamp) },
        ]),
      ),
      mq_profiles: {},
      deactivating: false,
    },
  };
}

/** Writes an export with workflows of ten taskforces each, nine of ten ended. */
export async function writePopulation(path: string, taskforces: number): Promise<void> {
  const writer = new ExportWriter(path, `${path}.part`);
  await writer.writeLine(headerJson({ serviceVersion: "bench", partitions: 16, exportedAt: 0, filter: {} }));
  for (let n = 0; n < taskforces / TASKFORCES; n++)
    await writer.writeLine(JSON.stringify(makeWorkflow(n)), { taskDirectives: 1, taskforces: TASKFORCES });
  await writer.finish();
}
