import { expect, it, onTestFinished } from "vitest";
import { makeTaskRequestAt, startServiceScenario } from "../scenarios/serviceScenario.js";
import { closeContexts, sharedBrowser } from "../setup/browser.js";
import { PageDriver } from "./pageDriver.js";

const TASK_COUNT = 100;
const LOCATION_COUNT = 100;
/** Maximum number of elements: a browser renders them without a delay. */
const MAX_ELEMENTS = 3000;

it("shows sums of ten thousand taskforces, and on request the taskforces a page at a time", async () => {
  const locations = Array.from({ length: LOCATION_COUNT }, (_, n) => [`location-${n}`, { schedd: `schedd-${n % 10}` }]);
  const scenario = await startServiceScenario({ CLUSTER_LOCATIONS: JSON.stringify(Object.fromEntries(locations)) });
  onTestFinished(() => scenario.close());
  const names = locations.map(([name]) => name as string);
  const tasks = Array.from({ length: TASK_COUNT }, (_, n) =>
    makeTaskRequestAt(names, {
      task_args: `part ${n}`,
      input_queue_aliases: ["frames"],
      output_queue_aliases: ["maps"],
    }),
  );
  const { workflow, taskforces } = await scenario.submitWorkflow(tasks);
  expect(taskforces).toHaveLength(TASK_COUNT * LOCATION_COUNT);

  const browser = await sharedBrowser();
  onTestFinished(closeContexts);
  const driver = await PageDriver.open(browser, scenario.url);
  const { page } = driver;
  const elements = () => page.evaluate<number>("document.querySelectorAll('*').length");
  page.setDefaultTimeout(120_000);
  await driver.openView(`/workflows/${workflow.workflow_id}`);
  await page.getByRole("button", { name: /^Task reco:v2.1.0 ×100/ }).waitFor();
  await page.locator(".facts").getByText("10,000").first().waitFor();
  const rows = page.locator(".timeline-row");
  expect(await rows.count()).toBe(0);
  expect(await elements()).toBeLessThan(MAX_ELEMENTS);
  expect(await driver.findAccessibilityViolations()).toEqual([]);

  // The first request fails: the page repeats it.
  let requests = 0;
  await page.route("**/v1/query/taskforces", (route) => (requests++ === 0 ? route.abort() : route.continue()));
  await page.getByRole("button", { name: "Show 10,000 taskforces one by one" }).click();
  const pages = page.getByRole("navigation", { name: "Pages of taskforces" });
  await pages.getByText("1–50 of 10,000").waitFor();
  expect(requests).toBeGreaterThan(1);
  expect(await rows.count()).toBe(50);

  // The list follows the launches by events. Only a reconnect of the stream causes another request.
  await rows.getByText("waiting to start").nth(49).waitFor();
  expect(requests).toBeLessThan(5);

  // The page is in the background for a while.
  await page.evaluate(
    `Object.defineProperty(document, "hidden", { value: true, configurable: true });
    document.dispatchEvent(new Event("visibilitychange"))`,
  );
  const tms = scenario.tms("schedd-0");
  const handOut = await scenario.leaseToStart(tms);
  await tms.submit(handOut);
  await page.evaluate(
    `delete document.hidden;
    document.dispatchEvent(new Event("visibilitychange"))`,
  );
  await rows.getByText("submitted").waitFor();

  await pages.getByRole("button", { name: "Next" }).click();
  await pages.getByText("51–100 of 10,000").waitFor();
  expect(await rows.count()).toBe(50);
  expect(await elements()).toBeLessThan(MAX_ELEMENTS);

  await page.getByRole("link", { name: "By schedd" }).click();
  const schedds = page.getByRole("region", { name: "Workers by schedd" }).locator("tbody tr");
  await expect.poll(() => schedds.count(), { timeout: 60_000 }).toBe(10);
  expect(await schedds.getByText(/^1,000 |^999 waiting/).count()).toBeGreaterThan(0);
  await page.getByRole("link", { name: "By taskforce" }).click();
  await page.getByRole("navigation", { name: "Pages of Workers by taskforce" }).getByText("1–50 of 10,000").waitFor();
  expect(await elements()).toBeLessThan(MAX_ELEMENTS);
  expect(driver.browserErrors).toEqual([]);
}, 240_000);
