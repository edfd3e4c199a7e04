import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { makeTaskRequestAt, type ServiceScenario, startServiceScenario } from "../scenarios/serviceScenario.js";
import { closeContexts, sharedBrowser } from "../setup/browser.js";
import { freshDatabase } from "../setup/database.js";
import { pauseQueue } from "../setup/pauseQueue.js";
import { PageDriver } from "./pageDriver.js";

let scenario: ServiceScenario;
let browser: Browser;
let redisUrl: string;
beforeAll(async () => {
  redisUrl = await freshDatabase();
  [scenario, browser] = await Promise.all([
    startServiceScenario({ REDIS_URL: redisUrl, TMS_ACTION_RETRIES: "0", TMS_RETRY_WAIT: "0" }),
    sharedBrowser(),
  ]);
});
afterAll(() => Promise.all([closeContexts(), scenario?.close()]));

it("a dead letter is explained on the list, the workflow and the schedd, and retried on the workflow", async () => {
  const at = scenario.nextAccessPoint();
  const { workflow_id, taskforce_uuid } = await scenario.createPending(at);
  await at.createTms.submitFailed(await scenario.leaseToStart(at.createTms), "no such file");
  const driver = await PageDriver.open(browser, scenario.url);
  const { page } = driver;

  await driver.openView("/");
  await page.getByRole("listitem").filter({ hasText: workflow_id }).getByText("needs attention").waitFor();
  await driver.openView(`/schedds/${at.schedd}`);
  await page.getByText(`1 taskforce was given up at schedd ${at.schedd}`).waitFor();

  await driver.openView(`/workflows/${workflow_id}`);
  const finding = page.locator(".findings > li").filter({ hasText: "after 1 failed submission: no such file" });
  await finding.getByText("Repair the cause, then retry the dead letters").waitFor();
  expect(await finding.getByRole("link").getAttribute("href")).toBe(
    `/admin/queues/queue/starter-${at.schedd}?status=failed`,
  );
  expect(await driver.findAccessibilityViolations()).toEqual([]);
  await finding.getByRole("button", { name: "Retry" }).click();
  await page.getByText("Retried: 1 taskforce.").waitFor();
  await finding.waitFor({ state: "detached" });
  expect((await scenario.leaseToStart(at.createTms)).taskforce.taskforce_uuid).toBe(taskforce_uuid);
  expect(driver.browserErrors).toEqual([]);
  await driver.close();
});

it("a paused background queue is shown on every view until it is resumed", async () => {
  const resume = await pauseQueue(redisUrl, "mq-activation");
  const driver = await PageDriver.open(browser, scenario.url);
  for (const view of ["/", "/schedds"]) {
    await driver.openView(view);
    await driver.page.getByRole("alert").getByText("The queue mq-activation is paused.").waitFor();
  }
  await resume();
  await driver.page.getByRole("alert").waitFor({ state: "detached" });
  await driver.close();
});

it("an open workflow whose taskforces completed is shown as completed", async () => {
  const at = scenario.nextAccessPoint();
  const { workflow } = await scenario.submitWorkflow([makeTaskRequestAt([at.location])]);
  const handOut = await scenario.leaseToStart(at.createTms);
  await at.createTms.submit(handOut);
  await scenario.request("POST", `/v1/tms/condor-complete/taskforces/${handOut.taskforce.taskforce_uuid}`, {
    condor_complete_ts: 1_700_000_000,
  });
  const driver = await PageDriver.open(browser, scenario.url);
  await driver.openView(`/workflows/${workflow.workflow_id}`);
  await driver.page.getByText("The only taskforce completed; finish the workflow.").waitFor();
  await driver.page.getByText("■ completed").waitFor();
  await driver.close();
});
