import { setTimeout as wait } from "node:timers/promises";
import { expect, it, onTestFinished } from "vitest";
import { DEAD_AFTER_MS } from "../../src/store/processRegistry.js";
import { ServiceProcess, workflowRequestJson } from "../processes/serviceProcess.js";
import { freshDatabase } from "../setup/database.js";
import { pickFreePort } from "../setup/freePort.js";
import { sendRequest } from "../setup/http.js";
import { waitUntil } from "../setup/waitFor.js";
import { ensureProxy, startProxy } from "./reverseProxy.js";
import { sendLoad } from "./sendLoad.js";

const LOAD_SECONDS = 45;
/**
 * Longer than `fail_timeout` of nginx, so that one process is always in use, and than the wait of a repeated request for a
 * killed process: nginx has no third one.
 */
const KILL_INTERVAL_MS = DEAD_AFTER_MS + 2000;

const isInstalled = await ensureProxy("nginx");

it.runIf(isInstalled)(
  "web processes are killed behind nginx, and each creation takes effect once (needs nginx)",
  async () => {
    const ports = [await pickFreePort(), await pickFreePort()] as const;
    const url = await startProxy(
      "nginx",
      ports.map((port) => `http://127.0.0.1:${port}`),
      { atEnd: onTestFinished },
    );
    const redisUrl = await freshDatabase();
    const start = async (port: number) => {
      const settings = { REDIS_URL: redisUrl, REST_PORT: String(port), PUBLIC_URL: url, LOG_LEVEL: "warn" };
      const web = new ServiceProcess("web", settings);
      await web.waitForUrl();
      return web;
    };
    const running = [await start(ports[0]), await start(ports[1])];
    await waitUntil("the proxy has a process", async () => (await sendRequest(`${url}/readyz`)).status === 200);

    let isLoadOver = false;
    // Each creation differs: after an answer in the last moment of a killed process, an equal request would get it again.
    const load = sendLoad(url, LOAD_SECONDS, (n) => workflowRequestJson({ task_args: `--part ${n}` })).finally(() => {
      isLoadOver = true;
    });
    let kills = 0;
    for (let n = 0; !isLoadOver; n = 1 - n) {
      await wait(KILL_INTERVAL_MS);
      running[n]?.signal("SIGKILL");
      await running[n]?.waitForExit();
      running[n] = await start(ports[n] as number);
      kills++;
    }
    const { sent, failures, created } = await load;
    console.error(`nginx: ${sent} requests, ${kills} kills, ${failures.length} failures`);
    expect(failures.slice(0, 5)).toEqual([]);
    expect(kills).toBeGreaterThanOrEqual(4);
    const all = { method: "POST", body: { query: {} } };
    const page = await sendRequest<{ workflows: object[] }>(`${url}/v1/query/workflows`, all);
    expect([new Set(created).size, page.body.workflows.length]).toEqual([sent / 2, sent / 2]);
  },
  180_000,
);
