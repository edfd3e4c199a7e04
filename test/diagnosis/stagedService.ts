import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Queue } from "bullmq";
import { createSimulatedTms, type SimulatedTms } from "../../scripts/tms/simulatedTms.js";
import type { TaskforceUuid, WorkflowId } from "../../src/domain/ids.js";
import { Queues } from "../../src/queues/queues.js";
import type { RedisClient } from "../../src/redis/redisClient.js";
import { openStore, type Store } from "../../src/store/store.js";
import { CREDENTIALS, operatorHeaders } from "../api/dashboard/dashboardFixture.js";
import type { CreatedWorkflow } from "../api/requestBodies.js";
import { IdentityProvider } from "../auth/identityProvider.js";
import { runCli } from "../cli/runCli.js";
import { type Scrape, scrape } from "../metrics/scrape.js";
import { type ScriptedMqs, startScriptedMqs } from "../mqs/scriptedMqs.js";
import { PageDriver } from "../page/pageDriver.js";
import { ServiceProcess } from "../processes/serviceProcess.js";
import { startTcpProxy, type TcpProxy } from "../processes/tcpProxy.js";
import { makeTaskRequestAt } from "../scenarios/serviceScenario.js";
import { sharedBrowser } from "../setup/browser.js";
import { pickFreePort } from "../setup/freePort.js";
import { type HttpResponse, sendRequest } from "../setup/http.js";
import { startOwnRedis } from "../setup/ownRedis.js";
import { temporaryFolder } from "../setup/temporaryFolder.js";
import { openRedis } from "../setup/testRedis.js";
import { waitForValue } from "../setup/waitFor.js";

/** A schedd that only one cause uses. */
export interface Place {
  location: string;
  schedd: string;
}

/** A workflow of one taskforce. */
export interface SmallWorkflow {
  workflow: WorkflowId;
  taskforce: TaskforceUuid;
  schedd: string;
  tms: SimulatedTms;
}

/** Few: the diagnosis of the service reads the queues of each. */
const PLACE_COUNT = 36;
const METRICS_TOKEN = "scraper-token";
/** The setting's default, which the processes use. */
const STORE_PARTITIONS = 16;

/** Cluster locations of the service. @param omitted a schedd that is not configured @param added one more */
function clusterLocations({ omitted, added }: { omitted?: string; added?: string } = {}): string {
  const schedds = [...Array.from({ length: PLACE_COUNT }, (_, n) => `schedd-${n}`), ...(added ? [added] : [])];
  const entries = schedds.filter((schedd) => schedd !== omitted).map((schedd) => [`at-${schedd}`, { schedd }]);
  return JSON.stringify(Object.fromEntries(entries));
}

type AtEnd = (release: () => unknown) => void;

/** A web and a worker process with all that surrounds them, and what a cause needs to be staged. */
export class StagedService {
  web!: ServiceProcess;
  worker!: ServiceProcess;
  #places = 0;
  #webSettings: Record<string, string> = {};

  private constructor(
    readonly url: string,
    /** The data folder of Redis. */
    readonly redisDir: string,
    readonly redis: RedisClient,
    readonly store: Store,
    readonly queues: Queues,
    readonly mqs: ScriptedMqs,
    /** Between the service and the MQS. */
    readonly mqsProxy: TcpProxy,
    readonly idp: IdentityProvider,
    readonly tokens: { operator: string; tms: string },
    readonly pilotImagesDir: string,
    readonly settings: Record<string, string>,
    readonly atEnd: AtEnd,
  ) {}

