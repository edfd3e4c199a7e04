import { setTimeout as delay } from "node:timers/promises";
import { WORKFLOW_REQUEST_JSON } from "../../test/processes/workflowRequestJson.js";

export const LOAD_SCHEDD = "SCHEDD1";
const USERS = 6;
const POLLERS = 4;
/** Milliseconds before a request that failed is made again. */
const RETRY_DELAY_MS = 50;

/** What is read of several answers. */
interface ResponseBody {
  workflow: { workflow_id: string };
  taskforces?: { taskforce_uuid: string }[];
  taskforce?: { taskforce_uuid: string };
  taskforce_uuid?: string;
  cluster_id?: number | null;
  phase?: string;
  results?: { status: string }[];
}

/** A workflow whose creation was acknowledged. */
export interface AcknowledgedWorkflow {
  workflow: string;
  /** Its one taskforce. */
  uuid: string;
  /** Epoch milliseconds of the answer. */
  at: number;
}

/** A submission that was acknowledged: this cluster runs. */
export interface AcknowledgedSubmission {
  uuid: string;
  cluster: number;
  /** Epoch milliseconds of the answer. */
  at: number;
}

/** A request that failed. */
export interface FailedRequest {
  /** Epoch milliseconds. */
  at: number;
  /** Undefined when there was no answer. */
  status: number | undefined;
}

/** The acknowledged requests, which the data must match in the end. */
export class FailoverLoad {
  readonly created: AcknowledgedWorkflow[] = [];
  readonly submitted: AcknowledgedSubmission[] = [];
  /** Submissions that were refused for good: clusters that the service knows nothing of, and says so. */
  refusedSubmissions = 0;
  /** How often each taskforce was handed out to be started. */
  readonly handOuts = new Map<string, number>();
  requests = 0;
  /** Requests that got a 5xx or no answer. */
  readonly failures: FailedRequest[] = [];
  #isStopped = false;
  #nextCluster = 1;
  readonly #url: string;
  #loops: Promise<unknown> = Promise.resolve();

  constructor(url: string) {
    this.#url = url;
  }

  /** Users ask for workflows, and a TMS for work, until {@link stop}. */
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

  /** Takes a taskforce and reports its submission until it is answered. @returns whether there was one */
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

  /** @returns the status of the answer; undefined for a 5xx, or when there was none */
  async reportSubmission(uuid: string, cluster_id: number): Promise<number | undefined> {
    const report = { cluster_id, n_workers: 1, submit_dict: {}, job_event_log_fpath: "/scratch/log" };
    const answer = await this.call("POST", `/v1/tms/condor-submit/taskforces/${uuid}`, JSON.stringify(report));
    return answer?.status;
  }

  /** Takes a taskforce to be stopped, to its end. @returns whether there was one */
  async stopNext(): Promise<boolean> {
    const handOut = await this.call("GET", `/v1/tms/pending-stopper/taskforces?schedd=${LOAD_SCHEDD}`);
    const uuid = handOut?.body.taskforce_uuid ?? handOut?.body.taskforce?.taskforce_uuid;
    if (uuid === undefined) return false;
    await this.call("POST", `/v1/tms/condor-rm/taskforces/${uuid}`);
    const done = JSON.stringify({ condor_complete_ts: Math.floor(Date.now() / 1000) });
    await this.call("POST", `/v1/tms/condor-complete/taskforces/${uuid}`, done);
    return true;
  }

  /** @returns undefined for a 5xx, or when there was no answer */
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
