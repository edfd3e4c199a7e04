import { setTimeout as delay } from "node:timers/promises";
import { WORKFLOW_REQUEST_JSON } from "../../test/processes/workflowRequestJson.js";

export const LOAD_SCHEDD = "SCHEDD1";
const USERS = 6;
const POLLERS = 4;
/** Milliseconds between a failed request and its retry. */
const RETRY_DELAY_MS = 50;

/** The fields that the load reads from responses. */
interface ResponseBody {
  workflow: { workflow_id: string };
  taskforces?: { taskforce_uuid: string }[];
  taskforce?: { taskforce_uuid: string };
  taskforce_uuid?: string;
  cluster_id?: number | null;
  phase?: string;
  results?: { status: string }[];
}

/** An acknowledged workflow. */
export interface AcknowledgedWorkflow {
  workflow: string;
  /** Its only taskforce. */
  uuid: string;
  /** Epoch milliseconds of the response. */
  at: number;
}

/** An acknowledged submission, whose cluster runs. */
export interface AcknowledgedSubmission {
  uuid: string;
  cluster: number;
  /** Epoch milliseconds of the response. */
  at: number;
}

/** A failed request. */
export interface FailedRequest {
  /** Epoch milliseconds. */
  at: number;
  /** Undefined without a response. */
  status: number | undefined;
}

/** Creates the load, and records the acknowledged requests, which the data must match afterwards. */
export class FailoverLoad {
  readonly created: AcknowledgedWorkflow[] = [];
  readonly submitted: AcknowledgedSubmission[] = [];
  /** Number of submissions that the service refused with a 4xx. */
  refusedSubmissions = 0;
  /** Number of hand-outs of each taskforce for its start. */
  readonly handOuts = new Map<string, number>();
  requests = 0;
  /** Requests with a 5xx or without a response. */
  readonly failures: FailedRequest[] = [];
  #isStopped = false;
  #nextCluster = 1;
  readonly #url: string;
  #loops: Promise<unknown> = Promise.resolve();

  constructor(url: string) {
    this.#url = url;
  }

  /** Starts users that create workflows, and a TMS that leases them, until {@link stop}. */
  start(): void {
    const users = Array.from({ length: USERS }, () => this.#repeat(() => this.#create()));
    const pollers = Array.from({ length: POLLERS }, () => this.#repeat(() => this.submitNext()));
    this.#loops = Promise.all([...users, ...pollers]);
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    await this.#loops;
  }

  async #repeat(step: () => Promise<boolean>): Promise<void> {
    while (!this.#isStopped) if (!(await step())) await delay(RETRY_DELAY_MS);
  }

  async #create(): Promise<boolean> {
    const made = await this.call("POST", "/v1/workflows", WORKFLOW_REQUEST_JSON);
    const [taskforce] = made?.body.taskforces ?? [];
    if (made?.status !== 200 || taskforce === undefined) return false;
    const workflow = made.body.workflow.workflow_id;
    this.created.push({ workflow, uuid: taskforce.taskforce_uuid, at: Date.now() });
    return true;
  }

  /** Leases a taskforce and reports its submission until a response arrives. @returns whether a taskforce was leased */
  async submitNext(): Promise<boolean> {
    const handOut = await this.call("GET", `/v1/tms/pending-starter/taskforces?schedd=${LOAD_SCHEDD}`);
    const uuid = handOut?.body.taskforce?.taskforce_uuid;
    if (uuid === undefined) return false;
    this.handOuts.set(uuid, (this.handOuts.get(uuid) ?? 0) + 1);
    const cluster = this.#nextCluster++;
    for (;;) {
      const status = await this.reportSubmission(uuid, cluster);
      if (status === 200) this.submitted.push({ uuid, cluster, at: Date.now() });
      else if (status !== undefined) this.refusedSubmissions++;
      if (status !== undefined || this.#isStopped) return true;
      await delay(RETRY_DELAY_MS);
    }
  }

  /** @returns the status of the response; undefined for a 5xx, or without a response */
  async reportSubmission(uuid: string, cluster_id: number): Promise<number | undefined> {
    const report = { cluster_id, n_workers: 1, submit_dict: {}, job_event_log_fpath: "/scratch/log" };
    const answer = await this.call("POST", `/v1/tms/condor-submit/taskforces/${uuid}`, JSON.stringify(report));
    return answer?.status;
  }

  /** Leases a taskforce to stop, and completes it. @returns whether a taskforce was leased */
  async stopNext(): Promise<boolean> {
    const handOut = await this.call("GET", `/v1/tms/pending-stopper/taskforces?schedd=${LOAD_SCHEDD}`);
    const uuid = handOut?.body.taskforce_uuid ?? handOut?.body.taskforce?.taskforce_uuid;
    if (uuid === undefined) return false;
    await this.call("POST", `/v1/tms/condor-rm/taskforces/${uuid}`);
    const done = JSON.stringify({ condor_complete_ts: Math.floor(Date.now() / 1000) });
    await this.call("POST", `/v1/tms/condor-complete/taskforces/${uuid}`, done);
    return true;
  }

  /** @returns undefined for a 5xx, or without a response */
  async call(method: string, path: string, body?: string): Promise<{ status: number; body: ResponseBody } | undefined> {
    this.requests++;
    let status: number | undefined;
    try {
      const response = await fetch(this.#url + path, { method, ...(body !== undefined && { body }) });
      status = response.status;
      const answer = (await response.json()) as ResponseBody;
      if (status < 500) return { status, body: answer };
    } catch {
      // Counts as the 5xx do.
    }
    this.failures.push({ at: Date.now(), status });
    return undefined;
  }
}
