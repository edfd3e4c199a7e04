import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { seededRandom } from "../../scripts/tms/random.js";
import { makeTaskRequestAt, type ServiceScenario, startServiceScenario } from "../scenarios/serviceScenario.js";
import { closeContexts, sharedBrowser } from "../setup/browser.js";
import { PageDriver } from "./pageDriver.js";

const UNKNOWN = "/workflows/WF-00000000-00000000";

let scenario: ServiceScenario;
let browser: Browser;
let workflow: string;
let schedd: string;

/** A typical state: workers run and fail, taskforces wait or are dead letters, one workflow is aborted. */
beforeAll(async () => {
  [scenario, browser] = await Promise.all([
    startServiceScenario({ TMS_ACTION_RETRIES: "0", TMS_RETRY_WAIT: "0" }),
    sharedBrowser(),
  ]);
  const at = scenario.nextAccessPoint({ random: seededRandom(7) });
  schedd = at.schedd;
  const tasks = [
    makeTaskRequestAt([at.location], {
      task_image: "/cvmfs/images/prepare:v1",
      output_queue_aliases: ["a"],
      n_workers: 30,
    }),
    makeTaskRequestAt([at.location], {
      task_image: "/cvmfs/images/reco:v2",
      input_queue_aliases: ["a"],
      output_queue_aliases: ["b"],
      n_workers: 60,
    }),
    makeTaskRequestAt([at.location], {
      task_image: "/cvmfs/images/collect:v1",
      input_queue_aliases: ["b"],
      n_workers: 5,
    }),
  ];
  const created = await scenario.submitWorkflow(tasks, { public_queue_aliases: ["b"] });
  workflow = created.workflow.workflow_id;
  for (const { taskforce_uuid } of created.taskforces) await scenario.waitForPhase(taskforce_uuid, "pending-starter");
  await at.createTms.submit(await scenario.leaseToStart(at.createTms));
  await at.createTms.submitFailed(await scenario.leaseToStart(at.createTms), "no such file\n  File x.py");
  for (let round = 0; round < 6; round++) await at.createTms.advanceAndReport();
  const other = await scenario.submitWorkflow([makeTaskRequestAt([at.location])]);
  await scenario.deactivate(other.workflow.workflow_id, "abort");
  await scenario.submitWorkflow([makeTaskRequestAt([scenario.nextAccessPoint().location])]);
});
afterAll(() => Promise.all([closeContexts(), scenario?.close()]));

