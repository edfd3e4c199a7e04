import { createServer } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { scrape } from "../metrics/scrape.js";
import { freshDatabase } from "../setup/database.js";
import { temporaryFolder } from "../setup/temporaryFolder.js";
import { waitUntil } from "../setup/waitFor.js";
import {
  createSmallWorkflow,
  isListeningOn,
  readEntity,
  ServiceProcess,
  startRequest,
  WITH_QUEUES_JSON,
  WORKFLOW_REQUEST_JSON,
} from "./serviceProcess.js";

/** Starts two web processes by one command. @returns what was started, and where both listen, once they do */
async function startTwo(changes: Record<string, string> = {}): Promise<{ service: ServiceProcess; url: string }> {
  const service = new ServiceProcess("web", {
    REDIS_URL: await freshDatabase(),
    WEB_CONCURRENCY: "2",
    ...changes,
  });
  const url = await service.waitForUrl();
  for (const name of ["web-1", "web-2"]) await waitUntil(`${name} is named in the log`, () => pidOf(service, name) > 0);
  return { service, url };
}

/** The process that has a name by now. */
const pidOf = (service: ServiceProcess, name: string): number =>
  Number(service.logLines().findLast((line) => line["process"] === name && "started" in line)?.["started"]);

/** A request on a connection of its own. */
const getApiRoot = (url: string): Promise<Response> => fetch(`${url}/v1/`, { headers: { connection: "close" } });

/** The processes that have answered requests. */
const respondingProcesses = (service: ServiceProcess): Set<unknown> =>
  new Set(service.logLines().flatMap(({ msg, pid }) => (msg === "request" ? [pid] : [])));

test("two web processes serve one port, and a scrape of it shows both", async () => {
  const { service, url } = await startTwo();
  let asked = 0;
  await waitUntil("both have answered", async () => {
    asked++;
    expect((await getApiRoot(url)).status).toBe(200);
    return respondingProcesses(service).size === 2;
  });
  expect(respondingProcesses(service)).toEqual(new Set([pidOf(service, "web-1"), pidOf(service, "web-2")]));
  expect(service.stdout.match(/WMS listens/g)).toHaveLength(1);

  const seen = await scrape(url);
  const processes = seen.find("process_resident_memory_bytes").map(({ labels }) => labels["process"]);
  expect(processes.sort()).toEqual(["web-1", "web-2"]);
  const requests = seen.find("wms_http_request_duration_seconds_count", { route: "/v1/" });
  expect(requests).toHaveLength(2);
  expect(requests.reduce((sum, { value }) => sum + value, 0)).toBe(asked);
  // It is in Redis, and the same for both.
  expect(seen.find("wms_redis_up")).toMatchObject([{ labels: {}, value: 1 }]);
});

test("a killed process is replaced, and the other one serves new connections meanwhile", async () => {
  const { service, url } = await startTwo();
  const [killed, other] = [pidOf(service, "web-1"), pidOf(service, "web-2")];
  process.kill(killed, "SIGKILL");
  await service.waitForOutput(/"msg":"process exited unexpectedly/);
  await waitUntil("it has come back", async () => {
    expect((await getApiRoot(url)).status).toBe(200);
    return pidOf(service, "web-1") !== killed;
  });
  expect(pidOf(service, "web-2")).toBe(other);
  await waitUntil("it answers", async () => {
    await getApiRoot(url);
    return respondingProcesses(service).has(pidOf(service, "web-1"));
  });
  const seen = await scrape(url);
  expect(seen.find("process_resident_memory_bytes")).toHaveLength(2);
});

test("SIGTERM lets requests under way end in all of them, and the code is 0", async () => {
  const { service, url } = await startTwo();
  const requests = await Promise.all([1, 2, 3, 4].map(() => startRequest(url)));
  service.signal("SIGTERM");
  const stopping = () => service.logLines().filter(({ msg }) => msg === "stopping");
  await waitUntil("all know of it", () => stopping().length === 3);
  for (const { write } of requests) write(WORKFLOW_REQUEST_JSON);
  for (const { answer } of requests) expect(await answer).toContain("HTTP/1.1 200 OK");
  expect(await service.waitForExit()).toBe(0);
  const warnings = service.logLines().filter(({ level }) => Number(level) > 30);
  // The tests' Redis has neither an append-only file nor the setting for compact records.
  expect(warnings.filter(({ msg = "" }) => !/append-only|hash-max-listpack-value/.test(msg))).toEqual([]);
});

test("what does not end in time is cut off, and the code is 3", async () => {
  const { service, url } = await startTwo({ SHUTDOWN_SECONDS: "0.1" });
  const { answer } = await startRequest(url);
  service.signal("SIGTERM");
  expect(await service.waitForExit()).toBe(3);
  expect(await answer).not.toContain("HTTP/1.1 200 OK");
});

test("npm start's program brings its Redis and the background work along, and ends both", async () => {
  const service = new ServiceProcess("main", { DATA_DIR: await temporaryFolder(), WEB_CONCURRENCY: "2" });
  const url = await service.waitForUrl();
  const redis = await service.waitForRedisSocket();
  const { taskforce } = await createSmallWorkflow(url, WITH_QUEUES_JSON);
  await waitUntil(
    "the taskforce may be handed out",
    async () => (await readEntity<{ phase: string }>(url, taskforce)).phase === "pending-starter",
  );
  const jobs = (await scrape(url)).find("wms_background_jobs_total", { outcome: "done" });
  expect(new Set(jobs.flatMap(({ labels, value }) => (value > 0 ? [labels["process"]] : [])))).toEqual(
    new Set(["worker"]),
  );
  service.signal("SIGINT");
  expect(await service.waitForExit()).toBe(0);
  expect(await isListeningOn(redis)).toBe(false);
});

test("a port in use is reported once", async () => {
  const taken = createServer().listen(0, "127.0.0.1");
  onTestFinished(() => void taken.close());
  await waitUntil("it is taken", () => taken.listening);
  const address = taken.address();
  const port = typeof address === "object" ? address?.port : undefined;
  const service = new ServiceProcess("web", {
    REDIS_URL: await freshDatabase(),
    REST_PORT: String(port),
    WEB_CONCURRENCY: "2",
    LOG_LEVEL: "error",
  });
  expect(await service.waitForExit()).toBe(1);
  expect(service.stderr).toBe(`REST_PORT: 127.0.0.1:${port} is in use by another program; stop it, or set REST_PORT\n`);
  expect(service.stdout).toBe("");
});
