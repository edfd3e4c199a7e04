import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, it, onTestFinished } from "vitest";
import packageJson from "../../package.json" with { type: "json" };
import type { RedisClient } from "../../src/redis/redisClient.js";
import { type ProcessFacts, ProcessRegistry, type ProcessState } from "../../src/store/processRegistry.js";
import { RetentionState } from "../../src/store/retentionState.js";
import { type ServiceScenario, startServiceScenario } from "../scenarios/serviceScenario.js";
import { closeContexts, sharedBrowser } from "../setup/browser.js";
import { freshDatabase } from "../setup/database.js";
import { startOwnRedis } from "../setup/ownRedis.js";
import { openRedis } from "../setup/testRedis.js";
import { waitForValue } from "../setup/waitFor.js";
import { PageDriver } from "./pageDriver.js";

const OPERATOR = { username: "olga", password: "open sesame" };
/** Milliseconds between two heartbeats of a process. */
const HEARTBEAT_MS = 2000;

let scenario: ServiceScenario;
let browser: Browser;
let redis: RedisClient;
beforeAll(async () => {
  const redisUrl = await freshDatabase();
  redis = openRedis(redisUrl);
  [scenario, browser] = await Promise.all([
    startServiceScenario({
      REDIS_URL: redisUrl,
      ADMIN_USER: OPERATOR.username,
      ADMIN_PASSWORD: OPERATOR.password,
      TMS_ACTION_RETRIES: "0",
      TMS_RETRY_WAIT: "0",
    }),
    sharedBrowser(),
  ]);
});
afterAll(async () => {
  redis?.disconnect();
  await Promise.all([closeContexts(), scenario?.close()]);
});

/** Opens the view as an operator. */
async function openSystemView(url = scenario.url): Promise<PageDriver> {
  const driver = await PageDriver.open(browser, url, { httpCredentials: OPERATOR });
  await driver.openView("/system");
  return driver;
}

/** The cells of a row of a table, which the view may show later. */
async function waitForRow({ page }: PageDriver, table: string, text: string | RegExp): Promise<string[]> {
  const row = page.getByRole("region", { name: table, exact: true }).getByRole("row").filter({ hasText: text });
  await row.first().waitFor();
  return row.first().locator("th, td").allInnerTexts();
}

/** Does what a button of the dashboard does. The service allows it to its own pages only. */
async function pressOnDashboard({ page }: PageDriver, action: string): Promise<void> {
  const request = `fetch("/admin/queues/api/queues/${action}", { method: "PUT" })`;
  expect(await page.evaluate<number>(`${request}.then(({ status }) => status)`)).toBeLessThan(300);
}

/** Another process of the service. It sends heartbeats until the returned function is called, or until the test ends. */
async function joinProcess(facts: ProcessFacts & Partial<ProcessState>): Promise<() => Promise<void>> {
  const processes = new ProcessRegistry(redis);
  let lastBeat = processes.beat(facts);
  const timer = setInterval(() => {
    lastBeat = processes.beat(facts);
  }, HEARTBEAT_MS);
  const leave = async () => {
    clearInterval(timer);
    await lastBeat;
    await processes.leave();
  };
  onTestFinished(leave);
  await lastBeat;
  return leave;
}