const views = (): [name: string, path: string, shows: RegExp][] => [
  ["workflows", "/", /aborted/],
  ["a workflow", `/workflows/${workflow}`, /failed attempt of condor-submit/],
  ["schedds", "/schedds", /dead letter/],
  ["a schedd", `/schedds/${schedd}`, /no such file/],
  ["system", "/system", /Operators' acts/],
  ["notifications", "/notifications", /No addresses yet/],
  ["an unknown workflow", UNKNOWN, /Not found/],
  ["an unknown path", "/schedds/a/b/c", /Page not found/],
];

describe.each(["light", "dark"] as const)("in %s", (colorScheme) => {
  it.each([0, 1, 2, 3, 4, 5, 6, 7])("view %i is accessible and has no browser errors", async (n) => {
    const [, path, shows] = views()[n] as typeof views extends () => (infer V)[] ? V : never;
    const driver = await PageDriver.open(browser, scenario.url, { colorScheme });
    await driver.openView(path);
    await driver.page.getByText(shows).first().waitFor();
    expect(await driver.findAccessibilityViolations()).toEqual([]);
    expect(driver.browserErrors).toEqual([]);
    await driver.close();
  });

  it("dialogs are accessible", async () => {
    const driver = await PageDriver.open(browser, scenario.url, { colorScheme });
    await driver.openView(`/workflows/${workflow}`);
    for (const button of ["Abort…", "Add workers…", "Workflow as JSON"]) {
      await driver.page.getByRole("button", { name: button }).click();
      await driver.page.getByRole("dialog").waitFor();
      await driver.page.getByText(/^Loading /).waitFor({ state: "detached" });
      expect(await driver.findAccessibilityViolations()).toEqual([]);
      await driver.page.keyboard.press("Escape");
      await driver.page.getByRole("dialog").waitFor({ state: "detached" });
    }
    await driver.close();
  });
});

it("fits a phone of 360 pixels: no view scrolls horizontally", async () => {
  const driver = await PageDriver.open(browser, scenario.url, { viewport: { width: 360, height: 740 } });
  for (const [name, path, shows] of views()) {
    await driver.openView(path);
    await driver.page.getByText(shows).first().waitFor();
    expect([name, await driver.horizontalOverflowPx()]).toEqual([name, 0]);
  }
  await driver.close();
});

it("works by keyboard alone: from the list to a workflow, through its graph, into a dialog and out of it", async () => {
  const driver = await PageDriver.open(browser, scenario.url);
  const { page } = driver;
  const focused = () =>
    page.evaluate<string>("document.activeElement.getAttribute('aria-label') ?? document.activeElement.textContent");
  const tabTo = async (target: RegExp) => {
    for (let steps = 0; steps < 60; steps++) {
      await page.keyboard.press("Tab");
      if (target.test(await focused())) return;
    }
    throw new Error(`${target} can't be reached, the focus is on ${await focused()}`);
  };
  await driver.openView("/");
  await page.getByRole("link", { name: workflow }).waitFor();
  await tabTo(new RegExp(`^${workflow}`));
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { level: 1, name: workflow }).waitFor();
  // The heading has the focus.
  await expect.poll(focused).toContain(workflow);

  await tabTo(/^Message queue b, public/);
  await page.getByRole("button", { name: /^Task reco/ }).waitFor();
  await page.getByRole("button", { name: /^Task reco/ }).focus();
  await page.keyboard.press("Enter");
  await page.getByRole("link", { name: /^Only reco:v2 reconstruct/ }).waitFor();
  await expect.poll(() => page.locator(".timeline-row").count()).toBe(1);
  await page.keyboard.press("Space");
  await expect.poll(() => page.locator(".timeline-row").count()).toBe(3);

  await page.getByRole("button", { name: "Abort…" }).focus();
  await page.keyboard.press("Enter");
  await expect.poll(focused).toBe("Keep it running");
  await page.keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "detached" });
  expect((await scenario.readWorkflow(workflow)).deactivated).toBeNull();
  await driver.close();
});

it("shows raw objects, and copies them", async () => {
  const driver = await PageDriver.open(browser, scenario.url, {
    permissions: ["clipboard-read", "clipboard-write"],
  });
  await driver.openView(`/workflows/${workflow}`);
  await driver.page.getByRole("button", { name: "Workflow as JSON" }).click();
  const dialog = driver.page.getByRole("dialog");
  await dialog.getByRole("button", { name: "Copy" }).click();
  await dialog.getByRole("button", { name: "Copied" }).waitFor();
  const copied = await driver.page.evaluate<string>("navigator.clipboard.readText()");
  expect(JSON.parse(copied)).toEqual(await scenario.readWorkflow(workflow));
  await driver.close();
});

it("links a schedd to the Bull dashboard, and a dead letter to its workflow", async () => {
  const driver = await PageDriver.open(browser, scenario.url);
  await driver.openView("/schedds");
  await driver.page.getByRole("link", { name: schedd, exact: true }).click();
  await driver.page.getByRole("heading", { name: "Dead letters" }).waitFor();
  expect(await driver.page.getByText("no such file").allInnerTexts()).toEqual(["no such file\n  File x.py"]);
  const board = await driver.page
    .getByRole("link", { name: /Bull dashboard/ })
    .first()
    .getAttribute("href");
  expect(board).toBe(`/admin/queues/queue/starter-${schedd}`);
  expect((await fetch(scenario.url + board)).status).toBe(200);
  await driver.page.getByRole("link", { name: workflow }).first().click();
  await driver.page.getByRole("heading", { level: 1, name: workflow }).waitFor();
  await driver.close();
});
