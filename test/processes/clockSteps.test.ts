import { pathToFileURL } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { IdentityProvider } from "../auth/identityProvider.js";
import { LoginBrowser } from "../auth/loginBrowser.js";
import { freshDatabase } from "../setup/database.js";
import { pickFreePort } from "../setup/freePort.js";
import { sendRequest } from "../setup/http.js";
import { waitForValue } from "../setup/waitFor.js";
import { ServiceProcess, WORKFLOW_REQUEST_JSON } from "./serviceProcess.js";

interface HandOut {
  taskforce?: { taskforce_uuid: string };
}

const SCHEDD = "access-point-1";
const STEPPED_DATE = `--import=${pathToFileURL("test/processes/steppedDate.mjs").href}`;

/** Moves the date of the machine ahead, or back. @param pattern of the line that says so */
async function stepDate(service: ServiceProcess, pattern: RegExp): Promise<void> {
  service.signal("SIGUSR2");
  await service.waitForOutput(pattern);
}

test("a date that jumps 30 days ahead and back leaves no wrong time, and delays no taskforce", async () => {
  const service = new ServiceProcess("main", {
    REDIS_URL: await freshDatabase(),
    NODE_OPTIONS: STEPPED_DATE,
    CLUSTER_LOCATIONS: JSON.stringify({ "test-alpha": { schedd: SCHEDD } }),
    TMS_RETRY_WAIT: "1",
  });
  const url = await service.waitForUrl();
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

  await stepDate(service, /date ahead by 2592000000 ms/);
  expect(Math.abs(secondsAhead(await create()))).toBeLessThan(60);
  const taskforce = await lease();
  const failed = `${url}/v1/tms/condor-submit/taskforces/${taskforce?.taskforce_uuid}/failed`;
  expect((await sendRequest(failed, { method: "POST", body: '{"error":"no"}' })).status).toBe(200);
  await stepDate(service, /date ahead by 0 ms/);
  expect(await lease()).toMatchObject({ taskforce_uuid: taskforce?.taskforce_uuid });
  expect(Math.abs(secondsAhead(await create()))).toBeLessThan(60);
});

test("a date that jumps 30 days ahead makes no token invalid, and no login fail", async () => {
  const idp = await IdentityProvider.start();
  onTestFinished(() => idp.stop());
  idp.nextLoginClaims = { sub: "4711", ewms_role: "operator" };
  const port = await pickFreePort();
  const url = `http://127.0.0.1:${port}`;
  const service = new ServiceProcess("main", {
    REDIS_URL: await freshDatabase(),
    REST_PORT: String(port),
    NODE_OPTIONS: STEPPED_DATE,
    ...idp.registerService(url),
  });
  await service.waitForUrl();
  const statusWith = async (token: string) =>
    (await sendRequest(`${url}/v1/workflows/none`, { headers: { authorization: `Bearer ${token}` } })).status;
  const known = await idp.signToken({ ewms_role: "user" });
  expect(await statusWith(known)).toBe(404);

  await stepDate(service, /date ahead by 2592000000 ms/);
  expect(await statusWith(known)).toBe(404);
  expect(await statusWith(await idp.signToken({ sub: "new", ewms_role: "user" }))).toBe(404);
  const browser = new LoginBrowser();
  expect(await browser.open(`${url}/admin/queues`)).toMatchObject({ status: 200 });
  // The session that began then counts afterwards, too.
  await stepDate(service, /date ahead by 0 ms/);
  expect(await browser.open(`${url}/admin/queues`)).toMatchObject({ url: `${url}/admin/queues`, status: 200 });
});
