import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type ServiceScenario, startServiceScenario } from "../scenarios/serviceScenario.js";
import { closeContexts, sharedBrowser } from "../setup/browser.js";
import { PageDriver } from "./pageDriver.js";

let scenario: ServiceScenario;
let browser: Browser;
beforeAll(async () => {
  [scenario, browser] = await Promise.all([startServiceScenario(), sharedBrowser()]);
});
afterAll(() => Promise.all([closeContexts(), scenario?.close()]));

/** Runs a taskforce, and reports further clusters of it, which the service rejects. */
async function createStrays(clusterIds: readonly number[]) {
  const at = scenario.nextAccessPoint();
  const running = await scenario.createRunning(at);
  for (const cluster_id of clusterIds)
    await expect(at.createTms.submit(running.handOut, { cluster_id })).rejects.toThrow();
  return { ...running, schedd: at.schedd };
}

const countStrays = async (schedd: string): Promise<number> => {
  const path = `/v1/stray-clusters?schedd=${schedd}`;
  return (await scenario.request<{ stray_clusters: unknown[] }>("GET", path)).body.stray_clusters.length;
};

it("stray clusters are on the workflow and the schedd, and are dismissed after a confirmation", async () => {
  const { workflowId, schedd, uuid } = await createStrays([9001, 9002]);
  const driver = await PageDriver.open(browser, scenario.url, { viewport: { width: 360, height: 740 } });
  const { page } = driver;
  const items = page.locator(".strays > li");

  await driver.openView(`/workflows/${workflowId}`);
  await page.getByRole("heading", { name: "Stray clusters" }).waitFor();
  await items.nth(1).waitFor();
  expect((await items.locator("p").allTextContents()).slice(0, 2)).toEqual([
    expect.stringMatching(new RegExp(`^Cluster 9002 on ${schedd}, reported (just now|\\d+ s ago)$`)),
    `Taskforce …${uuid.slice(-8)} of ${workflowId}: no longer pending-starter`,
  ]);
  expect(await driver.findAccessibilityViolations()).toEqual([]);
  expect(await driver.horizontalOverflowPx()).toBe(0);

  const dismiss = page.getByRole("button", { name: "Dismiss cluster 9002…" });
  await dismiss.click();
  await page.getByText("run condor_rm 9002 before").waitFor();
  expect(await driver.findAccessibilityViolations()).toEqual([]);
  await page.getByRole("button", { name: "Keep the entry" }).click();
  await page.getByRole("dialog").waitFor({ state: "detached" });
  expect(await countStrays(schedd)).toBe(2);
  await dismiss.click();
  await page.getByRole("button", { name: "Dismiss the entry" }).click();
  await page.getByText("Dismissed: cluster 9002.").waitFor();
  await dismiss.waitFor({ state: "detached" });
  expect(await countStrays(schedd)).toBe(1);

  await items.getByRole("link", { name: schedd }).click();
  await page.getByRole("heading", { level: 1, name: `Schedd ${schedd}` }).waitFor();
  await page.getByRole("button", { name: "Dismiss cluster 9001…" }).click();
  expect(await driver.horizontalOverflowPx()).toBe(0);
  await page.getByRole("button", { name: "Dismiss the entry" }).click();
  await page.getByText("Dismissed: cluster 9001.").waitFor();
  // With the last one, the finding and the section disappear.
  await page.getByRole("heading", { name: "Stray clusters" }).waitFor({ state: "detached" });
  await page.locator(".findings").waitFor({ state: "detached" });
  expect(await countStrays(schedd)).toBe(0);
  expect(driver.browserErrors).toEqual([]);
  await driver.close();
});

it("a stray cluster of an unknown taskforce is on the System view, and is dismissed there", async () => {
  const path = "/v1/tms/condor-submit/taskforces/TF-1-00000000-00000000-00000000";
  const report = { cluster_id: 9004, n_workers: 1, submit_dict: {}, job_event_log_fpath: "" };
  expect(await scenario.request("POST", path, report)).toMatchObject({ status: 404 });
  const driver = await PageDriver.open(browser, scenario.url);
  const { page } = driver;
  await driver.openView("/system");
  await page.getByText("HTCondor runs 1 cluster whose report was rejected: 9004.").waitFor();
  await page.getByRole("button", { name: "Dismiss cluster 9004…" }).click();
  await page.getByRole("button", { name: "Dismiss the entry" }).click();
  await page.getByText("Dismissed: cluster 9004.").waitFor();
  await page.getByRole("heading", { name: "Stray clusters" }).waitFor({ state: "detached" });
  expect(driver.browserErrors).toEqual([]);
  await driver.close();
});

it("a dismissal that fails is explained in its dialog", async () => {
  const { schedd } = await createStrays([9003]);
  const driver = await PageDriver.open(browser, scenario.url);
  const { page } = driver;
  await driver.openView(`/schedds/${schedd}`);
  await page.route("**/v1/stray-clusters/*", (route) =>
    route.continue({ url: `${scenario.url}/v1/stray-clusters/unknown` }),
  );
  await page.getByRole("button", { name: "Dismiss cluster 9003…" }).click();
  await page.getByRole("button", { name: "Dismiss the entry" }).click();
  await page.getByRole("dialog").getByText("no stray cluster found with id: unknown").waitFor();
  expect(await page.getByRole("button", { name: "Dismiss the entry" }).isEnabled()).toBe(true);
  await driver.close();
});

it("polls for unknown schedds are on the view of the schedds, to which the warning links", async () => {
  const name = `access-pont-${"x".repeat(60)}`;
  await scenario.tms(name).leaseStarter();
  const driver = await PageDriver.open(browser, scenario.url, { viewport: { width: 360, height: 740 } });
  const { page } = driver;
  await driver.openView("/");
  const alert = page.getByRole("alert").filter({ hasText: `TMSes have asked for work of schedd ${name}` });
  await alert.getByRole("link", { name: "Schedds" }).click();
  const row = page.getByRole("region", { name: "Polls for unknown schedds" }).getByRole("row").nth(1);
  await row.waitFor();
  expect(await row.locator("th, td").allTextContents()).toEqual([name, expect.any(String), expect.any(String)]);
  expect(await driver.findAccessibilityViolations()).toEqual([]);
  expect(await driver.horizontalOverflowPx()).toBe(0);
  expect(driver.browserErrors).toEqual([]);
  await driver.close();
});
