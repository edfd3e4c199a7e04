import type { Phase } from "../../src/domain/phases.js";
import type { CreateWorkflowRequest, TaskRequest } from "../../src/domain/requestSchemas.js";
import type { ScheddContents } from "../../src/domain/schedd.js";
import type { Taskforce } from "../../src/domain/taskforce.js";
import { startTestService, type TestService } from "../setup/testService.js";
import { waitForValue } from "../setup/waitFor.js";
import { type ConformanceClient, createConformanceClient } from "./conformanceClient.js";
import { type CreatedWorkflow, makeTaskRequest, makeWorkflowRequest, submitReport } from "./requestBodies.js";

/** The response of `GET /v1/schedds/{schedd}`. */
export type ScheddResponse = ScheddContents;

/** A cluster location of a schedd that only one test uses. */
export interface ScheddLocation {
  location: string;
  schedd: string;
}

const LOCATION_COUNT = 100;

/** A service and a client that checks its responses, with shortcuts to the initial states of tests. */
export interface ApiFixture {
  client: ConformanceClient;
  service: TestService;
  nextLocation(): ScheddLocation;
  createWorkflow(
    place: ScheddLocation,
    more?: Partial<TaskRequest>,
    request?: Partial<CreateWorkflowRequest>,
  ): Promise<CreatedWorkflow>;
  /** Creates a workflow of one taskforce and waits until it can be handed out. */
  createPendingTaskforce(place?: ScheddLocation): Promise<Taskforce>;
  /** Creates a taskforce and brings it to a phase by requests. */
  createTaskforceInPhase(phase: Phase, place?: ScheddLocation): Promise<Taskforce>;
  readTaskforce(uuid: string): Promise<Taskforce>;
  close(): Promise<void>;
}

/**
 * Starts a service for the tests of some routes.
 *
 * @param overrides settings as in the environment
 * @param token the bearer token that the client sends
 */
export async function startApiFixture(overrides: Record<string, string> = {}, token?: string): Promise<ApiFixture> {
  const locations = Array.from({ length: LOCATION_COUNT }, (_, n) => ({
    location: `pool-${n}`,
    schedd: `schedd-${n}`,
  }));
  const service = await startTestService({
    CLUSTER_LOCATIONS: JSON.stringify(
      Object.fromEntries(locations.map(({ location, schedd }) => [location, { schedd }])),
    ),
    ...overrides,
  });
  const client = await createConformanceClient(service.url, token);
  const nextLocation = (): ScheddLocation => {
    const next = locations.pop();
    if (next === undefined) throw new Error("no unused location is left: raise LOCATION_COUNT");
    return next;
  };
  const readTaskforce = async (uuid: string) => (await client.get<Taskforce>(`/v1/taskforces/${uuid}`)).body;

  const createWorkflow: ApiFixture["createWorkflow"] = async ({ location }, more, request) => {
    const response = await client.post<CreatedWorkflow>(
      "/v1/workflows",
      makeWorkflowRequest([makeTaskRequest(location, more)], request),
    );
    if (response.status !== 200) throw new Error(`not created: ${response.reason}`);
    return response.body;
  };
  const createPendingTaskforce: ApiFixture["createPendingTaskforce"] = async (at = nextLocation()) => {
    const { taskforces } = await createWorkflow(at);
    const [first] = taskforces;
    if (first === undefined) throw new Error("no taskforce was created");
    // The taskforce enters its phase before its job is added.
    await waitForValue(
      "queued",
      async () => (await client.get<ScheddResponse>(`/v1/schedds/${at.schedd}`)).body,
      ({ starter }) => starter.next.includes(first.taskforce_uuid),
    );
    return readTaskforce(first.taskforce_uuid);
  };
  const postOk = async (path: string, body?: unknown) => {
    const response = await client.post(path, body);
    if (response.status !== 200) throw new Error(`${path}: ${response.reason}`);
  };
  const createTaskforceInPhase: ApiFixture["createTaskforceInPhase"] = async (phase, at = nextLocation()) => {
    const { taskforce_uuid: uuid, workflow_id } = await createPendingTaskforce(at);
    const steps: [Phase, () => Promise<void>][] = [
      ["pending-starter", async () => undefined],
      [
        "condor-submit",
        async () => {
          await client.get(`/v1/tms/pending-starter/taskforces?schedd=${at.schedd}`);
          await postOk(`/v1/tms/condor-submit/taskforces/${uuid}`, submitReport());
        },
      ],
      ["pending-stopper", () => postOk(`/v1/workflows/${workflow_id}/actions/abort`)],
      ["condor-rm", () => postOk(`/v1/tms/condor-rm/taskforces/${uuid}`)],
      [
        "condor-complete",
        () => postOk(`/v1/tms/condor-complete/taskforces/${uuid}`, { condor_complete_ts: 1_700_000_000 }),
      ],
    ];
    for (const [reached, step] of steps) {
      await step();
      if (reached === phase) break;
    }
    return readTaskforce(uuid);
  };
  return {
    client,
    service,
    nextLocation,
    createWorkflow,
    createPendingTaskforce,
    createTaskforceInPhase,
    readTaskforce,
    async close() {
      client.close();
      await service.close();
    },
  };
}
