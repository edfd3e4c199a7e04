import { join } from "node:path";
import { expect, onTestFinished } from "vitest";
import type { SimulatedTms } from "../../scripts/tms/simulatedTms.js";
import type { Phase } from "../../src/domain/phases.js";
import type { Taskforce } from "../../src/domain/taskforce.js";
import { ServiceScenario } from "../scenarios/serviceScenario.js";
import { freshDatabase } from "../setup/database.js";
import { temporaryFolder } from "../setup/temporaryFolder.js";
import { startTestService } from "../setup/testService.js";
import { waitForValue, waitUntil } from "../setup/waitFor.js";
import { makeDocuments } from "../transfer/mongo/mongoDocuments.js";
import { writeDumpFolder } from "../transfer/mongo/writeDumps.js";
import { admin } from "./runAdmin.js";

/** Workers of one kind at the access point. */
const POLLERS = 4;

/** Workflows of each kind, and the taskforces of each. */
export interface ImportedPopulation {
  pending: number;
  running: number;
  stopping: number;
  waiting: number;
  ended: number;
  taskforces: number;
}

/**
 * Imports a population from a dump, verifies it, and starts a service on it. Then pollers start what is pending and stop what is
 * to be stopped, each once, and users and TMSes go on with the rest.
 */
export async function expectStoryToGoOn(population: ImportedPopulation): Promise<void> {
  const url = await freshDatabase();
  const folder = await temporaryFolder(onTestFinished);
  const make = (workflows: number, phase: Phase) =>
    Array.from({ length: workflows }, (_, n) =>
      makeDocuments(Array<Phase>(population.taskforces).fill(phase), 1_700_000_000 + n, "access-point-0"),
    );
  const [pending, running, stopping, waiting, ended] = [
    make(population.pending, "pending-starter"),
    make(population.running, "condor-submit"),
    make(population.stopping, "pending-stopper"),
    make(population.waiting, "pre-mq-activation"),
    make(population.ended, "condor-complete"),
  ] as const;
  // Their message queues are those of an MQS that this test does not have.
  const all = [...pending, ...running, ...stopping, ...waiting, ...ended];
  for (const { directives } of all)
    for (const directive of directives) Object.assign(directive, { input_queues: [], output_queues: [] });
  await writeDumpFolder(folder, all, false);
  const imported = await admin(url, ["import", folder, "--rejects", join(folder, "rejects")]);
  expect(imported.stdout).toMatch(new RegExp(`^${all.length} workflows imported, 0 replaced`));
  expect((await admin(url, ["verify", folder])).stdout).toMatch(/^0 differences/);

  const clusters = JSON.stringify({ "pool-0": { schedd: "access-point-0" } });
  const service = await startTestService({ REDIS_URL: url, CLUSTER_LOCATIONS: clusters, STORE_PARTITIONS: "16" });
  onTestFinished(() => service.close());
  const scenario = new ServiceScenario(service);
  const tms = Array.from({ length: POLLERS }, () => scenario.tms("access-point-0"));

  const uuidsOf = (workflows: readonly { taskforces: Record<string, unknown>[] }[]) =>
    workflows.flatMap(({ taskforces }) => taskforces.map(({ taskforce_uuid }) => String(taskforce_uuid)));
  const toStart = [...uuidsOf(pending), ...uuidsOf(waiting)].sort();
  const toStop = uuidsOf(stopping).sort();
  /** All pollers take taskforces until there are as many as wanted. */
  const takeAll = async (count: number, take: (poller: SimulatedTms) => Promise<string | undefined>) => {
    const taken: string[] = [];
    const poll = async (poller: SimulatedTms) => {
      while (taken.length < count) {
        const uuid = await take(poller);
        if (uuid !== undefined) taken.push(uuid);
      }
    };
    await Promise.all(tms.map(poll));
    return taken.sort();
  };
  const started = await takeAll(toStart.length, async (poller) => {
    const handOut = await poller.leaseStarter();
    if (handOut !== undefined) await poller.submit(handOut);
    return handOut?.taskforce.taskforce_uuid;
  });
  expect(started).toEqual(toStart);

  const stopped = await takeAll(toStop.length, async (poller) => {
    const wanted = await poller.leaseStopper();
    if (wanted === undefined) return undefined;
    await poller.remove(wanted);
    await poller.complete(wanted);
    return wanted.taskforce_uuid;
  });
  expect(stopped).toEqual(toStop);

  // A running one is reported, aborted, and stopped with the cluster that the import has brought.
  const [first] = running;
  const uuid = uuidsOf(running)[0] as string;
  const statuses = { compound_statuses_by_taskforce: { [uuid]: { RUNNING: { Tasking: 9 } } } };
  expect((await scenario.request("POST", "/v1/tms/statuses/taskforces", statuses)).status).toBe(200);
  const aborted = await scenario.deactivate(String(first?.workflow["workflow_id"]), "abort");
  expect(aborted.body.n_taskforces).toBe(population.taskforces);
  const wanted = await scenario.leaseToStop(tms[0] as (typeof tms)[number]);
  expect(uuidsOf(running.slice(0, 1))).toContain(wanted.taskforce_uuid);
  const { phase, compound_statuses } = await scenario.readTaskforce(uuid);
  expect({ phase, compound_statuses }).toEqual({
    phase: "pending-stopper",
    compound_statuses: { RUNNING: { Tasking: 9 } },
  });

  // The ended ones are as they were, and the summaries are made.
  const [endedUuid = ""] = uuidsOf(ended);
  expect(await scenario.readTaskforce(endedUuid)).toEqual(ended[0]?.taskforces[0]);
  await waitUntil("the summaries are made", async () => {
    const { body } = await scenario.request<{ taskforces_by_phase: Record<string, number> }>(
      "GET",
      `/v1/workflows/${ended[0]?.workflow["workflow_id"]}/summary`,
    );
    return body.taskforces_by_phase["condor-complete"] === population.taskforces;
  });
  const { body } = await waitForValue(
    "all are found",
    () =>
      scenario.request<{ taskforces: Taskforce[] }>("POST", "/v1/query/taskforces", { query: { cluster_id: 5000 } }),
    ({ status }) => status === 200,
  );
  expect(body.taskforces.length).toBeGreaterThanOrEqual(population.running + population.ended);
}
