import { setTimeout as wait } from "node:timers/promises";
import { expect, test } from "vitest";
import { freshDatabase } from "../setup/database.js";
import { waitUntil } from "../setup/waitFor.js";
import { LoadBalancer } from "./loadBalancer.js";
import { ServiceProcess, WORKFLOW_REQUEST_JSON } from "./serviceProcess.js";

interface ShownTaskforce {
  taskforce_uuid: string;
  phase: string;
  cluster_id: number;
  phase_change_log: { target_phase: string; was_successful: boolean }[];
}

/** Users and TMSes that keep a service busy through a load balancer, and remember what it owes them. */
class SimulatedLoad {
  readonly created: string[] = [];
  /** The cluster that each taskforce was submitted as. */
  readonly submitted = new Map<string, number>();
  readonly failures: string[] = [];
  answered = 0;
  readonly #balancer: LoadBalancer;
  readonly #creator: Promise<void>;
  readonly #others: Promise<void>[];
  #creating = true;
  #ended = false;

  constructor(balancer: LoadBalancer) {
    this.#balancer = balancer;
    this.#creator = this.#repeat(
      20,
      () => this.#create(),
      () => this.#creating,
    );
    this.#others = [
      this.#repeat(5, () => this.#takeAndSubmit()),
      this.#repeat(5, () => this.#takeAndSubmit()),
      this.#repeat(10, () => this.#reportStatuses()),
      this.#repeat(5, () => this.#read()),
      this.#repeat(5, () => this.#read()),
    ];
  }

  /** Asks for no more workflows, and ends once every taskforce has been submitted. */
  async finish(): Promise<void> {
    this.#creating = false;
    // The last request may still be on its way: what it creates is owed as well.
    await this.#creator;
    await waitUntil("every taskforce is submitted", () => this.submitted.size >= this.created.length);
    this.#ended = true;
    await Promise.all(this.#others);
  }

  /** @param pauseMs milliseconds between two turns: the test's processes share few cores */
  async #repeat(pauseMs: number, runOnce: () => Promise<void>, goesOn = () => true): Promise<void> {
    while (!this.#ended && goesOn()) {
      await runOnce().catch((error: Error) => this.failures.push(error.message));
      await wait(pauseMs);
    }
  }

  async #call<T>(method: "GET" | "POST", path: string, body?: object): Promise<T> {
    const answer = await this.#balancer.send(method, path, body);
    if (answer.status !== 200) throw new Error(`${method} ${path}: ${answer.status} ${answer.body}`);
    this.answered++;
    return JSON.parse(answer.body) as T;
  }

  async #create(): Promise<void> {
    const body = JSON.parse(WORKFLOW_REQUEST_JSON) as object;
    const { taskforces } = await this.#call<{ taskforces: ShownTaskforce[] }>("POST", "/v1/workflows", body);
    this.created.push(...taskforces.map(({ taskforce_uuid }) => taskforce_uuid));
  }

  async #takeAndSubmit(): Promise<void> {
    const taken = await this.#call<{ taskforce?: ShownTaskforce }>(
      "GET",
      "/v1/tms/pending-starter/taskforces?schedd=SCHEDD1",
    );
    const uuid = taken.taskforce?.taskforce_uuid;
    if (uuid === undefined) return;
    if (this.submitted.has(uuid)) throw new Error(`${uuid} was handed out twice`);
    const cluster_id = this.submitted.size + 1;
    this.submitted.set(uuid, cluster_id);
    const report = { cluster_id, n_workers: 1, submit_dict: {}, job_event_log_fpath: "/jel" };
    await this.#call("POST", `/v1/tms/condor-submit/taskforces/${uuid}`, report);
  }

  async #reportStatuses(): Promise<void> {
    const uuid = this.created.at(-1);
    if (uuid === undefined) return;
    const statuses = { [uuid]: { RUNNING: { Tasking: 1 } } };
    await this.#call("POST", "/v1/tms/statuses/taskforces", { compound_statuses_by_taskforce: statuses });
  }

  async #read(): Promise<void> {
    const uuid = this.created[Math.floor(this.created.length / 2)];
    if (uuid !== undefined) await this.#call("GET", `/v1/taskforces/${uuid}`);
  }
}

test("two web and two worker processes are replaced in turn under load, and no request fails", async () => {
  const environment = {
    REDIS_URL: await freshDatabase(),
    // Many times what the balancer takes to notice.
    SHUTDOWN_GRACE_SECONDS: "4",
    LOG_LEVEL: "warn",
  };
  const balancer = new LoadBalancer();
  const start = async (program: "web" | "worker") => {
    const process = new ServiceProcess(program, environment);
    if (program === "web") await balancer.addBackend(await process.waitForUrl());
    else await process.waitForOutput(/WMS worker runs/);
    return process;
  };
  const running = await Promise.all((["web", "web", "worker", "worker"] as const).map(start));
  const load = new SimulatedLoad(balancer);
  await waitUntil("there is load", () => load.submitted.size > 0);

  for (const [index, program] of (["web", "web", "worker", "worker"] as const).entries()) {
    const answered = load.answered;
    running[index]?.signal("SIGTERM");
    expect(await running[index]?.waitForExit()).toBe(0);
    running[index] = await start(program);
    await waitUntil("requests are answered all the while", () => load.answered > answered);
  }
  await load.finish();

  expect(load.failures).toEqual([]);
  expect(balancer.served.every((served) => served > 0)).toBe(true);
  expect(balancer.reusedConnections).toBeGreaterThan(load.answered / 2);
  expect(load.submitted.size).toBe(load.created.length);
  for (const uuid of load.created) {
    const { status, body } = await balancer.send("GET", `/v1/taskforces/${uuid}`);
    expect(status).toBe(200);
    const { phase, cluster_id, phase_change_log } = JSON.parse(body) as ShownTaskforce;
    expect({ phase, cluster_id }).toEqual({ phase: "condor-submit", cluster_id: load.submitted.get(uuid) });
    expect(phase_change_log.map(({ target_phase }) => target_phase)).toEqual([
      "pre-mq-activation",
      "pre-launch",
      "pending-starter",
      "condor-submit",
    ]);
  }
}, 180_000);
