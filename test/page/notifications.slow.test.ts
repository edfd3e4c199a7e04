import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { makeTaskRequestAt, type ServiceScenario, startServiceScenario } from "../scenarios/serviceScenario.js";
import { closeContexts, sharedBrowser } from "../setup/browser.js";
import { waitForValue } from "../setup/waitFor.js";
import { Receiver, status } from "../webhooks/receiver.js";
import { PageDriver } from "./pageDriver.js";

let scenario: ServiceScenario;
let browser: Browser;
let receiver: Receiver;
beforeAll(async () => {
  const settings = { WEBHOOK_ALLOW_PRIVATE: "true", WEBHOOK_RETRY_WAIT: "0.02" };
  [scenario, browser] = await Promise.all([startServiceScenario(settings), sharedBrowser()]);
  receiver = await Receiver.start(status(200), status(500), status(200));
});
afterAll(() => Promise.all([closeContexts(), scenario?.close(), receiver?.stop()]));

it("an address is added, tested, called for a workflow, and removed", async () => {
  const driver = await PageDriver.open(browser, scenario.url, { viewport: { width: 390, height: 844 } });
  const { page } = driver;
  await driver.openView("/notifications");
  await page.getByText("No addresses yet").waitFor();
  await page.getByRole("button", { name: "Add an address…" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel(/^Address/).fill("ftp://receiver.example");
  await dialog.getByRole("checkbox", { name: "aborted or finished" }).check();
  await dialog.getByLabel("Workflows").selectOption("label");
  await dialog.getByLabel(/^Label/).fill("kind=watched");
  expect(await driver.findAccessibilityViolations()).toEqual([]);
  await dialog.getByRole("button", { name: "Add", exact: true }).click();
  await dialog.getByText("url: is not an http(s) address").waitFor();
  await dialog.getByLabel(/^Address/).fill(receiver.url);
  await dialog.getByRole("button", { name: "Add", exact: true }).click();
  await page.getByRole("dialog", { name: "The secret of this address" }).waitFor();
  await page.getByRole("button", { name: "I have copied it" }).click();

  const item = page.locator(".webhooks > li");
  await item.getByText("workflows with the label kind=watched").waitFor();
  await item.getByRole("button", { name: "Test" }).click();
  await item.getByRole("row", { name: /test .* accepted \(200\)/ }).waitFor();

  // The first attempt fails, and the page says that it is repeated.
  const at = scenario.nextAccessPoint();
  const { workflow } = await scenario.submitWorkflow([makeTaskRequestAt([at.location])]);
  await scenario.request("PUT", `/v1/workflows/${workflow.workflow_id}/annotations`, { labels: { kind: "watched" } });
  await scenario.deactivate(workflow.workflow_id, "finished");
  await item.getByRole("row", { name: /aborted or finished .* accepted \(200\)/ }).waitFor();
  await item.getByRole("row", { name: /HTTP 500; it is repeated/ }).waitFor();
  expect(await driver.findAccessibilityViolations()).toEqual([]);
  expect(await driver.horizontalOverflowPx()).toBe(0);
  await item.getByRole("link", { name: workflow.workflow_id }).first().click();
  await page.getByRole("heading", { level: 1, name: workflow.workflow_id }).waitFor();
  await page.goBack();

  await item.getByRole("button", { name: "Remove…" }).click();
  await page.getByRole("button", { name: "Remove it" }).click();
  await page.getByText("No addresses yet").waitFor();
  const list = async () => (await scenario.request<{ webhooks: unknown[] }>("GET", "/v1/webhooks")).body.webhooks;
  expect(await waitForValue("removed", list, (webhooks) => webhooks.length === 0)).toEqual([]);
  expect(driver.browserErrors).toEqual([]);
  await driver.close();
});
