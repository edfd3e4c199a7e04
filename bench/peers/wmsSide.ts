import { setTimeout as delay } from "node:timers/promises";
import type { Taskforce } from "../../src/domain/taskforce.js";
import { sampleSubmitReport } from "../population.js";
import { sampleWorkflowRequest } from "../prepare.js";
import type { QueryTargets } from "../queries/queryPopulation.js";
import { searchedWorkflowRequest } from "../queries/queryPopulation.js";
import { TimedHttpClient } from "../timedHttpClient.js";

const CONNECTIONS = 8;
const POLL_INTERVAL_MS = 50;
/** Milliseconds until all new taskforces must be pending. */
const TIMEOUT_MS = 600_000;
/** Of a workflow that is searched. */
const TASKS_PER_WORKFLOW = 2;

type CreatedTaskforce = Pick<Taskforce, "taskforce_uuid" | "workflow_id" | "schedd">;

/** One of the two services, used over HTTP only, so that both get the same requests. */
export class WmsSide {
  readonly client: TimedHttpClient;
  readonly #locations: string[];
  readonly #run: string;
  #clusterId: number;
  #workflows = 0;

  /** @param run a name that no other run of the benchmark uses, because the existing service keeps its data */
  constructor(
    readonly url: string,
    options: { locations: string[]; run: string },
  ) {
    this.client = new TimedHttpClient(url, CONNECTIONS);
    this.#locations = options.locations;
    this.#run = options.run;
    this.#clusterId = Date.now() % 1_000_000_000;
  }

  /** The log of submitted taskforces with a number. */
  eventLog(number: number): string {
    return `/scratch/ewms/jel/${this.#run}-${number}.log`;
  }

  /** Creates a workflow. @returns its taskforces */
  async create(tasks: number): Promise<CreatedTaskforce[]> {
    const request =
      tasks === TASKS_PER_WORKFLOW
        ? searchedWorkflowRequest(this.#workflows++, this.#locations)
        : sampleWorkflowRequest(tasks, this.#locations);
    const { text } = await this.client.callExpectingSuccess("POST", "/v1/workflows", request);
    return (JSON.parse(text) as { taskforces: CreatedTaskforce[] }).taskforces;
  }

  /** Waits until no taskforce waits for its activation or launch. */
  async waitUntilPending(): Promise<void> {
    const query = { phase: { $in: ["pre-mq-activation", "pre-launch"] } };
    const deadline = performance.now() + TIMEOUT_MS;
    for (;;) {
      if ((await this.query("taskforces", { query, projection: ["taskforce_uuid"] })).length === 0) return;
      if (performance.now() > deadline)
        throw new Error(`${this.url}: taskforces are not pending after ${TIMEOUT_MS} ms`);
      await delay(POLL_INTERVAL_MS);
    }
  }

  /** Reads the first page of a query. */
  async query(collection: string, body: object): Promise<unknown[]> {
    const { text } = await this.client.callExpectingSuccess("POST", `/v1/query/${collection}`, body);
    return (JSON.parse(text) as Record<string, unknown[]>)[collection.replace("-", "_")] ?? [];
  }

  /**
   * Stores taskforces: a fifth stays in pending-starter, a fifth in condor-submit, the others are complete. Each of four logs
   * has a fifth of the taskforces of a schedd.
   *
   * @returns what queries find in them
   */
  async populate(taskforces: number): Promise<QueryTargets> {
    const perWorkflow = TASKS_PER_WORKFLOW * this.#locations.length;
    const created: CreatedTaskforce[] = [];
    while (created.length < taskforces) {
      const missing = Math.ceil((taskforces - created.length) / perWorkflow);
      const some = Array.from({ length: Math.min(CONNECTIONS, missing) }, () => this.create(TASKS_PER_WORKFLOW));
      created.push(...(await Promise.all(some)).flat());
    }
    await this.waitUntilPending();
    const schedds = [...new Set(created.map(({ schedd }) => schedd))];
    for (const schedd of schedds)
      await this.#submitMost(schedd, created.filter((each) => each.schedd === schedd).length);
    const [first] = created;
    if (first === undefined) throw new Error("no taskforces were created");
    return {
      schedd: first.schedd,
      job_event_log_fpath: this.eventLog(0),
      cluster_id: this.#clusterId,
      workflow_id: first.workflow_id,
      uuidEnd: first.taskforce_uuid.slice(-2),
    };
  }

  async #submitMost(schedd: string, count: number): Promise<void> {
    const submitted = Math.floor(0.8 * count);
    const numbers = Array.from({ length: submitted }, (_, n) => n).values();
    const submit = async () => {
      for (const n of numbers) await this.#submitNext(schedd, Math.floor((4 * n) / submitted), n % 4 > 0);
    };
    await Promise.all(Array.from({ length: CONNECTIONS }, submit));
  }

  async #submitNext(schedd: string, log: number, completes: boolean): Promise<void> {
    const path = `/v1/tms/pending-starter/taskforces?schedd=${schedd}`;
    const { taskforce } = JSON.parse((await this.client.callExpectingSuccess("GET", path)).text) as {
      taskforce?: CreatedTaskforce;
    };
    if (taskforce === undefined) throw new Error(`${this.url}: no taskforce is pending on ${schedd}`);
    const uuid = taskforce.taskforce_uuid;
    const report = { ...sampleSubmitReport(++this.#clusterId, 0), job_event_log_fpath: this.eventLog(log) };
    await this.client.callExpectingSuccess("POST", `/v1/tms/condor-submit/taskforces/${uuid}`, report);
    const completion = { condor_complete_ts: Math.floor(Date.now() / 1000) };
    if (completes)
      await this.client.callExpectingSuccess("POST", `/v1/tms/condor-complete/taskforces/${uuid}`, completion);
  }
}
