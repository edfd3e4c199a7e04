import { groupBy } from "../src/domain/groupBy.js";
import type { Phase } from "../src/domain/phases.js";
import type { CreateWorkflowRequest } from "../src/domain/requestSchemas.js";
import type { SubmitReport, Taskforce } from "../src/domain/taskforce.js";
import { createLogEntry } from "../src/lifecycle/changeEffects.js";
import type { Wms } from "../src/lifecycle/context.js";
import { createWorkflow } from "../src/lifecycle/create.js";
import { STOPPER_RANK } from "../src/queues/queues.js";
import type { WorkflowOrigin } from "../src/store/annotations.js";
import { updateStatuses } from "../src/store/statusUpdates.js";
import { summarizeDirtyWorkflows } from "../src/views/summary/summarize.js";
import { sampleWorkflowRequest } from "./prepare.js";

/** Schedds of the population, by cluster location. */
export const LOCATIONS = ["north", "east", "south", "west", "centre"];
/** For `CLUSTER_LOCATIONS`. */
export const CLUSTER_LOCATIONS = JSON.stringify(
  Object.fromEntries(LOCATIONS.map((location) => [location, { schedd: scheddAtLocation(location) }])),
);

/** The schedd of a location of the population. */
export function scheddAtLocation(location: string): string {
  return `ap-${location}.example.org`;
}

/** A workflow has two tasks at five locations. */
const TASKS_PER_WORKFLOW = 2;
/** Taskforces of each workflow. */
export const TASKFORCES_PER_WORKFLOW = TASKS_PER_WORKFLOW * LOCATIONS.length;
/** Workflows that are created concurrently. */
const CREATE_CONCURRENCY = 16;
/** Workflows per hour at an access point. Their events share one file. */
const WORKFLOWS_PER_EVENT_LOG = 50;

/** The phases of each group of twenty workflows. */
const OUTCOMES = [
  ...Array<"queued">(6).fill("queued"),
  ...Array<"running">(6).fill("running"),
  ...Array<"complete">(4).fill("complete"),
  ...Array<"aborted">(2).fill("aborted"),
  "stopping",
  "removed",
] as const;

/** How far a workflow of a population got. */
export type Outcome = (typeof OUTCOMES)[number];

/** The workflows of a population, by their number. */
export interface PopulationProfile {
  taskforcesPerWorkflow: number;
  request(n: number): CreateWorkflowRequest;
  outcome(n: number): Outcome;
  /** A TMS's report of a submission. */
  report(clusterId: number, n: number): SubmitReport;
  /** Who creates it, and what is written about it. */
  origin?(n: number): WorkflowOrigin;
}

/** Fills a store through the service's own functions, scripts and queues. */
export class Population {
  readonly #wms: Wms;
  readonly #profile: PopulationProfile;
  #workflows = 0;
  #clusterId = 0;
  /** A random sample of running taskforces. */
  readonly runningSample: Taskforce[] = [];

  constructor(wms: Wms, profile: PopulationProfile = MIXED_PROFILE) {
    this.#wms = wms;
    this.#profile = profile;
  }

  /** Number of taskforces. */
  get taskforceCount(): number {
    return this.#workflows * this.#profile.taskforcesPerWorkflow;
  }

