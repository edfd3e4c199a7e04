import { randomUUID } from "node:crypto";
import { setTimeout as wait } from "node:timers/promises";
import type { CreatedWorkflow } from "../api/requestBodies.js";
import { WORKER_CONFIG } from "../processes/workflowRequestJson.js";
import { CHAOS_ACCESS_POINTS } from "./deployment.js";
import type { RandomSource } from "./randomSource.js";
import type { Attempts, RecordedResponse, RecordingClient } from "./recordingClient.js";

/** The acknowledged requests of users. */
export interface UserExpectations {
  /** Workflows by the mark in their tasks' arguments, with the ids and the time (epoch seconds) in the response. */
  workflows: Map<string, Attempts & { workflow: string; timestamp: number; tasks: string[]; taskforces: string[] }>;
  /** Added taskforces by their number of workers, which is unique for each request. */
  addedTaskforces: Map<number, { task: string; taskforce: string }>;
  /** Requests without a key, by their mark or their number of workers. */
  keylessRequests: Map<string | number, Attempts>;
  /** States of the workflows that users have ended. */
  endedWorkflows: Map<string, "ABORTED" | "FINISHED">;
  /** Descriptions of responses that violate the contract. */
  unexpectedResponses: string[];
  /** Repetitions of an abort or finish that were refused although the first one had taken effect. */
  refusedRepetitions: (Attempts & { workflow: string })[];
}

/** Probability of a large workflow. The service stores more than 500 records in several steps. */
const LARGE_WORKFLOW_PROBABILITY = 0.01;
const TASKS_OF_LARGE = 130;
/** Milliseconds between two steps of a user. */
const THINK_RANGE_MS: readonly [number, number] = [100, 1200];

/** The parts of a simulated user. */
export interface UserDependencies {
  client: RecordingClient;
  random: RandomSource;
  expectations: UserExpectations;
  /** Returns a unique `n_workers` for each add-workers request. */
  nextNumber: () => number;
  /** Whether the user sends an `Idempotency-Key`. Otherwise it repeats requests as the existing Python client does. */
  usesKeys: boolean;
}

/** A user who creates workflows one after another, reads them, and ends most of them. */
export class SimulatedUser {
  readonly #client: RecordingClient;
  readonly #random: RandomSource;
  readonly #expectations: UserExpectations;
  readonly #nextNumber: () => number;
  readonly #usesKeys: boolean;

  constructor({ client, random, expectations, nextNumber, usesKeys }: UserDependencies) {
    this.#client = client;
    this.#random = random;
    this.#expectations = expectations;
    this.#nextNumber = nextNumber;
    this.#usesKeys = usesKeys;
  }

  /** Runs until it is stopped, and then finishes its last request. */
  async run(stop: AbortSignal): Promise<void> {
    while (!stop.aborted) {
      const isLarge = this.#random.chance(LARGE_WORKFLOW_PROBABILITY);
      const created = await this.#create(isLarge);
      if (created === undefined) continue;
      const [task] = created.task_directives;
      // A large workflow ends during its launch, because it would keep all access points busy.
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
    const { response, ...attempts } = await this.#ask<CreatedWorkflow>(mark, "/v1/workflows", sent);
    if (response === undefined) return undefined;
    if (response.status !== 200) return this.#recordUnexpected(`creation ${mark}`, response);
    const { workflow, task_directives, taskforces } = response.body;
    this.#expectations.workflows.set(mark, {
      ...attempts,
      workflow: workflow.workflow_id,
      timestamp: workflow.timestamp,
      tasks: task_directives.map(({ task_id }) => task_id),
      taskforces: taskforces.map(({ taskforce_uuid }) => taskforce_uuid),
    });
    if (this.#usesKeys && this.#random.chance(0.1)) {
      const again = await this.#client.sendUntilAnswered<CreatedWorkflow>("POST", "/v1/workflows", sent);
      if (JSON.stringify(again.body) !== JSON.stringify(response.body))
        this.#expectations.unexpectedResponses.push(`a repeated creation got another response: ${mark}`);
    }
    if (!isLarge) await this.#think();
    return response.body;
  }

  /** Sends a request that must take effect once. @param mark identifies its effect */
  async #ask<T>(
    mark: string | number,
    path: string,
    sent: { body: unknown; headers: Record<string, string> },
  ): Promise<Attempts & { response: RecordedResponse<T> | undefined }> {
    if (this.#usesKeys) {
      const { repeated, firstSentAtMs, endedAtMs, ...response } = await this.#client.sendUntilAnswered<T>(
        "POST",
        path,
        sent,
      );
      return { repeated, firstSentAtMs, endedAtMs, response };
    }
    const { response, ...attempts } = await this.#client.sendLikePythonClient<T>("POST", path, sent.body);
    this.#expectations.keylessRequests.set(mark, attempts);
    return { ...attempts, response };
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
    const { response } = await this.#ask<{ taskforce_uuid: string }>(n_workers, path, { body, headers });
    if (response?.status === 200)
      this.#expectations.addedTaskforces.set(n_workers, { task, taskforce: response.body.taskforce_uuid });
    else if (response !== undefined) this.#recordUnexpected(path, response);
    await this.#think();
  }

  async #readBack({ workflow: { workflow_id }, taskforces }: CreatedWorkflow): Promise<void> {
    const reads: (readonly ["GET" | "POST", string, object?])[] = [
      ["GET", `/v1/workflows/${workflow_id}`],
      ["GET", `/v1/taskforces/${taskforces[0]?.taskforce_uuid}`],
      ["GET", `/v1/workflows/${workflow_id}/summary`],
      ["POST", "/v1/query/taskforces", { query: { workflow_id } }],
    ];
    for (const [method, path, body] of this.#random.shuffled(reads)) {
      const response = await this.#client.sendUntilAnswered(method, path, {
        ...(body !== undefined && { body }),
      });
      if (response.status !== 200) this.#recordUnexpected(path, response);
      await this.#think();
    }
  }

  /** Ends a workflow. Only a repetition that the service can't recognize is refused. */
  async #deactivate(id: string): Promise<void> {
    const [action, state] = this.#random.pick([
      ["abort", "ABORTED"],
      ["finished", "FINISHED"],
    ] as const);
    const path = `/v1/workflows/${id}/actions/${action}`;
    const { response, ...attempts } = await this.#client.sendLikePythonClient("POST", path);
    if (response === undefined) return;
    if (response.status === 200) this.#expectations.endedWorkflows.set(id, state);
    else if (response.status === 404 && attempts.repeated) {
      const { body } = await this.#client.sendUntilAnswered<{ deactivated: string }>("GET", `/v1/workflows/${id}`);
      if (body.deactivated !== state)
        this.#expectations.unexpectedResponses.push(
          `${id}: ${action} was refused, and deactivated is ${body.deactivated}`,
        );
      else {
        this.#expectations.endedWorkflows.set(id, state);
        this.#expectations.refusedRepetitions.push({ ...attempts, workflow: id });
      }
    } else this.#recordUnexpected(`${action} ${id}`, response);
  }

  #recordUnexpected(what: string, { status, reason }: { status: number; reason: string }): undefined {
    this.#expectations.unexpectedResponses.push(`${what}: ${status} ${reason}`);
  }
}
