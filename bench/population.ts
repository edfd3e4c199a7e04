import type { TaskforceUuid } from "../src/domain/ids.js";
import type { Phase } from "../src/domain/phases.js";
import type { Taskforce } from "../src/domain/taskforce.js";
import type { Wms } from "../src/lifecycle/context.js";
import { createWorkflow } from "../src/lifecycle/create.js";
import { entryNow } from "../src/lifecycle/phaseChangeLog.js";
import { summarizeDirty } from "../src/views/summary/summarize.js";
import { STOPPER_RANK, starterRank } from "../src/queues/rank.js";
import { updateStatuses } from "../src/store/statusUpdates.js";
import { workflowRequest } from "./prepare.js";

/** Schedds of the population, by cluster location. */
export const LOCATIONS = ["north", "east", "south", "west", "centre"];
/** For `CLUSTER_LOCATIONS`. */
export const CLUSTER_LOCATIONS = JSON.stringify(
  Object.fromEntries(LOCATIONS.map((location) => [location, { schedd: scheddAt(location) }])),
);

function scheddAt(location: string): string {
  return `ap-${location}.example.org`;
}

/** A workflow has two tasks on five locations. */
const TASKS = 2;
/** Taskforces of each workflow. */
export const TASKFORCES = TASKS * LOCATIONS.length;
/** Workflows that are made at once. */
const IN_FLIGHT = 16;
/** Workflows of each hour of an access point, which have their events in one file. */
const WORKFLOWS_A_FILE = 50;

/** What becomes of every twentieth workflow, in turn: six wait, six run, four have ended, … */
const FATES = [
  ...Array<"queued">(6).fill("queued"),
  ...Array<"running">(6).fill("running"),
  ...Array<"complete">(4).fill("complete"),
  ...Array<"aborted">(2).fill("aborted"),
  "stopping",
  "removed",
] as const;

type Fate = (typeof FATES)[number];

/** Fills a store by the service's own steps: creation, scripts, queues. */
export class Population {
  readonly #wms: Wms;
  #workflows = 0;
  #clusterId = 0;
  /** Some taskforces that run, from all over the population. */
  readonly running: Taskforce[] = [];

  constructor(wms: Wms) {
    this.#wms = wms;
  }

  /** Taskforces that there are. */
  get size(): number {
    return this.#workflows * TASKFORCES;
  }

  /** Grows to a number of taskforces, and has their workflows summed up. */
  async growTo(taskforces: number): Promise<void> {
    const one = async () => {
      while (this.size < taskforces) await this.#add(this.#workflows++);
    };
    await Promise.all(Array.from({ length: IN_FLIGHT }, one));
    const partitions = Array.from({ length: this.#wms.store.partitions }, (_, p) => p);
    await Promise.all(partitions.map((partition) => summarizeDirty(this.#wms, partition)));
  }

  async #add(n: number): Promise<void> {
    const { store, queues } = this.#wms;
    const fate: Fate = FATES[n % FATES.length] ?? "queued";
    const { workflow, taskforces } = await createWorkflow(this.#wms, workflowRequest(TASKS, LOCATIONS));
    const uuids = taskforces.map(({ taskforce_uuid }) => taskforce_uuid);
    await store.profiles.activated(workflow.workflow_id, []);
    await queues.activation.drop(workflow.workflow_id);
    await this.#advance(uuids, "pre-mq-activation", "pre-launch");
    await this.#advance(uuids, "pre-launch", "pending-starter");
    if (fate === "queued")
      for (const { taskforce_uuid: id, schedd, priority } of taskforces)
        await queues.of(schedd).starter.add([{ id, rank: starterRank(priority, 0) }]);
    else if (fate !== "aborted") await this.#submit(n, taskforces);
    if (fate === "running") this.#remember(taskforces);
    if (fate === "complete")
      await Promise.all(
        uuids.map((uuid) => store.transitions.recordCompletion(uuid, this.#entry("condor-complete"))),
      );
    if (fate === "aborted" || fate === "stopping" || fate === "removed") await this.#stop(taskforces, fate);
  }

  #entry(to: Phase) {
    return entryNow(this.#wms, to, true, "TMS", "for the benchmark");
  }

  async #advance(uuids: TaskforceUuid[], from: Phase, to: Phase): Promise<void> {
    await this.#wms.store.transitions.advanceAll(uuids, from, to, this.#entry(to));
  }

  async #submit(n: number, taskforces: readonly Taskforce[]): Promise<void> {
    const { transitions } = this.#wms.store;
    const entries = { submitted: this.#entry("condor-submit"), deactivated: this.#entry("condor-submit") };
    await Promise.all(
      taskforces.map(({ taskforce_uuid }) =>
        transitions.recordSubmit(taskforce_uuid, submission(++this.#clusterId, n), entries),
      ),
    );
    await updateStatuses(
      this.#wms.store,
      taskforces.map(({ taskforce_uuid: uuid }) => ({ uuid, ...STATUSES })),
    );
  }

  async #stop(taskforces: readonly Taskforce[], fate: Fate): Promise<void> {
    const { store, queues } = this.#wms;
    const uuids = taskforces.map(({ taskforce_uuid }) => taskforce_uuid);
    const [workflow] = taskforces.map(({ workflow_id }) => workflow_id);
    if (workflow === undefined) return;
    await store.transitions.deactivate(workflow as never, "ABORTED", Date.now() / 1000);
    const stopped = this.#entry("pending-stopper");
    await store.transitions.stopTaskforces(uuids, { moved: stopped, left: stopped });
    await store.indexes.deactivated(workflow as never);
    const removed = { removed: this.#entry("condor-rm"), tooLate: this.#entry("condor-rm") };
    if (fate === "removed")
      await Promise.all(uuids.map((uuid) => store.transitions.recordRemoval(uuid, removed)));
    if (fate === "stopping")
      for (const { taskforce_uuid: id, schedd } of taskforces)
        await queues.of(schedd).stopper.add([{ id, rank: STOPPER_RANK }]);
  }

  /** Keeps some of all: the more there are, the rarer a new one takes the place of another. */
  #remember(taskforces: readonly Taskforce[]): void {
    const [taskforce] = taskforces;
    if (taskforce === undefined) return;
    if (this.running.length < 2000) this.running.push(taskforce);
    else if (Math.random() < 20_000 / this.size)
      this.running[Math.floor(Math.random() * this.running.length)] = taskforce;
  }
}

/** What a TMS reports of a submission. @param n the workflow's number */
export const submission = (cluster_id: number, n: number) => ({
  cluster_id,
  n_workers: 100,
  submit_dict: {
    universe: "container",
    request_cpus: 1,
    "+EWMSTaskforce": '"yes"',
    log: "/scratch/ewms/tms.log",
  },
  job_event_log_fpath: `/scratch/ewms/jel/hour-${Math.floor(n / WORKFLOWS_A_FILE)}.log`,
});

const STATUSES = {
  compoundStatuses: { IDLE: { null: 12 }, RUNNING: { Tasking: 70, WaitingOnFirstMessage: 13 } },
  topTaskErrors: { "ValueError: no such pulse series": 3 },
};
