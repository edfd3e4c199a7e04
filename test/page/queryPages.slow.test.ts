import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { makeTaskRequestAt, type ServiceScenario, startServiceScenario } from "../scenarios/serviceScenario.js";
import { closeContexts, sharedBrowser } from "../setup/browser.js";
import { PageDriver } from "./pageDriver.js";

const WORKFLOW_COUNT = 130;

/** Looks at nine entities for a page of a query, so that a search has empty pages. */
let scenario: ServiceScenario;
let browser: Browser;
/** Oldest first. */
const workflowIds: string[] = [];
beforeAll(async () => {
  [scenario, browser] = await Promise.all([startServiceScenario({ QUERY_MAX_SCAN: "9" }), sharedBrowser()]);
  for (let n = 0; n < WORKFLOW_COUNT; n++) {
    const task = makeTaskRequestAt(["pool-0"], n === 0 ? { task_image: "/cvmfs/images/first:v1" } : {});
    workflowIds.push((await scenario.submitWorkflow([task])).workflow.workflow_id);
  }
}, 120_000);
afterAll(() => Promise.all([closeContexts(), scenario?.close()]));

it("lists the newest workflows first, links to older ones, and shows new ones at once", async () => {
  const driver = await PageDriver.open(browser, scenario.url);
  const { page } = driver;
  await driver.openView("/");
  const rows = page.locator(".workflows > li .row-link");
  const pages = page.getByRole("navigation", { name: "Pages of workflows" });
  await page.getByText("The first 50 workflows").waitFor();
  expect(await rows.allTextContents()).toEqual(workflowIds.toReversed().slice(0, 50));
  for (const first of [50, 100]) {
    await pages.getByRole("link", { name: "Next page" }).click();
    await expect
      .poll(() => rows.allTextContents())
      .toEqual(workflowIds.toReversed().slice(first, Math.min(first + 50, WORKFLOW_COUNT)));
  }
  expect(await pages.getByRole("link", { name: "Next page" }).count()).toBe(0);

  await pages.getByRole("link", { name: "First page" }).click();
  await page.getByText("The first 50 workflows").waitFor();
  const { workflow } = await scenario.submitWorkflow([makeTaskRequestAt(["pool-0"])]);
  workflowIds.push(workflow.workflow_id);
  await expect.poll(async () => (await rows.allTextContents())[0]).toBe(workflow.workflow_id);
  expect(driver.browserErrors).toEqual([]);
  await driver.close();
}, 90_000);

it("shows a new workflow that a search finds", async () => {
  const driver = await PageDriver.open(browser, scenario.url);
  const { page } = driver;
  await driver.openView("/?q=first%3Av1");
  const rows = page.locator(".workflows > li .row-link");
  await page.getByRole("link", { name: workflowIds[0] as string }).waitFor();
  expect(await rows.allTextContents()).toEqual([workflowIds[0]]);
  await page.getByText("Live", { exact: true }).waitFor();
  const image = { task_image: "/cvmfs/images/first:v1" };
  const { workflow } = await scenario.submitWorkflow([makeTaskRequestAt(["pool-0"], image)]);
  await page.getByRole("link", { name: workflow.workflow_id }).waitFor();
  expect(await rows.allTextContents()).toEqual([workflow.workflow_id, workflowIds[0]]);
  expect(driver.browserErrors).toEqual([]);
  await driver.close();
}, 90_000);

it("shows all taskforces of a workflow whose query has several pages", async () => {
  const locations = Array.from({ length: 20 }, (_, n) => `pool-${n}`);
  const { workflow } = await scenario.submitWorkflow([makeTaskRequestAt(locations)]);
  const driver = await PageDriver.open(browser, scenario.url);
  await driver.openView(`/workflows/${workflow.workflow_id}`);
  await driver.page.locator(".timeline-row").nth(19).waitFor();
  expect(driver.browserErrors).toEqual([]);
  await driver.close();
}, 90_000);

it.each([
  ["a search", "/?q=reco", "**/v1/workflows?*"],
  ["a workflow's view", undefined, "**/v1/query/taskforces*"],
])(
  "ends the query of %s when the view ends",
  async (_, path, query) => {
    const driver = await PageDriver.open(browser, scenario.url);
    const { page } = driver;
    // The query gets no answer.
    let start = () => {};
    const started = new Promise<void>((resolve) => {
      start = resolve;
    });
    await page.route(query, () => start());
    const ended = page.waitForEvent("requestfailed", (request) => /\/v1\/(query|workflows\?)/.test(request.url()));
    await page.goto(scenario.url + (path ?? `/workflows/${workflowIds[0]}`));
    await started;
    await page.getByRole("link", { name: "Schedds" }).click();
    expect((await ended).failure()?.errorText).toBe("net::ERR_ABORTED");
    await page.getByRole("heading", { level: 1, name: "Schedds" }).waitFor();
    expect(driver.browserErrors).toEqual([]);
    await driver.close();
  },
  90_000,
);
