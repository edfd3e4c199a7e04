import { LOCATIONS, type Population, sampleSubmitReport } from "./population.js";
import type { TimedHttpClient, TimedResponse } from "./timedHttpClient.js";

/** The kinds of requests whose latencies are measured. */
export const WORKLOAD_STEPS = [
  "take",
  "condor-submit",
  "statuses of 20",
  "get a taskforce",
  "query by workflow_id",
  "query by task_id",
  "query by schedd",
  "query by phase",
  "query by cluster_id",
  "query by job_event_log_fpath",
  "query all, page 1",
  "query all, page 100",
  "query by log and schedd, 2 fields",
  "the same, phase $ne, 2 fields",
  "the same, cluster_id, 1 match",
  "query by phase and schedd, whole",
  "query by phase and schedd, 2 fields",
  "$regex on taskforce_uuid, 1 match of a workflow",
] as const;

/**
 * Queries that read all entities, sent a few times in each round. Their pages hold many matches or end at the limit of work, so
 * they are not compared between sizes.
 */
export const SCAN_STEPS = [
  "$regex on task_args, no match",
  "$regex on a key of pilot_config.environment, no match",
  "$regex on taskforce_uuid, 1 of 4096",
  "all, 2 fields",
] as const;

/** One of {@link SCAN_STEPS}. */
export type ScanStep = (typeof SCAN_STEPS)[number];

/** One of {@link WORKLOAD_STEPS}. */
export type WorkloadStep = (typeof WORKLOAD_STEPS)[number];

const LATE_PAGE = 100;
/** What a TMS reads of its taskforces. */
const TWO_FIELDS = { projection: ["taskforce_uuid", "cluster_id"] };

/** Sends a fixed mix of requests for the taskforces in the store. */
export class Workload {
  readonly #caller: TimedHttpClient;
  readonly #population: Population;
  #count = 0;
  #clusterId = 1_000_000_000;
  #latePageCursor = "";

  constructor(caller: TimedHttpClient, population: Population) {
    this.#caller = caller;
    this.#population = population;
  }

  /** Finds the cursor of the hundredth page, so that only the read of that page is measured. */
  async findLatePage(): Promise<void> {
    let after: string | null = null;
    for (let page = 1; page < LATE_PAGE; page++) {
      const { text } = await this.#query({}, after === null ? {} : { after });
      after = (JSON.parse(text) as { next_after: string | null }).next_after;
      if (after === null) throw new Error(`the query has only ${page} pages`);
    }
    this.#latePageCursor = after ?? "";
  }

  /** Sends each kind of request once. @returns the milliseconds of each */
  async runOnce(): Promise<[WorkloadStep, number][]> {
    const n = this.#count++;
    const schedd = `ap-${LOCATIONS[n % LOCATIONS.length]}.example.org`;
    const any = this.#anyRunningTaskforce();
    const take = await this.#caller.callExpectingSuccess("GET", `/v1/tms/pending-starter/taskforces?schedd=${schedd}`);
    const { taskforce } = JSON.parse(take.text) as { taskforce: { taskforce_uuid: string } };
    const report = sampleSubmitReport(++this.#clusterId, n);
    const path = `/v1/tms/condor-submit/taskforces/${taskforce.taskforce_uuid}`;
    const submit = await this.#caller.callExpectingSuccess("POST", path, report);
    const statuses = await this.#caller.callExpectingSuccess("POST", "/v1/tms/statuses/taskforces", {
      compound_statuses_by_taskforce: Object.fromEntries(
        Array.from({ length: 20 }, () => [this.#anyRunningTaskforce().taskforce_uuid, { IDLE: { null: n } }]),
      ),
    });
    const get = await this.#caller.callExpectingSuccess("GET", `/v1/taskforces/${any.taskforce_uuid}`);
    const eventLog = { schedd: any.schedd, job_event_log_fpath: await this.#eventLogOf(any.taskforce_uuid) };
    const waiting = { phase: "condor-submit", schedd };
    return [
      ["take", take.took],
      ["condor-submit", submit.took],
      ["statuses of 20", statuses.took],
      ["get a taskforce", get.took],
      ["query by workflow_id", (await this.#query({ workflow_id: any.workflow_id })).took],
      ["query by task_id", (await this.#query({ task_id: any.task_id })).took],
      ["query by schedd", (await this.#query({ schedd })).took],
      ["query by phase", (await this.#query({ phase: "condor-submit" })).took],
      ["query by cluster_id", (await this.#query({ cluster_id: this.#clusterId })).took],
      ["query by job_event_log_fpath", (await this.#query(eventLogFilter(report))).took],
      ["query all, page 1", (await this.#query({})).took],
      ["query all, page 100", (await this.#query({}, { after: this.#latePageCursor })).took],
      ["query by log and schedd, 2 fields", (await this.#query(eventLog, TWO_FIELDS)).took],
      [
        "the same, phase $ne, 2 fields",
        (await this.#query({ ...eventLog, phase: { $ne: "condor-complete" } }, TWO_FIELDS)).took,
      ],
      [
        "the same, cluster_id, 1 match",
        (await this.#query({ schedd, ...eventLogFilter(report), cluster_id: this.#clusterId }, TWO_FIELDS)).took,
      ],
      ["query by phase and schedd, whole", (await this.#query(waiting)).took],
      ["query by phase and schedd, 2 fields", (await this.#query(waiting, TWO_FIELDS)).took],
      [
        "$regex on taskforce_uuid, 1 match of a workflow",
        (
          await this.#query(
            { workflow_id: any.workflow_id, taskforce_uuid: { $regex: `${any.taskforce_uuid.slice(-8)}$` } },
            TWO_FIELDS,
          )
        ).took,
      ],
    ];
  }

  /** Sends each query of all entities once. @returns the milliseconds of each first page */
  async scanOnce(): Promise<[ScanStep, number][]> {
    const unmatched = { $regex: "retro-crs-2018.*\\.i3$" };
    const end = this.#anyRunningTaskforce().taskforce_uuid.slice(-3);
    const directives = { query: { task_args: unmatched } };
    return [
      [
        "$regex on task_args, no match",
        (await this.#caller.callExpectingSuccess("POST", "/v1/query/task-directives", directives)).took,
      ],
      [
        "$regex on a key of pilot_config.environment, no match",
        (await this.#query({ "pilot_config.environment.RECO_CONFIG": unmatched }, TWO_FIELDS)).took,
      ],
      [
        "$regex on taskforce_uuid, 1 of 4096",
        (await this.#query({ taskforce_uuid: { $regex: `${end}$` } }, TWO_FIELDS)).took,
      ],
      ["all, 2 fields", (await this.#query({}, TWO_FIELDS)).took],
    ];
  }

  async #eventLogOf(uuid: string): Promise<string> {
    const { text } = await this.#caller.callExpectingSuccess("GET", `/v1/taskforces/${uuid}`);
    return (JSON.parse(text) as { job_event_log_fpath: string }).job_event_log_fpath;
  }

  #anyRunningTaskforce() {
    const { runningSample } = this.#population;
    const taskforce = runningSample[Math.floor(Math.random() * runningSample.length)];
    if (taskforce === undefined) throw new Error("the population has no running taskforce");
    return taskforce;
  }

  #query(query: object, more: { projection?: string[]; after?: string } = {}): Promise<TimedResponse> {
    return this.#caller.callExpectingSuccess("POST", "/v1/query/taskforces", { query, ...more });
  }
}

const eventLogFilter = ({ job_event_log_fpath }: ReturnType<typeof sampleSubmitReport>) => ({
  job_event_log_fpath,
});
