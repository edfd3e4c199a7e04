import { expect, it, onTestFinished } from "vitest";
import { createSimulatedTms } from "../../scripts/tms/simulatedTms.js";
import { createSmallWorkflow, readEntity, ServiceProcess } from "../processes/serviceProcess.js";
import { closeContexts, sharedBrowser } from "../setup/browser.js";
import { freshDatabase } from "../setup/database.js";
import { pickFreePort } from "../setup/freePort.js";
import { waitUntil } from "../setup/waitFor.js";
import { PageDriver } from "./pageDriver.js";

/** Milliseconds for a test that starts several processes and a browser. */
const TEST_TIMEOUT_MS = 90_000;

it(
  "keeps its contents while the web process is down, shows an alert, and updates after the restart",
  async () => {
    const environment = { REDIS_URL: await freshDatabase(), REST_PORT: String(await pickFreePort()) };
    const worker = new ServiceProcess("worker", environment);
    const first = new ServiceProcess("web", environment);
    const url = await first.waitForUrl();
    await worker.waitForOutput(/WMS worker runs/);
    const { workflow, taskforce } = await createSmallWorkflow(url);
    await waitUntil("the taskforce is pending-starter", async () => {
      const { phase } = await readEntity<{ phase: string }>(url, taskforce);
      return phase === "pending-starter";
    });

    const browser = await sharedBrowser();
    onTestFinished(closeContexts);
    const driver = await PageDriver.open(browser, url);
    const { page } = driver;
    await driver.openView(workflow.replace("/v1", ""));
    await page.getByText("Live", { exact: true }).waitFor();
    const row = page.locator(".timeline-row");
    await row.getByText("waiting to start").waitFor();

    first.signal("SIGKILL");
    await first.waitForExit();
    await page
      .getByRole("alert")
      .getByText(/The service is unreachable/)
      .waitFor();
    await page.getByText("Disconnected").waitFor();
    expect(await row.getByText("waiting to start").count()).toBe(1);

    const second = new ServiceProcess("web", environment);
    expect(await second.waitForUrl()).toBe(url);
    await page.getByText("Live", { exact: true }).waitFor();
    await page.getByRole("alert").waitFor({ state: "detached" });
    await createSimulatedTms({ url, schedd: "SCHEDD1" }).drainStarters();
    await row.getByText("submitted").waitFor();
    expect(driver.browserErrors).toEqual([]);
  },
  TEST_TIMEOUT_MS,
);

it(
  "polls behind a proxy that blocks the stream",
  async () => {
    const service = new ServiceProcess("main", { REDIS_URL: await freshDatabase() });
    const url = await service.waitForUrl();
    const { workflow } = await createSmallWorkflow(url);
    const browser = await sharedBrowser();
    onTestFinished(closeContexts);
    const driver = await PageDriver.open(browser, url);
    await driver.page.route(/\/events$/, (route) => route.abort());
    await driver.openView(workflow.replace("/v1", ""));
    await driver.page.getByText("Polling", { exact: true }).waitFor();
    await driver.page.locator(".timeline-row").getByText("waiting to start").waitFor();
    await createSimulatedTms({ url, schedd: "SCHEDD1" }).drainStarters();
    await driver.page.locator(".timeline-row").getByText("submitted").waitFor();
  },
  TEST_TIMEOUT_MS,
);
