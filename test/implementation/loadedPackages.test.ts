import { expect, test } from "vitest";
import { LOADED_MODULES_ENV, loadedPackages } from "../processes/loadedPackages.js";
import { createSmallWorkflow, readEntity, ServiceProcess } from "../processes/serviceProcess.js";
import { freshDatabase } from "../setup/database.js";
import { waitUntil } from "../setup/waitFor.js";

/** Packages that a process loads only for some settings, or for the first request of a page. */
const LAZY_PACKAGES = [
  "@asteasolutions/zod-to-openapi",
  "@bull-board/api",
  "@bull-board/express",
  "@opentelemetry/sdk-trace-base",
  "bullmq-otel",
  "jose",
  "openid-client",
  "pino-pretty",
  "rate-limiter-flexible",
  "swagger-ui-express",
];

/** What only a process needs that listens. */
const FOR_THE_WEB = ["body-parser", "express", "prom-client"];

/** The client of Redis that redis-om brings along; the service has another one. */
const NODE_REDIS = ["@redis/client", "@redis/search", "redis"];

/** Those of the packages of which the process has loaded something. */
const among = (names: readonly string[], process: ServiceProcess): string[] => {
  const loaded = loadedPackages(process);
  return names.filter((name) => loaded.has(name));
};

test("web and worker processes load the packages of their roles and settings, and those of a page on its first request", async () => {
  const environment = { REDIS_URL: await freshDatabase(), ...LOADED_MODULES_ENV };
  const web = new ServiceProcess("web", environment);
  const worker = new ServiceProcess("worker", environment);
  const url = await web.waitForUrl();
  const { taskforce } = await createSmallWorkflow(url);
  await waitUntil(
    "the worker has carried on the workflow",
    async () => (await readEntity<{ phase: string }>(url, taskforce)).phase === "pending-starter",
  );
  expect(among([...LAZY_PACKAGES, ...FOR_THE_WEB, ...NODE_REDIS], web)).toEqual(FOR_THE_WEB);
  expect(among([...LAZY_PACKAGES, ...FOR_THE_WEB, ...NODE_REDIS, "bullmq"], worker)).toEqual(["bullmq"]);

  for (const [page, name] of [
    ["/v1/schema/openapi", "@asteasolutions/zod-to-openapi"],
    ["/docs/", "swagger-ui-express"],
    ["/admin/queues", "@bull-board/api"],
  ] as const) {
    expect((await fetch(url + page)).status).toBe(200);
    await waitUntil(`${name} is loaded`, () => among([name], web).length === 1);
  }
});