it("shows the own process, Redis, the last reconcile and the layout, and is linked in the header", async () => {
  const driver = await PageDriver.open(browser, scenario.url, { httpCredentials: OPERATOR });
  const { page } = driver;
  await driver.openView("/");
  await page.getByRole("link", { name: "System", exact: true }).click();
  await page.getByRole("heading", { level: 1, name: "System" }).waitFor();

  // The first heartbeat precedes the HTTP server, so it has no number of connections.
  const [role, version, , pid, ...rest] = await waitForValue(
    "a heartbeat after the start of the server",
    () => waitForRow(driver, "Processes", String(process.pid)),
    (cells) => cells[7] !== "–",
  );
  expect([role, version, pid]).toEqual(["web worker", packageJson.version, String(process.pid)]);
  expect(rest).toEqual([
    expect.stringMatching(/ago$|^just now$/),
    expect.stringMatching(/ago$|^just now$/),
    expect.stringMatching(/^\d+ ms$|^\d\.\d s$/),
    expect.stringMatching(/^\d+$/),
    expect.stringMatching(/^\d+\.\d MiB$/),
    expect.stringMatching(/^-?\d+ ms$/),
  ]);
  await page.getByText(/ in memory, without a limit$/).waitFor();
  await page.getByText("1 with workers", { exact: false }).waitFor();
  const repairs = page.locator(".facts > div").filter({ hasText: "Jobs added, dropped" });
  expect(await repairs.locator("dd").textContent()).toMatch(/^\d+, \d+$/);
  await page.getByText(/^version 2, \d+ partitions$/).waitFor();
  expect(await page.getByText("not called", { exact: true }).count()).toBe(2);
  expect(await page.getByRole("link", { name: "System" }).getAttribute("aria-current")).toBe("page");
  expect(await driver.findAccessibilityViolations()).toEqual([]);
  expect(driver.browserErrors).toEqual([]);
  await driver.close();
});

it("shows who paused a queue and its dead letters, with links, and lists the acts, newest first", async () => {
  const at = scenario.nextAccessPoint();
  const { workflow_id, taskforce_uuid } = await scenario.createPending(at);
  await at.createTms.submitFailed(await scenario.leaseToStart(at.createTms), "no such file");
  const queue = `starter-${at.schedd}`;
  const driver = await openSystemView();
  const { page } = driver;
  await pressOnDashboard(driver, `${queue}/pause`);
  const more = page.getByRole("link", { name: "2 findings about schedds" });
  await more.waitFor();
  expect(await more.getAttribute("href")).toBe("/schedds");

  await page.getByText("⚠ by olga").waitFor();
  const cells = await waitForRow(driver, "Queues", queue);
  expect(cells.slice(0, 6)).toEqual([queue, "0", "0", "0", "⚠ 1", "–"]);
  expect(cells[6]).toMatch(/^⚠ by olga since \d+ \w+, \d\d:\d\d$/);
  const queues = page.getByRole("region", { name: "Queues" });
  expect(await queues.getByRole("link", { name: queue }).getAttribute("href")).toBe(`/admin/queues/queue/${queue}`);
  expect(await queues.getByRole("link", { name: "⚠ 1" }).getAttribute("href")).toBe(
    `/admin/queues/queue/${queue}?status=failed`,
  );

  await pressOnDashboard(driver, `${queue}/resume`);
  await queues.getByText("⚠ by olga").waitFor({ state: "detached" });
  await pressOnDashboard(driver, `${queue}/${taskforce_uuid}/retry`);
  await waitForRow(driver, "Operators' acts", "retry");
  const acts = page.getByRole("region", { name: "Operators' acts" }).getByRole("row");
  const shown = await Promise.all((await acts.all()).map((row) => row.locator("td").allInnerTexts()));
  expect(shown).toEqual([
    [],
    ["olga", "retry", queue, taskforce_uuid, "done"],
    ["olga", "resume", queue, "–", "done"],
    ["olga", "pause", queue, "–", "done"],
  ]);
  await page.getByRole("link", { name: taskforce_uuid }).click();
  await page.getByRole("heading", { level: 1, name: workflow_id }).waitFor();
  expect(driver.browserErrors).toEqual([]);
  await driver.close();
});

