import { describe, expect, it, onTestFinished } from "vitest";
import { ServiceProcess } from "../processes/serviceProcess.js";
import { freshDatabase } from "../setup/database.js";
import { pickFreePort } from "../setup/freePort.js";
import { sendRequest } from "../setup/http.js";
import { waitUntil } from "../setup/waitFor.js";
import { ensureProxy, type ProxyName, startProxy } from "./reverseProxy.js";
import { sendLoad } from "./sendLoad.js";

const LOAD_SECONDS = 60;

const installed = { nginx: await ensureProxy("nginx"), haproxy: await ensureProxy("haproxy") };

/** A part of a configuration: answers 200 at an address while HAProxy uses both processes, and 503 otherwise. */
const monitorOfHaproxy = (url: string) => `
frontend monitor
    bind ${new URL(url).host}
    monitor-uri /
    monitor fail if { nbsrv(ewms_wms) lt 2 }
`;

describe.each(["nginx", "haproxy"] as ProxyName[])("behind %s", (name) => {
  it.runIf(installed[name])(
    `two web processes restart in turn under load, and no request fails (needs ${name})`,
    async () => {
      const ports = [await pickFreePort(), await pickFreePort()] as const;
      const monitorUrl = `http://127.0.0.1:${await pickFreePort()}`;
      const url = await startProxy(
        name,
        ports.map((port) => `http://127.0.0.1:${port}`),
        { atEnd: onTestFinished, change: (text) => (name === "haproxy" ? text + monitorOfHaproxy(monitorUrl) : text) },
      );
      /** nginx has no probes: it tries a process again after `fail_timeout`, which is shorter than the grace period. */
      const isInUse = async () => name === "nginx" || (await fetch(monitorUrl)).status === 200;
      const redisUrl = await freshDatabase();
      const start = async (port: number) => {
        const environment = {
          REDIS_URL: redisUrl,
          REST_PORT: String(port),
          PUBLIC_URL: url,
          SHUTDOWN_GRACE_SECONDS: "5",
          LOG_LEVEL: "warn",
        };
        const web = new ServiceProcess("web", environment);
        await web.waitForUrl();
        return web;
      };
      const running = [await start(ports[0]), await start(ports[1])];
      await waitUntil("the proxy has a process", async () => (await sendRequest(`${url}/readyz`)).status === 200);
      await waitUntil("the proxy uses both processes", isInUse);

      let isLoadOver = false;
      const load = sendLoad(url, LOAD_SECONDS).finally(() => {
        isLoadOver = true;
      });
      let restarts = 0;
      for (let n = 0; !isLoadOver; n = 1 - n) {
        running[n]?.signal("SIGTERM");
        expect(await running[n]?.waitForExit()).toBe(0);
        running[n] = await start(ports[n] as number);
        restarts++;
        await waitUntil("the proxy uses both processes", isInUse);
      }
      const { sent, failures, created } = await load;

      console.error(`${name}: ${sent} requests, ${restarts} restarts, ${failures.length} failures`);
      expect(failures.slice(0, 5)).toEqual([]);
      expect(restarts).toBeGreaterThanOrEqual(4);
      expect(new Set(created).size).toBe(sent / 2);
    },
    180_000,
  );
});
