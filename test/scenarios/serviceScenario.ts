import type { Logger } from "pino";
import { createSimulatedTms, type SimulatedTms, type TmsOptions } from "../../scripts/tms/simulatedTms.js";
import type { TmsHandOut, TmsSubmitReport, TmsTaskforce as Wanted } from "../../scripts/tms/wmsTypes.js";
import type { Phase, PhaseChange } from "../../src/domain/phases.js";
import type { CreateWorkflowRequest } from "../../src/domain/requestSchemas.js";
import type { Taskforce } from "../../src/domain/taskforce.js";
import type { Workflow } from "../../src/domain/workflow.js";
import type { CreatedWorkflow } from "../api/requestBodies.js";
import { sendRequest } from "../setup/http.js";
import { startTestService } from "../setup/testService.js";
import { waitForValue } from "../setup/waitFor.js";

/** Access points of each service. Each test uses its own, so that it cannot lease another test's taskforces. */
const ACCESS_POINT_COUNT = 40;

const isDefined = <T>(value: T | undefined): value is T => value !== undefined;

/** A response of the service with any status. */
export interface JsonResponse<T = Record<string, unknown>> {
  status: number;
  /** The HTTP reason phrase. */
  reason: string;
  body: T;
}

/** An HTCondor access point that only one test uses, and its TMS. */
export interface TestAccessPoint {
  /** Its cluster location. */
  location: string;
  schedd: string;
  createTms: SimulatedTms;
}

/** A taskforce whose cluster runs. */
export interface StartedTaskforce {
  workflowId: string;
  taskId: string;
  uuid: string;
  handOut: TmsHandOut;
  report: TmsSubmitReport;
}

/** The ids of taskforces in the order of queries: creation time, then id. */
export const inOrderOfCreation = (taskforces: readonly { taskforce_uuid: string; timestamp: number }[]): string[] =>
  taskforces
    .toSorted((one, other) => one.timestamp - other.timestamp || (one.taskforce_uuid < other.taskforce_uuid ? -1 : 1))
    .map(({ taskforce_uuid }) => taskforce_uuid);

type TaskRequest = CreateWorkflowRequest["tasks"][number];

/** A task of a request, without queues. */
export const makeTaskRequestAt = (locations: string[], changes: Partial<TaskRequest> = {}): TaskRequest => ({
  cluster_locations: locations,
  task_image: "/cvmfs/icecube.opensciencegrid.org/containers/reco:v2.1.0",
  task_args: "reconstruct --infile {{INFILE}} --outfile {{OUTFILE}}",
  input_queue_aliases: [],
  output_queue_aliases: [],
  worker_config: {
    do_transfer_worker_stdouterr: false,
    max_worker_runtime: 7200,
    n_cores: 1,
    priority: 10,
    worker_disk: "2GB",
    worker_memory: "4GB",
    condor_requirements: "HAS_CVMFS_icecube_opensciencegrid_org",
  },
  ...changes,
});

/** The tokens of a user and a TMS. */
export interface ScenarioTokens {
  user: string;
  tms: string;
}

/**
 * Starts a service for the scenarios of a test file.
 *
 * @param settings environment variables, in addition to the defaults of the tests
 * @param parts `tokens` undefined: requests have none; `log` undefined: the log is discarded
 */
export async function startServiceScenario(
  settings: Record<string, string> = {},
  { tokens, log }: { tokens?: ScenarioTokens; log?: Logger } = {},
): Promise<ServiceScenario> {
  const clusters = Array.from({ length: ACCESS_POINT_COUNT }, (_, n) => [`pool-${n}`, { schedd: `access-point-${n}` }]);
  const locations = JSON.stringify(Object.fromEntries(clusters));
  const service = await startTestService({ CLUSTER_LOCATIONS: locations, ...settings }, log);
  return new ServiceScenario(service, tokens);
}

/** A service, its user, and the TMS of each access point, which use only HTTP. */
export class ServiceScenario {
  readonly url: string;
  readonly close: () => Promise<void>;
  readonly #tokens: ScenarioTokens | undefined;
  #accessPoints = 0;

  constructor(service: { url: string; close: () => Promise<void> }, tokens?: ScenarioTokens) {
    this.url = service.url;
    this.close = () => service.close();
    this.#tokens = tokens;
  }

  /** An access point that no other test uses. */
  nextAccessPoint(options: Partial<TmsOptions> = {}): TestAccessPoint {
    const n = this.#accessPoints++;
    if (n >= ACCESS_POINT_COUNT) throw new Error("more tests than access points");
    const schedd = `access-point-${n}`;
    return { location: `pool-${n}`, schedd, createTms: this.tms(schedd, options) };
  }

