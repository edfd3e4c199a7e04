import workflowRequest from "../../../examples/workflow.json" with { type: "json" };

// The objects of the examples: the workflow of examples/workflow.json, a few minutes after its creation.

export const WORKFLOW_ID = "WF-6b0ca73d-c2072fb5";
export const TASK_ID = "TK-6b0ca73d-c2072fb5-625d2ae2";
export const TASKFORCE_UUID = "TF-6b0ca73d-c2072fb5-625d2ae2-0a9001bd";
export const SCHEDD = "grid-submitter.icecube.wisc.edu";
export const STRAY_ID = "grid-submitter.icecube.wisc.edu:4711";
/** The creation of the workflow, in epoch seconds, as all times. */
export const CREATED = 1795991357.46;
export const PENDING = 1795991358.28;
export const SUBMITTED = 1795991359.43;
export const NOW = 1795991601.2;

const [prepareTask, recoTask] = workflowRequest.tasks as [
  (typeof workflowRequest.tasks)[number],
  (typeof workflowRequest.tasks)[number],
];

export const workflow = {
  workflow_id: WORKFLOW_ID,
  timestamp: CREATED,
  priority: 60,
  deactivated: null,
  deactivated_ts: null,
};

export const annotations = {
  workflow_id: WORKFLOW_ID,
  name: "Cascade reconstruction, IC86.2024",
  labels: { season: "IC86.2024", mc: "22345" },
  note: "Runs again with the new ice model.",
  owner: { subject: "ada", name: "Ada Lovelace" },
  client: "ewms/1.0.0",
  created: CREATED,
};

export const taskDirective = {
  task_id: TASK_ID,
  workflow_id: WORKFLOW_ID,
  cluster_locations: prepareTask.cluster_locations,
  task_image: prepareTask.task_image,
  task_args: prepareTask.task_args,
  task_env: prepareTask.task_env,
  init_image: "",
  init_args: "",
  init_env: {},
  timestamp: CREATED,
  input_queues: ["MQ-6b0ca73d-c2072fb5-fd4e945bf2a6b144"],
  output_queues: ["MQ-6b0ca73d-c2072fb5-3e3846ae39fe5947"],
};

const phaseChange = (target_phase: string, timestamp: number, source_entity: string, context: string) => ({
  target_phase,
  timestamp,
  was_successful: true,
  source_event_time: null,
  source_entity,
  context,
});

export const pendingTaskforce = {
  taskforce_uuid: TASKFORCE_UUID,
  task_id: TASK_ID,
  workflow_id: WORKFLOW_ID,
  timestamp: CREATED,
  priority: 60,
  collector: null,
  schedd: SCHEDD,
  n_workers: prepareTask.n_workers,
  pilot_config: prepareTask.pilot_config,
  worker_config: prepareTask.worker_config,
  cluster_id: null,
  submit_dict: {},
  job_event_log_fpath: "",
  phase: "pending-starter",
  phase_change_log: [
    phaseChange("pre-mq-activation", CREATED, "USER", "Created during initial workflow request."),
    phaseChange("pre-launch", 1795991358.12, "Workflow MQ Activator", "The message queues are active."),
    phaseChange("pending-starter", PENDING, "Taskforce Launch Control", "Ready to be started."),
  ],
  compound_statuses: {},
  top_task_errors: {},
};

export const submitReport = {
  cluster_id: 4711,
  n_workers: prepareTask.n_workers,
  submit_dict: { universe: "container", request_memory: "2GB" },
  job_event_log_fpath: "/scratch/ewms/tms-2026-11-29.log",
};
export const compoundStatuses = { IDLE: { null: 1 }, RUNNING: { Tasking: 3, FatalError: 1 } };
export const topTaskErrors = { "ValueError: no frames in the i3 file": 1 };

export const runningTaskforce = {
  ...pendingTaskforce,
  ...submitReport,
  phase: "condor-submit",
  phase_change_log: [
    ...pendingTaskforce.phase_change_log,
    phaseChange("condor-submit", SUBMITTED, "TMS", "HTCondor submission succeeded."),
  ],
  compound_statuses: compoundStatuses,
  top_task_errors: topTaskErrors,
};

export const stoppingTaskforce = {
  ...runningTaskforce,
  phase: "pending-stopper",
  phase_change_log: [
    ...runningTaskforce.phase_change_log,
    phaseChange("pending-stopper", NOW, "User", "Workflow finished by user."),
  ],
};

export const profile = {
  mqid: "MQ-6b0ca73d-c2072fb5-fd4e945bf2a6b144",
  workflow_id: WORKFLOW_ID,
  timestamp: CREATED,
  alias: "frames",
  is_public: true,
  is_activated: true,
  auth_token: "",
  broker_type: "rabbitmq",
  broker_address: "localhost:5672",
};

const finding = {
  code: "schedd-silent",
  severity: "error",
  sentence: `2 taskforces are waiting for schedd ${SCHEDD}, whose TMS has not asked for work since 13:02 UTC`,
  since: PENDING,
  subject: { kind: "schedd", id: SCHEDD },
  action: "Check that the TMS of this schedd is running, has a valid token, and polls with this name.",
};
export const diagnosis = { findings: [finding], n_omitted: 0 };

const sums = {
  n_taskforces: 1,
  taskforces_by_phase: { "condor-submit": 1 },
  n_workers_requested: prepareTask.n_workers,
  compound_statuses: compoundStatuses,
  top_task_errors: topTaskErrors,
};

