import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { makeTaskRequestAt, type ServiceScenario, startServiceScenario } from "../scenarios/serviceScenario.js";
import { closeContexts, sharedBrowser } from "../setup/browser.js";
import { PageDriver } from "./pageDriver.js";

const TRACEBACK = (n: number) => `Traceback:\n  File "reco.py", line ${n}\nValueError: event ${n * 7} is bad`;

let scenario: ServiceScenario;
let browser: Browser;
let workflow: string;
let firstSchedd: string;
let secondSchedd: string;
/** Taskforces of the task reco at both access points, and of the task collect at the first. */
let recoFirst: string;
let recoSecond: string;
let collectFirst: string;

/** A workflow of two tasks at two access points: workers run, are held and fail, one submission failed. */
beforeAll(async () => {
  [scenario, browser] = await Promise.all([startServiceScenario({ TMS_RETRY_WAIT: "0" }), sharedBrowser()]);
  const [one, two] = [scenario.nextAccessPoint(), scenario.nextAccessPoint()];
  [firstSchedd, secondSchedd] = [one.schedd, two.schedd];
  const created = await scenario.submitWorkflow(
    [
      makeTaskRequestAt([one.location, two.location], {
        task_image: "/cvmfs/images/reco:v2",
        task_args: "reconstruct --seed 17 --infile {{INFILE}}",
        output_queue_aliases: ["maps"],
        n_workers: 20,
      }),
      makeTaskRequestAt([one.location], {
        task_image: "/cvmfs/images/reco:v2",
        task_args: "collect --all",
        input_queue_aliases: ["maps"],
        n_workers: 5,
      }),
    ],
    { public_queue_aliases: [] },
  );
  workflow = created.workflow.workflow_id;
  const [reco, collect] = created.task_directives.map(({ task_id }) => task_id);
  const uuidOf = (task: string | undefined, schedd: string) =>
    created.taskforces.find((each) => each.task_id === task && each.schedd === schedd)?.taskforce_uuid ?? "";
  recoFirst = uuidOf(reco, firstSchedd);
  recoSecond = uuidOf(reco, secondSchedd);
  collectFirst = uuidOf(collect, firstSchedd);
  for (const { taskforce_uuid } of created.taskforces) await scenario.waitForPhase(taskforce_uuid, "pending-starter");
  await two.createTms.submitFailed(await scenario.leaseToStart(two.createTms), "schedd rejected job 4711\n  line 2");
  for (const tms of [one.createTms, one.createTms, two.createTms]) await tms.submit(await scenario.leaseToStart(tms));
  const report = await scenario.request("POST", "/v1/tms/statuses/taskforces", {
    compound_statuses_by_taskforce: {
      [recoFirst]: { RUNNING: { Tasking: 12 }, "HELD: disk full": { null: 8 } },
      [recoSecond]: { RUNNING: { Tasking: 3 }, IDLE: { null: 17 } },
      [collectFirst]: { COMPLETED: { Done: 5 } },
    },
    top_task_errors_by_taskforce: {
      [recoFirst]: { [TRACEBACK(12)]: 4, [TRACEBACK(345)]: 2 },
      [recoSecond]: { [TRACEBACK(6)]: 1, "no space left on /scratch/tmpab12cd/x.i3": 3 },
    },
  });
  expect(report.status).toBe(200);
});
afterAll(() => Promise.all([closeContexts(), scenario?.close()]));

const open = async (query = "", options = {}) => {
  const driver = await PageDriver.open(browser, scenario.url, {
    permissions: ["clipboard-read", "clipboard-write"],
    ...options,
  });
  await driver.openView(`/workflows/${workflow}${query}`);
  return driver;
};

const card = ({ page }: PageDriver, title: string) =>
  page.locator("section").filter({ has: page.getByRole("heading", { level: 2, name: title, exact: true }) });

it("groups errors whose texts differ in numbers, with counts, places and times, and copies them", async () => {
  const driver = await open();
  const errors = card(driver, "Errors").locator(".errors > li");
  await expect.poll(() => errors.count()).toBe(3);
  const [traceback, noSpace, rejected] = [errors.nth(0), errors.nth(1), errors.nth(2)];
  expect(await traceback.locator("pre").first().innerText()).toBe(TRACEBACK(12));
  expect(await traceback.innerText()).toMatch(/^7 × worker error in reports up to/);
  expect(await traceback.innerText()).toContain(`2 taskforces at ${firstSchedd}, ${secondSchedd}`);
  expect(await noSpace.innerText()).toMatch(/^3 × worker error/);
  expect(await rejected.innerText()).toMatch(/^1 × failed attempt of condor-submit .*(just now|ago)/);
  expect(await rejected.locator("pre").innerText()).toBe("ERROR: schedd rejected job 4711\n  line 2");

  await traceback.getByRole("button", { name: "Copy the error" }).click();
  await traceback.getByRole("button", { name: "Copied" }).waitFor();
  expect(await driver.page.evaluate<string>("navigator.clipboard.readText()")).toBe(TRACEBACK(12));

  await traceback.locator("summary").click();
  expect(await traceback.locator("details pre").allInnerTexts()).toEqual([12, 345, 6].map(TRACEBACK));
  expect(await driver.findAccessibilityViolations()).toEqual([]);
  expect(driver.browserErrors).toEqual([]);
  await driver.close();
});
