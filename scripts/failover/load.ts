import { setTimeout as delay } from "node:timers/promises";
import { WORKFLOW_REQUEST } from "../../test/processes/workflowRequest.js";

const SCHEDD = "SCHEDD1";
const USERS = 6;
const POLLERS = 4;
/** Milliseconds before a request that failed is made again. */
const AGAIN = 50;

/** What is read of several answers. */
interface Body {
  workflow: { workflow_id: string };
  taskforces?: { taskforce_uuid: string }[];
  taskforce?: { taskforce_uuid: string };
  taskforce_uuid?: string;
  cluster_id?: number | null;
  phase?: string;
}

/** What clients were told, by which is judged what is there in the end. */
export class Load {
  /** Workflows whose creation was acknowledged, and their taskforces. */
  readonly created = new Map<string, string>();
  /** Taskforces whose submission was acknowledged, and their clusters. */
  readonly submitted = new Map<string, number>();
  /** How often each taskforce was handed out to be started. */
  readonly handOuts = new Map<string, number>();
  requests = 0;
  /** Epoch milliseconds at which requests failed, by a 5xx or without an answer. */
  readonly failures: number[] = [];
  #isOver = false;
  #nextCluster = 1;
  readonly #url: string;
  #loops: Promise<unknown> = Promise.resolve();

  constructor(url: string) {
    this.#url = url;
  }

  /** Users ask for workflows, and a TMS for work, until {@link stop}. */
  start(): void {
    const users = Array.from({ length: USERS }, () => this.#repeat(() => this.#create()));
    const pollers = Array.from({ length: POLLERS }, () => this.#repeat(() => this.startNext()));
    this.#loops = Promise.all([...users, ...pollers]);
  }

  async stop(): Promise<void> {
    this.#isOver = true;
    await this.#loops;
  }

  async #repeat(step: () => Promise<boolean>): Promise<void> {
    while (!this.#isOver) if (!(await step())) await delay(AGAIN);
  }

  async #create(): Promise<boolean> {
    const made = await this.call("POST", "/v1/workflows", WORKFLOW_REQUEST);
    const [taskforce] = made?.body.taskforces ?? [];
    if (made?.status !== 200 || taskforce === undefined) return false;
    this.created.set(made.body.workflow.workflow_id, taskforce.taskforce_uuid);
    return true;
  }

  /** Takes a taskforce and reports its submission until it is answered. @returns whether there was one */
  async startNext(): Promise<boolean> {
    const handOut = await this.call("GET", `/v1/tms/pending-starter/taskforces?schedd=${SCHEDD}`);
    const uuid = handOut?.body.taskforce?.taskforce_uuid;
    if (uuid === undefined) return false;
    this.handOuts.set(uuid, (this.handOuts.get(uuid) ?? 0) + 1);
    const cluster_id = this.#nextCluster++;
    const report = JSON.stringify({
      cluster_id,
      n_workers: 1,
      submit_dict: {},
      job_event_log_fpath: "/scratch/log",
    });
    for (;;) {
      const answer = await this.call("POST", `/v1/tms/condor-submit/taskforces/${uuid}`, report);
      if (answer?.status === 200) this.submitted.set(uuid, cluster_id);
      if (answer !== undefined || this.#isOver) return true;
      await delay(AGAIN);
    }
  }

  /** Takes a taskforce to be stopped, to its end. @returns whether there was one */
  async stopNext(): Promise<boolean> {
    const handOut = await this.call("GET", `/v1/tms/pending-stopper/taskforces?schedd=${SCHEDD}`);
    const uuid = handOut?.body.taskforce_uuid ?? handOut?.body.taskforce?.taskforce_uuid;
    if (uuid === undefined) return false;
    await this.call("POST", `/v1/tms/condor-rm/taskforces/${uuid}`);
    const done = JSON.stringify({ condor_complete_ts: Math.floor(Date.now() / 1000) });
    await this.call("POST", `/v1/tms/condor-complete/taskforces/${uuid}`, done);
    return true;
  }

  /** @returns undefined for a 5xx, or when there was no answer */
  async call(
    method: string,
    path: string,
    body?: string,
  ): Promise<{ status: number; body: Body } | undefined> {
    this.requests++;
    try {
      const response = await fetch(this.#url + path, { method, ...(body !== undefined && { body }) });
      const answer = (await response.json()) as Body;
      if (response.status < 500) return { status: response.status, body: answer };
    } catch {
      // Counts as the 5xx do.
    }
    this.failures.push(Date.now());
    return undefined;
  }
}
