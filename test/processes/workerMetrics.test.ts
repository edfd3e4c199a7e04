import { expect, test } from "vitest";
import { scrape } from "../metrics/scrape.js";
import { freshDatabase } from "../setup/database.js";
import { sendRequest } from "../setup/http.js";
import { waitUntil } from "../setup/waitFor.js";
import { ServiceProcess } from "./serviceProcess.js";

test("a worker process shows its metrics and its health at METRICS_PORT, and nothing else", async () => {
  const worker = new ServiceProcess("worker", { REDIS_URL: await freshDatabase(), METRICS_PORT: "0" });
  const page = await worker.waitForOutput(/Metrics: (\S+)\/metrics/);
  await waitUntil("reconcile has run", async () => {
    const seen = await scrape(page);
    return (seen.value("wms_periodic_runs_total", { work: "reconcile", outcome: "done" }) ?? 0) >= 1;
  });
  expect((await scrape(page)).value("wms_redis_reconnects_total", { client: "workers" })).toBe(0);
  for (const [path, status] of [
    ["/healthz", "alive"],
    ["/readyz", "ready"],
  ])
    expect(await (await fetch(page + path)).json()).toMatchObject({ status });
  for (const path of ["/v1/", "/docs/", "/v1/workflows/WF-1"]) expect((await fetch(page + path)).status).toBe(404);
  for (const path of ["/metrics", "/healthz", "/nope"])
    for (const headers of [{ host: "evil.example" }, { "sec-fetch-site": "cross-site" }] as Record<string, string>[])
      expect((await sendRequest(page + path, { headers })).status).toBe(403);
  worker.signal("SIGTERM");
  expect(await worker.waitForExit()).toBe(0);
});

test("METRICS_TOKEN guards them there, too", async () => {
  const environment = { REDIS_URL: await freshDatabase(), METRICS_PORT: "0", METRICS_TOKEN: "secret" };
  const worker = new ServiceProcess("worker", environment);
  const page = await worker.waitForOutput(/Metrics: (\S+)\/metrics/);
  await expect(scrape(page)).rejects.toThrow("401");
  const seen = await scrape(page, { authorization: "Bearer secret" });
  expect(seen.value("wms_redis_up")).toBe(1);
  expect(worker.stdout + worker.stderr).not.toContain("secret");
});

test("without METRICS_PORT a worker listens nowhere", async () => {
  const worker = new ServiceProcess("worker", { REDIS_URL: await freshDatabase() });
  await worker.waitForOutput(/WMS worker runs/);
  expect(worker.stdout).not.toMatch(/http:/);
});