  /** Another TMS, such as one after a crash. */
  tms(schedd: string, options: Partial<TmsOptions> = {}): SimulatedTms {
    return createSimulatedTms({ url: this.url, schedd, token: this.#tokens?.tms, ...options });
  }

  /** Sends a request of a user, or of a TMS without tokens. */
  async request<T>(method: string, path: string, body?: unknown): Promise<JsonResponse<T>> {
    const headers = {
      ...(body !== undefined && { "content-type": "application/json" }),
      ...(this.#tokens && { authorization: `Bearer ${this.#tokens.user}` }),
    };
    const { status, reason, body: received } = await sendRequest<T>(this.url + path, { method, headers, body });
    return { status, reason, body: received };
  }

  async #read<T>(path: string): Promise<T> {
    const response = await this.request<T>("GET", path);
    if (response.status !== 200) throw new Error(`GET ${path}: ${response.status} ${response.reason}`);
    return response.body;
  }

  /** Creates a workflow. @returns the body of the response, which must be a 200 */
  async submitWorkflow(tasks: TaskRequest[], changes: Partial<CreateWorkflowRequest> = {}): Promise<CreatedWorkflow> {
    const request = { tasks, public_queue_aliases: [], ...changes };
    const response = await this.request<CreatedWorkflow>("POST", "/v1/workflows", request);
    if (response.status !== 200) throw new Error(`POST /v1/workflows: ${response.status} ${response.reason}`);
    return response.body;
  }

  readWorkflow(id: string): Promise<Workflow> {
    return this.#read(`/v1/workflows/${id}`);
  }

  readTaskforce(uuid: string): Promise<Taskforce> {
    return this.#read(`/v1/taskforces/${uuid}`);
  }

  /** Aborts or finishes a workflow as its user. */
  deactivate(
    workflowId: string,
    action: "abort" | "finished",
  ): Promise<JsonResponse<{ workflow_id: string; n_taskforces: number }>> {
    return this.request("POST", `/v1/workflows/${workflowId}/actions/${action}`, {});
  }

  addWorkers(taskId: string, cluster_location: string, n_workers: number | null = 1): Promise<JsonResponse<Taskforce>> {
    return this.request("POST", `/v1/task-directives/${taskId}/actions/add-workers`, {
      cluster_location,
      n_workers,
    });
  }

  /** Waits until a taskforce is in a phase. */
  waitForPhase(uuid: string, phase: Phase): Promise<Taskforce> {
    return waitForValue(
      `${uuid} reaches ${phase}`,
      () => this.readTaskforce(uuid),
      (taskforce) => taskforce.phase === phase,
    );
  }

  /** Creates a workflow of one task at one location, and waits until its taskforce can be handed out. */
  async createPending(at: TestAccessPoint, changes: Partial<CreateWorkflowRequest> = {}): Promise<Taskforce> {
    const { taskforces } = await this.submitWorkflow([makeTaskRequestAt([at.location])], changes);
    return this.waitForPhase(single(taskforces).taskforce_uuid, "pending-starter");
  }

  /**
   * Waits until all pending taskforces can be handed out. The launches of earlier workflows precede that of a new one, whose
   * taskforce is submitted at another access point.
   */
  async waitForLaunches(): Promise<void> {
    const elsewhere = this.nextAccessPoint();
    await this.createRunning(elsewhere);
  }

  /** Leases a taskforce to submit. Retries, because a taskforce is pending shortly before its job is queued. */
  leaseToStart(tms: SimulatedTms): Promise<TmsHandOut> {
    return waitForValue("a taskforce to start is handed out", () => tms.leaseStarter(), isDefined);
  }

  /** Leases a taskforce to stop. */
  leaseToStop(tms: SimulatedTms): Promise<Wanted> {
    return waitForValue("a taskforce to stop is handed out", () => tms.leaseStopper(), isDefined);
  }

  /** Creates a workflow of one taskforce whose cluster runs. */
  async createRunning(at: TestAccessPoint): Promise<StartedTaskforce> {
    const { taskforce_uuid: uuid, task_id: taskId, workflow_id: workflowId } = await this.createPending(at);
    const handOut = await this.leaseToStart(at.createTms);
    const report = await at.createTms.submit(handOut);
    return { uuid, taskId, workflowId, handOut, report };
  }

  /** Creates a submitted taskforce, and brings it to a later phase. */
  async createInPhase(
    phase: "condor-submit" | "pending-stopper" | "condor-rm" | "condor-complete",
    at: TestAccessPoint,
  ): Promise<StartedTaskforce> {
    const running = await this.createRunning(at);
    if (phase === "condor-submit") return running;
    await this.deactivate(running.workflowId, "abort");
    if (phase === "pending-stopper") return running;
    const stopping = await this.leaseToStop(at.createTms);
    await at.createTms.remove(stopping);
    if (phase === "condor-complete") await at.createTms.complete(stopping);
    return running;
  }
}

/** The only entry of a list; it must not have others. */
export function single<T>(list: readonly T[]): T {
  const [only] = list;
  if (only === undefined || list.length > 1) throw new Error(`expected one entry, there are ${list.length}`);
  return only;
}

/** A short form of a taskforce's log: `condor-submit by TMS`, with `no ` before a failed attempt. */
export const shortLog = (taskforce: Pick<Taskforce, "phase_change_log">): string[] =>
  taskforce.phase_change_log.map(
    ({ target_phase, was_successful, source_entity }) =>
      `${was_successful ? "" : "no "}${target_phase} by ${source_entity}`,
  );

/** The newest entry of a taskforce's log. */
export function lastEntry(taskforce: Taskforce): PhaseChange {
  const last = taskforce.phase_change_log.at(-1);
  if (last === undefined) throw new Error(`${taskforce.taskforce_uuid} has no log`);
  return last;
}

/** The failed attempts at a phase. */
export const failuresOf = (taskforce: Taskforce, target: Phase): PhaseChange[] =>
  taskforce.phase_change_log.filter((entry) => entry.target_phase === target && !entry.was_successful);