it("a process of another version that cannot reach the MQS causes findings and a note, until it ends", async () => {
  const now = Date.now() / 1000;
  const leave = await joinProcess({
    ...{ role: "web", version: "0.0.1", host: "other.example", pid: 7, started: now - 3600 },
    ...{ event_loop_delay_ms: 1, connections: 3, rss_bytes: 3 * 2 ** 20, clock_difference_seconds: -42 },
    upstreams: {
      mqs: {
        ...{ last_success: now - 120, failing_since: now - 60, latency_ms: 12.4 },
        last_error: { at: now - 5, message: "connect ECONNREFUSED 10.0.0.7:80" },
      },
      identity_provider: { last_success: now, failing_since: null, last_error: null, latency_ms: 7 },
    },
    reconcile: null,
  });
  const driver = await openSystemView();
  const { page } = driver;
  expect((await waitForRow(driver, "Processes", "other.example")).slice(0, 5)).toEqual([
    ...["web", "0.0.1", "other.example", "7", "1 h ago"],
  ]);
  const findings = page.locator(".findings > li");
  await findings.filter({ hasText: /Error:.*The MQS has been failing since/ }).waitFor();
  await findings.filter({ hasText: /Warning:.*The clocks of two machines differ by 42\.0 s/ }).waitFor();
  await findings.filter({ hasText: /Note:.*Processes of several releases are running: 0\.0\.1, / }).waitFor();
  // The view shows the findings once, not in an alert too.
  expect(await page.getByRole("alert").count()).toBe(0);
  const mqs = page.getByRole("listitem").filter({ has: page.getByRole("heading", { name: "MQS" }) });
  await mqs.getByText("✕ failing since").waitFor();
  await mqs.getByText("12 ms").waitFor();
  expect(await mqs.locator(".error-text").textContent()).toBe("connect ECONNREFUSED 10.0.0.7:80");
  await page.getByText("✓ answers").waitFor();
  expect(await driver.findAccessibilityViolations()).toEqual([]);

  await page.getByRole("link", { name: "Workflows" }).click();
  const alert = page.getByRole("alert").filter({ hasText: "The MQS has been failing" });
  await alert.waitFor();
  await alert.getByRole("link", { name: "System" }).first().click();
  await page.getByRole("heading", { level: 1, name: "System" }).waitFor();
  await leave();
  await page.getByText("Nothing hinders the service as a whole.").waitFor();
  await page.getByText("other.example").waitFor({ state: "detached" });
  expect(driver.browserErrors).toEqual([]);
  await driver.close();
});

it("shows the memory limit of Redis as a bar with text, and a replica that lags", async () => {
  const [master, replica] = [await startOwnRedis(), await startOwnRedis()];
  const clients = [openRedis(master.url), openRedis(replica.url)] as const;
  await clients[0].config("SET", "maxmemory", String(64 * 2 ** 20));
  await clients[1].replicaof("127.0.0.1", master.port);
  const own = await startServiceScenario({ REDIS_URL: master.url });
  onTestFinished(async () => {
    for (const client of clients) client.disconnect();
    await own.close();
  });
  const driver = await openSystemView(own.url);
  await driver.page.getByText(/^\d\.\d MiB of 64\.0 MiB in memory \(\d+ %\)$/).waitFor();
  expect(await driver.page.locator("section").filter({ hasText: "64.0 MiB" }).locator("svg.stack").count()).toBe(1);
  await driver.page.getByText("⚠ nothing is kept").waitFor();
  const table = `Replicas of 127.0.0.1:${master.port}`;
  const [address, state] = await waitForRow(driver, table, "online");
  expect([address, state]).toEqual([`127.0.0.1:${replica.port}`, "online"]);
  expect(await driver.findAccessibilityViolations()).toEqual([]);
  await driver.close();
});

it("shows the last run of retention, and that it is behind", async () => {
  const now = Date.now() / 1000;
  const retention = new RetentionState(redis);
  await retention.takeLock("another process", { expiryMs: 60_000, now });
  const run = { at: now - 60, seconds: 1, archived: 12, removed: 11, kept: 1, is_complete: true };
  await retention.saveRun(run, { upTo: now - 3 * 86_400 });
  const driver = await openSystemView();
  const fact = (name: string) => driver.page.locator(".facts > div").filter({ hasText: name }).locator("dd");
  await fact("Archived, removed").waitFor();
  expect(await fact("Archived, removed").textContent()).toBe("12, 11");
  expect(await fact("Last retention").textContent()).toMatch(/^1 min.* ago$/);
  expect(await fact("Old workflows removed up to").textContent()).toMatch(/^3 d.* ago behind$/);
  expect(await driver.findAccessibilityViolations()).toEqual([]);
  await driver.close();
});
