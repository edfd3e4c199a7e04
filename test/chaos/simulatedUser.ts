import { randomUUID } from "node:crypto";
import { setTimeout as wait } from "node:timers/promises";
import type { CreatedWorkflow } from "../api/requestBodies.js";
import { WORKER_CONFIG } from "../processes/workflowRequestJson.js";
import { CHAOS_ACCESS_POINTS } from "./deployment.js";
import type { RandomSource } from "./randomSource.js";
import type { RecordingClient } from "./recordingClient.js";

/** The acknowledged requests of users. */
export interface UserExpectations {
  /** Workflows by the mark in their tasks' arguments, with the ids that the answer named. */
  workflows: Map<string, { workflow: string; tasks: string[]; taskforces: string[] }>;
  /** Added taskforces by their number of workers, which is unique for each request. */
  addedTaskforces: Map<number, { task: string; taskforce: string }>;
  /** Workflows that users have ended, and how. */
  endedWorkflows: Map<string, "ABORTED" | "FINISHED">;
  /** What users saw that must not be. */
  unexpectedResponses: string[];
}

/** The share of workflows that are large: more than 500 records are stored in several steps. */
const LARGE_WORKFLOW_PROBABILITY = 0.01;
const TASKS_OF_LARGE = 130;
/** Milliseconds between two steps of a user. */
const THINK_RANGE_MS: readonly [number, number] = [100, 1200];

/** A user who asks for workflows, one after another, looks at them and ends most of them. */
export class SimulatedUser {
  readonly #client: RecordingClient;
  readonly #random: RandomSource;
  readonly #expectations: UserExpectations;
  #nextNumber: () => number;

  /** @param nextNumber gives each request for more workers a number of its own */
  constructor(wire: RecordingClient, dice: RandomSource, promised: UserExpectations, nextNumber: () => number) {
    this.#client = wire;
    this.#random = dice;
    this.#expectations = promised;
    this.#nextNumber = nextNumber;
  }

  /** Runs until it is stopped, and then finishes its last request. */
  async run(stop: AbortSignal): Promise<void> {
    while (!stop.aborted) {
      const isLarge = this.#random.chance(LARGE_WORKFLOW_PROBABILITY);
      const created = await this.#create(isLarge);
      if (created === undefined) continue;
      const [task] = created.task_directives;
      // A large one is ended while it is being launched: else it would keep all access points busy.
      if (isLarge) {
        await this.#deactivate(created.workflow.workflow_id);
        continue;
      }
      if (task !== undefined && this.#random.chance(0.6)) await this.#addWorkers(task.task_id);
      await this.#readBack(created);
      if (this.#random.chance(0.85)) await this.#deactivate(created.workflow.workflow_id);
    }
  }

  #think(): Promise<void> {
    return wait(this.#random.numberBetween(...THINK_RANGE_MS));
  }

  async #create(isLarge: boolean): Promise<CreatedWorkflow | undefined> {
    const mark = randomUUID();
    const sent = { body: this.#request(mark, isLarge), headers: { "Idempotency-Key": mark } };
    const answer = await this.#client.sendUntilAnswered<CreatedWorkflow>("POST", "/v1/workflows", sent);
    if (answer.status !== 200) return this.#recordUnexpected(`creation ${mark}`, answer);
    const { workflow, task_directives, taskforces } = answer.body;
    this.#expectations.workflows.set(mark, {
      workflow: workflow.workflow_id,
      tasks: task_directives.map(({ task_id }) => task_id),
      taskforces: taskforces.map(({ taskforce_uuid }) => taskforce_uuid),
    });
    if (this.#random.chance(0.1)) {
      const again = await this.#client.sendUntilAnswered<CreatedWorkflow>("POST", "/v1/workflows", sent);
      if (JSON.stringify(again.body) !== JSON.stringify(answer.body))
        this.#expectations.unexpectedResponses.push(`a repeated creation gave another answer: ${mark}`);
    }
    if (!isLarge) await this.#think();
    return answer.body;
  }

  #request(mark: string, isLarge: boolean): object {
    const withQueues = this.#random.chance(0.5);
    const locations = this.#random.shuffled(CHAOS_ACCESS_POINTS.map(({ location }) => location));
    return {
      priority: 10 * this.#random.integerBelow(10),
      public_queue_aliases: withQueues ? ["in"] : [],
      tasks: Array.from({ length: isLarge ? TASKS_OF_LARGE : 1 + this.#random.integerBelow(2) }, (_, index) => ({
        cluster_locations: isLarge ? locations : locations.slice(0, 1 + this.#random.integerBelow(2)),
        task_image: `/cvmfs/images/task:${index}`,
        task_args: mark,
        n_workers: 1 + this.#random.integerBelow(5),
        input_queue_aliases: withQueues ? ["in"] : [],
        output_queue_aliases: withQueues ? ["out"] : [],
        worker_config: WORKER_CONFIG,
      })),
    };
  }

  async #addWorkers(task: string): Promise<void> {
    const n_workers = this.#nextNumber();
    const body = { cluster_location: this.#random.pick(CHAOS_ACCESS_POINTS).location, n_workers };
    const headers = { "Idempotency-Key": `more-${n_workers}` };
    const path = `/v1/task-directives/${task}/actions/add-workers`;
    const answer = await this.#client.sendUntilAnswered<{ taskforce_uuid: string }>("POST", path, {
      body,
      headers,
    });
    if (answer.status === 200)
      this.#expectations.addedTaskforces.set(n_workers, { task, taskforce: answer.body.taskforce_uuid });
    else this.#recordUnexpected(path, answer);
    await this.#think();
  }

  async #readBack({ workflow: { workflow_id }, taskforces }: CreatedWorkflow): Promise<void> {
    const looks: (readonly ["GET" | "POST", string, object?])[] = [
      ["GET", `/v1/workflows/${workflow_id}`],
      ["GET", `/v1/taskforces/${taskforces[0]?.taskforce_uuid}`],
      ["GET", `/v1/workflows/${workflow_id}/summary`],
      ["POST", "/v1/query/taskforces", { query: { workflow_id } }],
    ];
    for (const [method, path, body] of this.#random.shuffled(looks)) {
      const answer = await this.#client.sendUntilAnswered(method, path, {
        ...(body !== undefined && { body }),
      });
      if (answer.status !== 200) this.#recordUnexpected(path, answer);
      await this.#think();
    }
  }

  /** Ends a workflow. The service refuses a repetition, so a read shows whether the first request took effect. */
  async #deactivate(id: string): Promise<void> {
    const [action, state] = this.#random.pick([
      ["abort", "ABORTED"],
      ["finished", "FINISHED"],
    ] as const);
    const answer = await this.#client.sendUntilAnswered("POST", `/v1/workflows/${id}/actions/${action}`);
    if (answer.status === 200) this.#expectations.endedWorkflows.set(id, state);
    else if (answer.status === 404 && answer.repeated) {
      const { body } = await this.#client.sendUntilAnswered<{ deactivated: string }>("GET", `/v1/workflows/${id}`);
      if (body.deactivated === state) this.#expectations.endedWorkflows.set(id, state);
      else this.#expectations.unexpectedResponses.push(`${id}: refused to ${action}, and reads ${body.deactivated}`);
    } else this.#recordUnexpected(`${action} ${id}`, answer);
  }

  #recordUnexpected(what: string, { status, reason }: { status: number; reason: string }): undefined {
    this.#expectations.unexpectedResponses.push(`${what}: ${status} ${reason}`);
  }
}