  /** Creates taskforces up to a number, and summarizes their workflows. */
  async growTo(taskforces: number): Promise<void> {
    const one = async () => {
      while (this.taskforceCount < taskforces) await this.#addWorkflow(this.#workflows++);
    };
    await Promise.all(Array.from({ length: CREATE_CONCURRENCY }, one));
    const partitions = Array.from({ length: this.#wms.store.partitions }, (_, p) => p);
    await Promise.all(partitions.map((partition) => summarizeDirtyWorkflows(this.#wms, partition)));
  }

  async #addWorkflow(n: number): Promise<void> {
    const { store, queues } = this.#wms;
    const outcome = this.#profile.outcome(n);
    const { taskforces } = await createWorkflow(this.#wms, this.#profile.request(n), {
      origin: this.#profile.origin?.(n),
    });
    const uuids = taskforces.map(({ taskforce_uuid }) => taskforce_uuid);
    // The creation has launched them: a workflow without message queues does not wait.
    if (outcome !== "queued")
      for (const [schedd, group] of groupBy(taskforces, (taskforce) => taskforce.schedd))
        await queues.forSchedd(schedd).starter.ackAll(group.map(({ taskforce_uuid }) => taskforce_uuid));
    if (outcome !== "queued" && outcome !== "aborted") await this.#submit(n, taskforces);
    if (outcome === "running") this.#sampleRunning(taskforces);
    if (outcome === "complete")
      await Promise.all(uuids.map((uuid) => store.transitions.recordCompletion(uuid, this.#entry("condor-complete"))));
    if (outcome === "aborted" || outcome === "stopping" || outcome === "removed") await this.#stop(taskforces, outcome);
  }

  #entry(to: Phase) {
    return createLogEntry(this.#wms, to, true, "tms", "for the benchmark");
  }

  async #submit(n: number, taskforces: readonly Taskforce[]): Promise<void> {
    const { transitions } = this.#wms.store;
    const entries = { submitted: this.#entry("condor-submit"), deactivated: this.#entry("condor-submit") };
    await Promise.all(
      taskforces.map(({ taskforce_uuid }) =>
        transitions.recordSubmit(taskforce_uuid, this.#profile.report(++this.#clusterId, n), entries),
      ),
    );
    await updateStatuses(
      this.#wms.store,
      taskforces.map(({ taskforce_uuid: uuid }) => ({ uuid, ...SAMPLE_STATUSES })),
    );
  }

  async #stop(taskforces: readonly Taskforce[], outcome: Outcome): Promise<void> {
    const { store, queues } = this.#wms;
    const uuids = taskforces.map(({ taskforce_uuid }) => taskforce_uuid);
    const [workflow] = taskforces.map(({ workflow_id }) => workflow_id);
    if (workflow === undefined) return;
    await store.transitions.deactivate(workflow as never, "ABORTED", Date.now() / 1000);
    const stopped = this.#entry("pending-stopper");
    await store.transitions.stopTaskforces(uuids, { moved: stopped, left: stopped });
    await store.indexes.finishDeactivation(workflow as never);
    const removed = { removed: this.#entry("condor-rm"), tooLate: this.#entry("condor-rm") };
    if (outcome === "removed") await Promise.all(uuids.map((uuid) => store.transitions.recordRemoval(uuid, removed)));
    if (outcome === "stopping")
      for (const { taskforce_uuid: id, schedd } of taskforces)
        await queues.forSchedd(schedd).stopper.add([{ id, rank: STOPPER_RANK }]);
  }

  /** Adds a taskforce to the sample. If the sample is full, it may replace a random one. */
  #sampleRunning(taskforces: readonly Taskforce[]): void {
    const [taskforce] = taskforces;
    if (taskforce === undefined) return;
    if (this.runningSample.length < 2000) this.runningSample.push(taskforce);
    else if (Math.random() < 20_000 / this.taskforceCount)
      this.runningSample[Math.floor(Math.random() * this.runningSample.length)] = taskforce;
  }
}

/** A TMS's report of a submission. @param n the number of the workflow */
export const sampleSubmitReport = (cluster_id: number, n: number) => ({
  cluster_id,
  n_workers: 100,
  submit_dict: {
    universe: "container",
    request_cpus: 1,
    "+EWMSTaskforce": '"yes"',
    log: "/scratch/ewms/tms.log",
  },
  job_event_log_fpath: `/scratch/ewms/jel/hour-${Math.floor(n / WORKFLOWS_PER_EVENT_LOG)}.log`,
});

/** Workflows of all outcomes at the same five locations. */
const MIXED_PROFILE: PopulationProfile = {
  taskforcesPerWorkflow: TASKFORCES_PER_WORKFLOW,
  request: () => sampleWorkflowRequest(TASKS_PER_WORKFLOW, LOCATIONS),
  outcome: (n) => OUTCOMES[n % OUTCOMES.length] ?? "queued",
  report: sampleSubmitReport,
};

const SAMPLE_STATUSES = {
  compoundStatuses: { IDLE: { null: 12 }, RUNNING: { Tasking: 70, WaitingOnFirstMessage: 13 } },
  topTaskErrors: { "ValueError: no such pulse series": 3 },
};