export const summary = {
  workflow_id: WORKFLOW_ID,
  deactivated: null,
  deactivated_ts: null,
  n_taskforces: 2,
  taskforces_by_phase: { "condor-submit": 1, "pending-starter": 1 },
  n_workers_requested: prepareTask.n_workers + recoTask.n_workers,
  compound_statuses: compoundStatuses,
  top_task_errors: topTaskErrors,
  tasks: [
    { task_id: TASK_ID, task_image: prepareTask.task_image, ...sums },
    {
      task_id: "TK-6b0ca73d-c2072fb5-ffcf30d6",
      task_image: recoTask.task_image,
      n_taskforces: 1,
      taskforces_by_phase: { "pending-starter": 1 },
      n_workers_requested: recoTask.n_workers,
      compound_statuses: {},
      top_task_errors: {},
    },
  ],
  last_change: SUBMITTED,
  n_failed_attempts: 0,
  failed_attempts: [],
  n_never_started: 0,
  updated: NOW,
  phases: {
    "pending-starter": { n: 1, oldest_since: PENDING, seconds_longest: 242.9, seconds_mean_past: 1.2 },
    "condor-submit": { n: 1, oldest_since: SUBMITTED, seconds_longest: 241.8, seconds_mean_past: null },
  },
  waiting_for: finding.sentence,
  findings: [finding],
};

export const digest = {
  workflow_id: WORKFLOW_ID,
  name: annotations.name,
  labels: annotations.labels,
  owner: annotations.owner,
  created: CREATED,
  priority: workflow.priority,
  deactivated: null,
  deactivated_ts: null,
  state: "running",
  last_change: SUBMITTED,
  task_images: [prepareTask.task_image, recoTask.task_image],
  n_tasks: 2,
  n_taskforces: summary.n_taskforces,
  taskforces_by_phase: summary.taskforces_by_phase,
  n_workers_requested: summary.n_workers_requested,
  workers: Object.fromEntries(
    Object.entries(compoundStatuses).map(([status, pilots]) => [status, Object.values(pilots).reduce((a, b) => a + b)]),
  ),
  running_workers: [0, 0, 2, 7, 12, 12],
  n_errors: Object.values(topTaskErrors).reduce((a, b) => a + b),
  n_failed_attempts: 0,
  finding,
};

export const queueDepth = { waiting: 1, leased: 1, delayed: 0, dead: 0, oldest_waiting_seconds: 242.9 };
export const emptyQueue = { waiting: 0, leased: 0, delayed: 0, dead: 0, oldest_waiting_seconds: 0 };
export const scheddFacts = {
  schedd: SCHEDD,
  last_poll: 1795991360.1,
  taskforces_by_phase: { "pending-starter": 1, "condor-submit": 1 },
};

export const strayCluster = {
  id: STRAY_ID,
  schedd: SCHEDD,
  cluster_id: 4711,
  taskforce_uuid: TASKFORCE_UUID,
  workflow_id: WORKFLOW_ID,
  reason: "no longer pending-starter",
  first_report: SUBMITTED,
  last_report: NOW,
};

const reconcile = { at: NOW, seconds: 0.32, added: 0, dropped: 0 };
const upstreams = {
  mqs: { last_success: NOW, failing_since: null, last_error: null, latency_ms: 12.4 },
  identity_provider: null,
  pilot_images: null,
};
export const system = {
  processes: [
    {
      id: "1a095c960922",
      role: "web",
      version: "1.0.0",
      host: "wms-1",
      pid: 21655,
      started: CREATED,
      seen: NOW,
      event_loop_delay_ms: 4,
      connections: 17,
      rss_bytes: 185200640,
      clock_difference_seconds: -0.001,
      upstreams,
      reconcile: null,
    },
  ],
  versions: ["1.0.0"],
  redis: [
    {
      address: "127.0.0.1:6379",
      version: "7.0.15",
      role: "master",
      used_memory_bytes: 1857808,
      max_memory_bytes: 0,
      persistence: {
        aof_enabled: true,
        rdb_enabled: false,
        last_save_ok: true,
        last_save: CREATED,
        last_aof_write_ok: true,
        last_fork_us: 312,
        aof_delayed_fsyncs: 0,
      },
      replicas: [],
    },
  ],
  upstreams,
  reconcile,
  retention: {
    begun: NOW,
    last_run: { at: NOW, seconds: 4.2, archived: 12, removed: 12, kept: 0, is_complete: true },
    up_to: NOW,
    is_behind: false,
  },
  queues: [
    {
      name: `starter-${SCHEDD}`,
      kind: "starter",
      schedd: SCHEDD,
      paused: false,
      waiting: 1,
      active: 1,
      delayed: 0,
      dead: 0,
      oldest_waiting_seconds: 242.9,
    },
  ],
  layout: { version: 2, partitions: 16 },
  clock_difference_seconds: 0.001,
};

export const operatorAct = {
  time: NOW,
  operator: "olga",
  action: "pause",
  queue: `starter-${SCHEDD}`,
  job: null,
  jobs: null,
  method: "PUT",
  path: `/admin/queues/api/queues/starter-${SCHEDD}/pause`,
  outcome: "done",
  status: 200,
  refusal: null,
  address: "10.0.3.7",
  request: "551ceca6-1a1e-44b5-afe0-faa072a5713d",
};

export const phaseEvent = {
  workflow_id: WORKFLOW_ID,
  task_id: TASK_ID,
  taskforce_uuid: TASKFORCE_UUID,
  phase: "condor-submit",
  from: "pending-starter",
  timestamp: SUBMITTED,
  was_successful: true,
  schedd: SCHEDD,
};
