import { expect, it, onTestFinished } from "vitest";
import { openBrowser } from "../../scripts/browser/chromium.js";
import { makeTaskRequestAt, startServiceScenario } from "../scenarios/serviceScenario.js";
import { PageDriver } from "./pageDriver.js";

const TASK_COUNT = 100;
const LOCATION_COUNT = 100;
/** Elements of a document that a browser draws without a thought. */
const MAX_ELEMENTS = 3000;

it("sums ten thousand taskforces up, and shows them a page at a time when asked to", async () => {
  const places = Array.from({ length: LOCATION_COUNT }, (_, n) => [`place-${n}`, { schedd: `schedd-${n % 10}` }]);
  const story = await startServiceScenario({ CLUSTER_LOCATIONS: JSON.stringify(Object.fromEntries(places)) });
  onTestFinished(() => story.close());
  const locations = places.map(([name]) => name as string);
  const tasks = Array.from({ length: TASK_COUNT }, (_, n) =>
    makeTaskRequestAt(locations, {
      task_args: `part ${n}`,
      input_queue_aliases: ["frames"],
      output_queue_aliases: ["maps"],
    }),
  );
  const { workflow, taskforces } = await story.submitWorkflow(tasks);
  expect(taskforces).toHaveLength(TASK_COUNT * LOCATION_COUNT);

  const browser = await openBrowser();
  onTestFinished(() => browser.close());
  const driver = await PageDriver.open(browser, story.url);
  const { page } = driver;
  const elements = () => page.evaluate<number>("document.querySelectorAll('*').length");
  page.setDefaultTimeout(60_000);
  await driver.openView(`/workflows/${workflow.workflow_id}`);
  await page.getByRole("button", { name: /^Task reco:v2.1.0 ×100/ }).waitFor();
  await page.locator(".facts").getByText("10,000").first().waitFor();
  const rows = page.locator(".timeline-row");
  expect(await rows.count()).toBe(0);
  expect(await elements()).toBeLessThan(MAX_ELEMENTS);
  expect(await driver.findAccessibilityViolations()).toEqual([]);

  // The service may be away for a moment just then: they are asked for again.
  let asked = 0;
  await page.route("**/v1/query/taskforces", (route) => (asked++ === 0 ? route.abort() : route.continue()));
  await page.getByRole("button", { name: "Show 10,000 taskforces one by one" }).click();
  const pages = page.getByRole("navigation", { name: "Pages of taskforces" });
  await pages.getByText("1–50 of 10,000").waitFor();
  expect(asked).toBeGreaterThan(1);
  expect(await rows.count()).toBe(50);

  // All of them are launched by and by; the list learns that from events. A stream that had to begin anew has it read once more.
  await rows.getByText("waiting to start").nth(49).waitFor();
  expect(asked).toBeLessThan(5);

  // Nobody looks for a while.
  await page.evaluate(
    `Object.defineProperty(document, "hidden", { value: true, configurable: true });
    document.dispatchEvent(new Event("visibilitychange"))`,
  );
  const tms = story.tms("schedd-0");
  const handOut = await story.takeToStart(tms);
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
  expect(driver.browserErrors).toEqual([]);
}, 240_000);
