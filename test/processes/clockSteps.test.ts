import { pathToFileURL } from "node:url";
import { expect, test } from "vitest";
import { freshDatabase } from "../setup/database.js";
import { sendRequest } from "../setup/http.js";
import { waitForValue } from "../setup/waitFor.js";
import { ServiceProcess, WORKFLOW_REQUEST_JSON } from "./serviceProcess.js";

interface HandOut {
  taskforce?: { taskforce_uuid: string };
}

const SCHEDD = "access-point-1";

test("a date that jumps 30 days ahead and back leaves no wrong time, and delays no taskforce", async () => {
  const preload = pathToFileURL("test/processes/steppedDate.mjs").href;
  const service = new ServiceProcess("main", {
    REDIS_URL: await freshDatabase(),
    NODE_OPTIONS: `--import=${preload}`,
    CLUSTER_LOCATIONS: JSON.stringify({ "test-alpha": { schedd: SCHEDD } }),
    TMS_RETRY_WAIT: "1",
  });
  const url = await service.waitForUrl();
  const step = async (pattern: RegExp) => {
    service.signal("SIGUSR2");
    await service.waitForOutput(pattern);
  };
  const create = async () =>
    (
      await sendRequest<{ workflow: { timestamp: number } }>(`${url}/v1/workflows`, {
        method: "POST",
        body: WORKFLOW_REQUEST_JSON,
      })
    ).body.workflow.timestamp;
  const lease = () =>
    waitForValue(
      "a taskforce is handed out",
      async () =>
        (await sendRequest<HandOut>(`${url}/v1/tms/pending-starter/taskforces?schedd=${SCHEDD}`)).body.taskforce,
      (taskforce) => taskforce !== undefined,
    );
  const secondsAhead = (timestamp: number) => timestamp - Date.now() / 1000;

  await step(/date ahead by 2592000000 ms/);
  expect(Math.abs(secondsAhead(await create()))).toBeLessThan(60);
  const taskforce = await lease();
  const failed = `${url}/v1/tms/condor-submit/taskforces/${taskforce?.taskforce_uuid}/failed`;
  expect((await sendRequest(failed, { method: "POST", body: '{"error":"no"}' })).status).toBe(200);
  await step(/date ahead by 0 ms/);
  expect(await lease()).toMatchObject({ taskforce_uuid: taskforce?.taskforce_uuid });
  expect(Math.abs(secondsAhead(await create()))).toBeLessThan(60);
});