  /** @param atEnd receives functions that release everything, in reverse order */
  static async start(atEnd: AtEnd): Promise<StagedService> {
    const [server, mqs, idp, port] = await Promise.all([
      startOwnRedis(atEnd),
      startScriptedMqs(),
      IdentityProvider.start(),
      pickFreePort(),
    ]);
    const mqsProxy = await startTcpProxy({ host: "127.0.0.1", port: Number(new URL(mqs.address).port) });
    const redis = openRedis(server.url);
    const pilotImagesDir = join(await temporaryFolder((remove) => atEnd(remove)), "pilots");
    await mkdir(pilotImagesDir);
    await writeFile(join(pilotImagesDir, "ewms-pilot:latest"), "");
    const queues = new Queues({ redis, leaseSeconds: 300, schedds: [] });
    atEnd(async () => {
      await queues.close();
      redis.disconnect();
      await Promise.all([mqsProxy.close(), mqs.close(), idp.stop()]);
    });
    const exp = Math.floor(Date.now() / 1000) + 3600;
    const service = new StagedService(
      `http://127.0.0.1:${port}`,
      server.dir,
      redis,
      await openStore(redis, { partitions: STORE_PARTITIONS }),
      queues,
      mqs,
      mqsProxy,
      idp,
      {
        operator: await idp.signToken({ sub: "ada", ewms_role: "operator", groups: "/tokens/ewms-dev", exp }),
        tms: await idp.signToken({ sub: "tms", ewms_role: "system-tms", exp }),
      },
      pilotImagesDir,
      {
        REDIS_URL: server.url,
        MQS_ADDRESS: `http://127.0.0.1:${mqsProxy.port}`,
        CLUSTER_LOCATIONS: clusterLocations(),
        WORKFLOW_MQ_ACTIVATOR_MQS_RETRY_WAIT: "0.5",
        TMS_ACTION_RETRIES: "1",
        TMS_RETRY_WAIT: "1",
        // Reconcile would repair what a cause leaves interrupted. It runs when a worker starts.
        RECONCILE_SECONDS: "3600",
      },
      atEnd,
    );
    service.#webSettings = {
      REST_PORT: String(port),
      AUTH_OPENID_URL: idp.issuer,
      ADMIN_USER: CREDENTIALS.username,
      ADMIN_PASSWORD: CREDENTIALS.password,
      METRICS_TOKEN,
      CVMFS_PILOT_SINGULARITY_IMAGES_DIR: pilotImagesDir,
    };
    await Promise.all([service.#startWeb(), service.startWorker()]);
    return service;
  }

  /** Opens the page as an operator. */
  async openPage(): Promise<PageDriver> {
    return PageDriver.open(await sharedBrowser(), this.url, { httpCredentials: CREDENTIALS });
  }

  async #startWeb(settings: Record<string, string> = {}): Promise<void> {
    this.web = new ServiceProcess("web", { ...this.settings, ...this.#webSettings, ...settings }, this.atEnd);
    await this.web.waitForUrl();
  }

  /** Restarts the web process with other cluster locations. Without changes, it gets the original ones. */
  async restartWeb(locations: Parameters<typeof clusterLocations>[0] = {}): Promise<void> {
    this.web.signal("SIGTERM");
    await this.web.waitForExit();
    await this.#startWeb({ CLUSTER_LOCATIONS: clusterLocations(locations) });
  }

  /** Starts another web process. @returns its address */
  async startOtherWeb(settings: Record<string, string>): Promise<{ url: string; stop: () => Promise<void> }> {
    const other = new ServiceProcess(
      "web",
      { ...this.settings, ...this.#webSettings, REST_PORT: "0", ...settings },
      this.atEnd,
    );
    return { url: await other.waitForUrl(), stop: () => other.kill() };
  }

  async startWorker(): Promise<void> {
    this.worker = await this.startOtherWorker();
  }

  async startOtherWorker(settings: Record<string, string> = {}): Promise<ServiceProcess> {
    const worker = new ServiceProcess("worker", { ...this.settings, ...settings }, this.atEnd);
    await worker.waitForOutput(/WMS worker runs/);
    return worker;
  }

  /** Sends a request of an operator who is also a user. @throws Error unless the response is a 200 */
  async request<T = unknown>(method: string, path: string, body?: unknown): Promise<T> {
    const response = await this.send<T>(method, path, body);
    if (response.status !== 200) throw new Error(`${method} ${path}: ${response.status} ${response.text}`);
    return response.body;
  }

  send<T>(method: string, path: string, body?: unknown, token = this.tokens.operator): Promise<HttpResponse<T>> {
    const headers = {
      authorization: `Bearer ${token}`,
      ...(body !== undefined && { "content-type": "application/json" }),
    };
    return sendRequest<T>(this.url + path, { method, headers, body });
  }

  /** Presses a button of the Bull dashboard. @param action `pause`, or `<job>/retry` */
  async actOnDashboard(queue: string, action: string): Promise<void> {
    const path = `/admin/queues/api/queues/${encodeURIComponent(queue)}/${action}`;
    const response = await sendRequest(this.url + path, { method: "PUT", headers: operatorHeaders(this.url) });
    if (response.status >= 300) throw new Error(`PUT ${path}: ${response.status} ${response.text}`);
  }

  /** Uses a queue as a tool does that only knows BullMQ. */
  async actOnQueue(name: string, act: (queue: Queue) => Promise<unknown>): Promise<void> {
    const queue = new Queue(name, { connection: this.redis, prefix: `{wmsq-${name}}` });
    await act(queue);
    await queue.close();
  }

  /** Runs a command of `ewms`. @returns its output */
  async runCommand(...args: string[]): Promise<string> {
    const { code, stdout, stderr } = await runCli(args, {
      env: { EWMS_URL: this.url, EWMS_TOKEN: this.tokens.operator },
    });
    if (code !== 0) throw new Error(`ewms ${args.join(" ")}: ${stderr}`);
    return stdout;
  }

  scrape(): Promise<Scrape> {
    return scrape(this.url, { authorization: `Bearer ${METRICS_TOKEN}` });
  }

  nextPlace(): Place {
    const n = this.#places++;
    if (n >= PLACE_COUNT) throw new Error("no unused schedd is left: raise PLACE_COUNT");
    return { location: `at-schedd-${n}`, schedd: `schedd-${n}` };
  }

  tmsOf(schedd: string, url = this.url): SimulatedTms {
    return createSimulatedTms({ url, schedd, token: this.tokens.tms });
  }

  /** Creates a workflow of one taskforce. @param options.withQueues whether the MQS must activate message queues */
  async create(
    { place = this.nextPlace(), withQueues = false, priority = 50 } = {} as {
      place?: Place;
      withQueues?: boolean;
      priority?: number;
    },
  ): Promise<SmallWorkflow> {
    const task = makeTaskRequestAt([place.location], withQueues ? { input_queue_aliases: ["in"] } : {});
    const { workflow, taskforces } = await this.request<CreatedWorkflow>("POST", "/v1/workflows", {
      tasks: [task],
      public_queue_aliases: [],
      priority,
    });
    return {
      workflow: workflow.workflow_id as WorkflowId,
      taskforce: taskforces[0]?.taskforce_uuid as TaskforceUuid,
      schedd: place.schedd,
      tms: this.tmsOf(place.schedd),
    };
  }

  lease({ schedd }: Pick<SmallWorkflow, "schedd">, url = this.url) {
    const tms = this.tmsOf(schedd, url);
    return waitForValue(
      `a taskforce of ${schedd} is handed out`,
      () => tms.leaseStarter(),
      (handOut) => handOut !== undefined,
    );
  }

  /** Leases the next taskforce of a schedd, and reports that it is submitted. */
  async submitNext(of: Pick<SmallWorkflow, "schedd">): Promise<void> {
    await this.tmsOf(of.schedd).submit(await this.lease(of));
  }

  async createRunning(): Promise<SmallWorkflow> {
    const created = await this.create();
    await this.submitNext(created);
    return created;
  }

  async leaseToStop({ tms, taskforce }: SmallWorkflow) {
    return waitForValue(
      `${taskforce} is handed out to be stopped`,
      () => tms.leaseStopper(),
      (handOut) => handOut !== undefined,
    );
  }

  async reportWorkers({ taskforce }: SmallWorkflow, statuses: Record<string, number>): Promise<void> {
    const byPilot = Object.fromEntries(Object.entries(statuses).map(([status, n]) => [status, { None: n }]));
    const body = {
      top_task_errors_by_taskforce: { [taskforce]: {} },
      compound_statuses_by_taskforce: { [taskforce]: byPilot },
    };
    const { status, text } = await this.send("POST", "/v1/tms/statuses/taskforces", body, this.tokens.tms);
    if (status !== 200) throw new Error(`${status} ${text}`);
  }

  end({ workflow }: SmallWorkflow, action: "abort" | "finished" = "abort"): Promise<unknown> {
    return this.request("POST", `/v1/workflows/${workflow}/actions/${action}`, {});
  }

  /** Aborts a workflow as a web process does that is killed after the first script of the request. */
  async interruptAbort({ workflow }: SmallWorkflow): Promise<void> {
    await this.store.transitions.deactivate(workflow, "ABORTED", Date.now() / 1000);
  }
}
