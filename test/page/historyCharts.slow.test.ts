import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { EMPTY_HISTORY, HISTORY_FIELDS, type History, type HistoryResponse } from "../../src/domain/history.js";
import { encodeHistory } from "../../src/domain/historyText.js";
import type { WorkflowId } from "../../src/domain/ids.js";
import type { RedisClient } from "../../src/redis/redisClient.js";
import { historyKey, partitionOf } from "../../src/store/keys.js";
import { makeTaskRequestAt, type ServiceScenario, startServiceScenario } from "../scenarios/serviceScenario.js";
import { closeContexts, sharedBrowser } from "../setup/browser.js";
import { freshDatabase } from "../setup/database.js";
import { openRedis } from "../setup/testRedis.js";
import { waitForValue } from "../setup/waitFor.js";
import { PageDriver } from "./pageDriver.js";

const PARTITIONS = 2;
/** Two hours and ten minutes before the tests begin, so that the axis has ticks. */
const START = Math.floor(Date.now() / 1000) - 7800;

let scenario: ServiceScenario;
let browser: Browser;
let redis: RedisClient;
let workflow: string;

/** 261 samples of a workflow that starts, runs with 20 workers, and completes ten workers a minute. */
function makeHistory(): History {
  const samples = Array.from({ length: 261 }, (_, n) => {
    const byField: Partial<Record<string, number>> = {
      working: n === 0 ? 0 : 20,
      idle: n === 0 ? 20 : 3,
      done: 5 * n,
      errors: Math.floor(n / 20),
      "pending-starter": n === 0 ? 2 : 0,
      "condor-submit": n === 0 ? 0 : 2,
    };
    return { timestamp: START + 30 * n, values: HISTORY_FIELDS.map((field) => byField[field] ?? 0) };
  });
  return { ...EMPTY_HISTORY, samples };
}

const readHistory = async (id: string): Promise<HistoryResponse> =>
  (await scenario.request<HistoryResponse>("GET", `/v1/workflows/${id}/history`)).body;

beforeAll(async () => {
  const url = await freshDatabase();
  redis = openRedis(url);
  [scenario, browser] = await Promise.all([
    startServiceScenario({ REDIS_URL: url, STORE_PARTITIONS: String(PARTITIONS) }),
    sharedBrowser(),
  ]);
  const at = scenario.nextAccessPoint();
  const created = await scenario.submitWorkflow([makeTaskRequestAt([at.location])]);
  workflow = created.workflow.workflow_id;
  // From then on the service adds no sample.
  await waitForValue(
    "the history has the last phase",
    () => readHistory(workflow),
    ({ samples }) => samples.at(-1)?.taskforces_by_phase["pending-starter"] === 1,
  );
  await redis.set(
    historyKey(partitionOf(workflow as WorkflowId, PARTITIONS), workflow as WorkflowId),
    encodeHistory(makeHistory()),
  );
});
afterAll(() => {
  redis.disconnect();
  return Promise.all([closeContexts(), scenario?.close()]);
});

describe.each(["light", "dark"] as const)("in %s, on a phone", (colorScheme) => {
  it("a workflow shows its workers, taskforces and rates over time", async () => {
    const driver = await PageDriver.open(browser, scenario.url, { colorScheme, viewport: { width: 390, height: 844 } });
    const { page } = driver;
    await driver.openView(`/workflows/${workflow}`);
    const chart = (title: string) => page.getByRole("img", { name: new RegExp(`^${title} from .* to `) });
    await chart("Workers by status").waitFor();
    expect(await chart("Workers by status").getAttribute("aria-label")).toMatch(
      /At the end: 20 working, 3 idle\. Maximum: 23\.$/,
    );
    expect(await chart("Taskforces by phase").getAttribute("aria-label")).toMatch(
      /At the end: 0 waiting to start, 2 submitted/,
    );
    expect(await chart("Completions and failures a minute").getAttribute("aria-label")).toMatch(/Maximum: 10\.$/);
    // One area and its pattern for each series, and ticks at full hours or halves.
    expect(await chart("Workers by status").locator('path[fill^="var(--"]').count()).toBe(2);
    expect(await chart("Workers by status").locator("text").allTextContents()).toEqual(
      expect.arrayContaining([expect.stringMatching(/^\d\d:[03]0$/)]),
    );
    expect((await chart("Workers by status").boundingBox())?.width).toBeGreaterThan(300);
    expect(await driver.horizontalOverflowPx()).toBe(0);

    await page.getByText("Data as table").click();
    const table = page.getByRole("region", { name: "samples" });
    await table.waitFor();
    expect(await table.getByRole("columnheader").allInnerTexts()).toEqual(
      expect.arrayContaining(["Time", "workers working", "taskforces submitted", "completions so far"]),
    );
    expect(await table.getByRole("row").nth(1).getByRole("cell").allInnerTexts()).toEqual(
      expect.arrayContaining(["20", "3", "1,300", "13"]),
    );
    expect(await driver.findAccessibilityViolations()).toEqual([]);
    expect(await driver.horizontalOverflowPx()).toBe(0);
    expect(driver.browserErrors).toEqual([]);
    await driver.close();
  });
});

it("the charts of a new workflow have its first state", async () => {
  const created = await scenario.submitWorkflow([makeTaskRequestAt([scenario.nextAccessPoint().location])]);
  const id = created.workflow.workflow_id;
  await waitForValue(
    "its first sample",
    () => readHistory(id),
    ({ samples }) => samples.length > 0,
  );
  const driver = await PageDriver.open(browser, scenario.url);
  await driver.openView(`/workflows/${id}`);
  await driver.page.getByRole("img", { name: /^Taskforces by phase from / }).waitFor();
  expect(driver.browserErrors).toEqual([]);
  await driver.close();
});

it("the charts are loaded again after a change, 30 s later at the earliest", async () => {
  const at = scenario.nextAccessPoint();
  const { workflowId: id, uuid } = await scenario.createRunning(at);
  const report = (running: number) =>
    scenario.request("POST", "/v1/tms/statuses/taskforces", {
      compound_statuses_by_taskforce: { [uuid]: { RUNNING: { Tasking: running } } },
    });
  await waitForValue(
    "the history has the submission",
    () => readHistory(id),
    ({ samples }) => samples.at(-1)?.taskforces_by_phase["condor-submit"] === 1,
  );
  const driver = await PageDriver.open(browser, scenario.url);
  const { page } = driver;
  let loads = 0;
  page.on("request", (request) => {
    if (request.url().endsWith(`/${id}/history`)) loads++;
  });
  await page.clock.install();
  await driver.openView(`/workflows/${id}`);
  await page.getByRole("img", { name: /^Taskforces by phase from .*1 submitted/ }).waitFor();
  expect(loads).toBe(1);
  for (const running of [5, 6, 7]) {
    await report(running);
    await page.locator(".workers .legend").getByText(`${running} RUNNING`).waitFor();
  }
  expect(loads).toBe(1);
  await page.clock.fastForward(30_000);
  await page.getByRole("img", { name: /^Workers by status from .* At the end: 7 working\./ }).waitFor();
  expect(loads).toBe(2);
  expect(driver.browserErrors).toEqual([]);
  await driver.close();
});
