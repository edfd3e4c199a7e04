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

it("lists the newest workflows first, loads older ones on request, and shows new ones at once", async () => {
  const driver = await PageDriver.open(browser, scenario.url);
  const { page } = driver;
  const queries: string[] = [];
  page.on("request", (request) => {
    if (request.url().includes("/v1/query/")) queries.push(request.url().slice(scenario.url.length));
  });
  await driver.openView("/");
  const rows = page.locator(".workflows > li .row-link");
  const pages = page.getByRole("navigation", { name: "Pages of workflows" });
  await pages.getByText("1–25 of 108 and more").waitFor();
  expect(await rows.allTextContents()).toEqual(workflowIds.toReversed().slice(0, 25));
  expect(queries.length).toBeGreaterThanOrEqual(12);
  expect(new Set(queries)).toEqual(new Set(["/v1/query/workflows?order=newest"]));

  // An incomplete page is filled, and only then the next one comes.
  for (const shown of ["26–50", "51–75", "76–100", "101–108"]) {
    await pages.getByRole("button", { name: "Next" }).click();
    await pages.getByText(`${shown} of 108 and more`).waitFor();
  }
  await pages.getByRole("button", { name: "Next" }).click();
  await pages.getByText("101–125 of 130", { exact: true }).waitFor();
  await pages.getByRole("button", { name: "Next" }).click();
  await pages.getByText("126–130 of 130").waitFor();
  expect(await rows.allTextContents()).toEqual(workflowIds.toReversed().slice(125));

  for (let n = 0; n < 5; n++) await pages.getByRole("button", { name: "Previous" }).click();
  const { workflow } = await scenario.submitWorkflow([makeTaskRequestAt(["pool-0"])]);
  workflowIds.push(workflow.workflow_id);
  await pages.getByText("1–25 of 131").waitFor();
  expect((await rows.allTextContents())[0]).toBe(workflow.workflow_id);
  expect(driver.browserErrors).toEqual([]);
  await driver.close();
}, 90_000);

it("finds the oldest task behind empty pages, and then searches new tasks only", async () => {
  const driver = await PageDriver.open(browser, scenario.url);
  const { page } = driver;
  // The browser's debugger does not show the bodies of these requests.
  await page.addInitScript(`
    const send = window.fetch;
    window.searches = [];
    window.fetch = async (request, init) => {
      if (request.url?.includes("/v1/query/task-directives")) {
        const { query } = await request.clone().json();
        searches.push("timestamp" in query ? "new tasks" : "all tasks");
      }
      return send(request, init);
    };`);
  await driver.openView("/?since=ever&q=first%3Av1");
  const rows = page.locator(".workflows > li .row-link");
  await page.getByRole("link", { name: workflowIds[0] as string }).waitFor();
  expect(await rows.allTextContents()).toEqual([workflowIds[0]]);
  await page.getByText("Live", { exact: true }).waitFor();
  expect(await page.evaluate<string>("window.searches[0]")).toBe("all tasks");
  await page.evaluate("window.searches = []");
  const image = { task_image: "/cvmfs/images/first:v1" };
  const { workflow } = await scenario.submitWorkflow([makeTaskRequestAt(["pool-0"], image)]);
  await page.getByRole("link", { name: workflow.workflow_id }).waitFor();
  expect(await rows.allTextContents()).toEqual([workflow.workflow_id, workflowIds[0]]);
  expect(new Set(await page.evaluate<string[]>("window.searches"))).toEqual(new Set(["new tasks"]));
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
  ["a search", "/?q=reco", "**/v1/query/task-directives*"],
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
    const ended = page.waitForEvent("requestfailed", (request) => request.url().includes("/v1/query/"));
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
