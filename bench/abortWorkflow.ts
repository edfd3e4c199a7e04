import type { TaskforceUuid } from "../src/domain/ids.js";
import { activateWorkflow } from "../src/lifecycle/activate.js";
import { createLogEntry } from "../src/lifecycle/changeEffects.js";
import type { Wms } from "../src/lifecycle/context.js";
import { createWorkflow } from "../src/lifecycle/create.js";
import { POPULATED_SITES } from "./benchLocations.js";
import type { Benchmark } from "./benchmark.js";
import { sampleSubmitReport } from "./population.js";
import { sampleWorkflowRequest } from "./prepare.js";
import { TimedHttpClient } from "./timedHttpClient.js";

const TASKS = 50;

/** Creates a workflow at ten schedds. Half of its taskforces wait in the starter queues, the others have clusters. */
async function createHalfSubmitted(wms: Wms, tasks: number, firstClusterId: number) {
  const { workflow, taskforces } = await createWorkflow(wms, sampleWorkflowRequest(tasks, [...POPULATED_SITES]));
  const uuids: TaskforceUuid[] = taskforces.map(({ taskforce_uuid }) => taskforce_uuid);
  await activateWorkflow(wms, workflow.workflow_id);
  const entry = createLogEntry(wms, "condor-submit", true, "tms", "for the benchmark");
  for (const [index, { taskforce_uuid, schedd }] of taskforces.entries()) {
    if (Math.floor(index / POPULATED_SITES.length) % 2 === 0) continue;
    const report = sampleSubmitReport(firstClusterId + index, 0);
    await wms.store.transitions.recordSubmit(taskforce_uuid, report, { submitted: entry, deactivated: entry });
    await wms.queues.forSchedd(schedd).starter.ack(taskforce_uuid);
  }
  return { workflowId: workflow.workflow_id, uuids };
}

/** Compares an abort with one pipeline of the same changes of records, indexes and jobs. */
export const abortBenchmark: Benchmark = {
  name: "abort of 500 taskforces on 10 schedds",
  minRatio: 0.25,
  shows: "milliseconds",
  givesWorkToWorker: true,
  async prepare({ wms, scale, rounds }) {
    const tasks = scale(TASKS, 2);
    const workflows: Awaited<ReturnType<typeof createHalfSubmitted>>[] = [];
    while (workflows.length <= rounds)
      workflows.push(await createHalfSubmitted(wms, tasks, 500_000_000 + 1000 * workflows.length));
    const waiting = workflows.map(({ workflowId }) => workflowId);
    let round = 0;
    return async (servers) => {
      const [ours, baseline] = [new TimedHttpClient(servers.ours.url, 1), new TimedHttpClient(servers.baseline.url, 1)];
      return {
        async ours() {
          const path = `/v1/workflows/${waiting.pop()}/actions/abort`;
          return 1000 / (await ours.callExpectingSuccess("POST", path, {})).took;
        },
        async baseline() {
          const uuids = workflows[0]?.uuids.map((uuid) => `${uuid}-${round}`) ?? [];
          round++;
          await baseline.callExpectingSuccess("POST", "/waiting", { uuids });
          return 1000 / (await baseline.callExpectingSuccess("POST", "/abort", { uuids })).took;
        },
      };
    };
  },
};
