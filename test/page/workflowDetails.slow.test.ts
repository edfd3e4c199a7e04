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
        task_env: { SEED: "17", S3_SECRET: "hunter2" },
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
  expect(await traceback.locator("pre").first().textContent()).toBe(TRACEBACK(12));
  expect(await traceback.textContent()).toMatch(/^7 × worker error in reports up to/);
  expect(await traceback.textContent()).toContain(`2 taskforces at ${firstSchedd}, ${secondSchedd}`);
  expect(await noSpace.textContent()).toMatch(/^3 × worker error/);
  expect(await rejected.textContent()).toMatch(/^1 × failed attempt of condor-submit .*(just now|ago)/);
  expect(await rejected.locator("pre").textContent()).toBe("ERROR: schedd rejected job 4711\n  line 2");

  await traceback.getByRole("button", { name: "Copy the error" }).click();
  await traceback.getByRole("button", { name: "Copied" }).waitFor();
  expect(await driver.page.evaluate<string>("navigator.clipboard.readText()")).toBe(TRACEBACK(12));

  await traceback.locator("summary").click();
  expect(await traceback.locator("details pre").allTextContents()).toEqual([12, 345, 6].map(TRACEBACK));
  expect(await driver.findAccessibilityViolations()).toEqual([]);
  expect(driver.browserErrors).toEqual([]);
  await driver.close();
});

const HEAD = ["Task", "Running", "Idle", "Held", "Ended", "Taskforces", "Errors"];
/** The cells of a table, without its head. */
const cellsOf = async (driver: PageDriver, label: string) => {
  const rows = driver.page.getByRole("region", { name: label }).locator("tbody tr");
  return Promise.all((await rows.all()).map((row) => row.locator("th, td").allTextContents()));
};

it("breaks the workers down by task, schedd and taskforce, with hold reasons, phases and errors", async () => {
  const driver = await open();
  const { page } = driver;
  const byTask = page.getByRole("region", { name: "Workers by task" });
  await byTask.waitFor();
  expect(await byTask.locator("thead th").allTextContents()).toEqual(HEAD);
  const [reco, collect] = await cellsOf(driver, "Workers by task");
  expect(reco?.[0]).toMatch(/^reco:v2 reconstruct --seed 17/);
  expect(reco?.slice(1)).toEqual(["15", "17", "8disk full (8)", "0", "2 submitted", "10"]);
  expect(collect?.slice(1)).toEqual(["0", "0", "0", "5", "1 submitted", "0"]);

  await page.getByRole("link", { name: "By schedd" }).click();
  const bySchedd = page.getByRole("region", { name: "Workers by schedd" });
  await bySchedd.getByRole("link", { name: firstSchedd, exact: true }).waitFor();
  expect((await cellsOf(driver, "Workers by schedd")).map((cells) => cells.slice(1))).toEqual([
    ["12", "0", "8disk full (8)", "5", "2 submitted", "6"],
    ["3", "17", "0", "0", "1 submitted", "4"],
  ]);
  expect((await cellsOf(driver, "Workers by schedd"))[0]?.[0]).toBe(`${firstSchedd}pool-0`);

  await page.getByRole("link", { name: "By taskforce" }).click();
  await page.getByRole("region", { name: "Workers by taskforce" }).getByText(recoFirst).waitFor();
  // Problems first: held workers, then errors.
  expect((await cellsOf(driver, "Workers by taskforce")).map(([uuid]) => uuid)).toEqual([
    recoFirst,
    recoSecond,
    collectFirst,
  ]);
  expect(await driver.findAccessibilityViolations()).toEqual([]);
  await driver.close();
});

it("narrows every card to a selected task and schedd, in the address, until the selection is removed", async () => {
  const driver = await open();
  const { page } = driver;
  await page.getByRole("link", { name: "By schedd" }).click();
  const bySchedd = page.getByRole("region", { name: "Workers by schedd" });
  await bySchedd.getByRole("link", { name: secondSchedd, exact: true }).click();
  await page.getByText(`Only schedd ${secondSchedd}`).waitFor();
  await expect.poll(() => page.locator(".timeline-row").count()).toBe(1);
  await expect.poll(() => card(driver, "Errors").locator(".errors > li").count()).toBe(3);
  expect((await cellsOf(driver, "Time in each phase")).map((cells) => cells.slice(0, 2))).toEqual([["submitted", "1"]]);
  await page.getByRole("heading", { name: "Over time, of the whole workflow" }).waitFor();
  await page.getByRole("link", { name: "By task", exact: true }).click();
  await expect
    .poll(async () => (await cellsOf(driver, "Workers by task")).map((cells) => cells.slice(1)))
    .toEqual([["3", "17", "0", "0", "1 submitted", "4"]]);
  expect(new URL(page.url()).search).toBe(`?schedd=${secondSchedd}`);

  // The address restores the selection in another window.
  const shared = await open(`${new URL(page.url()).search}&task=${`TK-${collectFirst.slice(3, -9)}`}`);
  await shared.page.getByText("Only reco:v2 collect --all").waitFor();
  await shared.page.getByText("No taskforces in this selection.").waitFor();
  await shared.page.getByText("No errors in this selection.").waitFor();
  await shared.page.getByRole("link", { name: /Show all schedds/ }).click();
  await expect.poll(() => shared.page.locator(".timeline-row").count()).toBe(1);
  expect(await shared.page.locator('.task-node[aria-pressed="true"]').count()).toBe(1);
  expect(await shared.findAccessibilityViolations()).toEqual([]);
  await shared.close();

  // Back leads over the tab to the whole workflow.
  await page.goBack();
  await page.waitForURL((address) => address.search === `?schedd=${secondSchedd}&by=schedd`);
  await page.goBack();
  await page.waitForURL((address) => address.search === "?by=schedd");
  await expect.poll(() => page.locator(".timeline-row").count()).toBe(3);
  expect(await page.getByText(/^Only /).count()).toBe(0);
  expect(driver.browserErrors).toEqual([]);
  await driver.close();
});

it("opens the details of a taskforce at its own address: ids, log, configuration and submit file, without secrets", async () => {
  const stored = await scenario.readTaskforce(recoSecond);
  const driver = await open();
  const { page } = driver;
  const row = page.locator(`.timeline-row[id="${recoSecond}"]`);
  await row.getByText(`cluster ${stored.cluster_id} ${stored.job_event_log_fpath}`).waitFor();
  await row.getByRole("link").click();
  await row.getByText("HAS_CVMFS_icecube_opensciencegrid_org").first().waitFor();
  expect(new URL(page.url()).search).toBe(`?taskforce=${recoSecond}`);
  for (const text of [recoSecond, String(stored.cluster_id), stored.job_event_log_fpath])
    expect(await row.locator(".facts").textContent()).toContain(text);
  const shown = await row.textContent();
  expect(shown).toContain("SEED = 17");
  expect(shown).toContain("S3_SECRET = [hidden]");
  expect(shown).not.toContain("hunter2");

  await row.getByRole("button", { name: "Copy the submit file" }).click();
  await row.getByRole("button", { name: "Copied the submit file" }).waitFor();
  const file = await page.evaluate<string>("navigator.clipboard.readText()");
  for (const [key, value] of Object.entries(stored.submit_dict)) expect(file).toContain(`${key} = ${value}\n`);
  expect(file).toMatch(/\nqueue 20\n$/);
  await row.getByRole("button", { name: "Copy the id", exact: true }).click();
  await row.getByRole("button", { name: "Copied the id", exact: true }).waitFor();
  expect(await page.evaluate<string>("navigator.clipboard.readText()")).toBe(recoSecond);
  await row.getByRole("button", { name: "Task directive as JSON" }).click();
  await page.getByRole("dialog").getByText('"S3_SECRET": "[hidden]"').waitFor();
  await page.keyboard.press("Escape");
  await row.getByRole("link", { name: "Close" }).click();
  await expect.poll(() => page.locator(".timeline-row.is-open").count()).toBe(0);
  expect(driver.browserErrors).toEqual([]);
  await driver.close();
});

it.each(["light", "dark"] as const)(
  "opens a taskforce by its address on a phone, in view, in %s",
  async (colorScheme) => {
    const driver = await open(`?taskforce=${collectFirst}`, { colorScheme, viewport: { width: 390, height: 844 } });
    const opened = driver.page.locator(".timeline-row.is-open");
    await opened.getByText("HAS_CVMFS_icecube_opensciencegrid_org").first().waitFor();
    await expect
      .poll(() =>
        driver.page.evaluate<boolean>(
          `(() => { const { top, bottom } = document.querySelector(".details").getBoundingClientRect();
          return top < innerHeight && bottom > 0; })()`,
        ),
      )
      .toBe(true);
    expect(await driver.horizontalOverflowPx()).toBe(0);
    expect(await driver.findAccessibilityViolations()).toEqual([]);
    await driver.close();
  },
);

it("shows an unknown workflow or taskforce inside the page, with a way on", async () => {
  const driver = await PageDriver.open(browser, scenario.url);
  const { page } = driver;
  await driver.openView("/workflows/WF-00000000-00000000");
  await page.getByText("Not found", { exact: true }).waitFor();
  expect(await page.getByRole("navigation", { name: "Views" }).count()).toBe(1);
  await driver.openView(`/workflows/${workflow}?taskforce=${recoFirst.slice(0, -8)}00000000`);
  const details = page.locator(".details");
  await details.getByText("Not found", { exact: true }).waitFor();
  await expect.poll(() => page.locator(".timeline-row").count()).toBe(3);
  await details.getByRole("link", { name: "all workflows" }).click();
  await page.getByRole("link", { name: workflow }).first().waitFor();
  expect(driver.browserErrors).toEqual([]);
  await driver.close();
});

/** The smallest text of the graph in pixels of the screen. */
const SMALLEST_TEXT_PX = `(() => {
  const svg = document.querySelector(".graph-frame > svg");
  const sizes = [...svg.querySelectorAll("text")].map((text) => parseFloat(getComputedStyle(text).fontSize));
  return Math.min(...sizes) * svg.getScreenCTM().a;
})()`;

it("names tasks by image and arguments, and internal queues by their alias", async () => {
  const driver = await open();
  const { page } = driver;
  await page.getByRole("img", { name: "Message queue maps", exact: true }).waitFor();
  const labels = await page.locator(".task-node").evaluateAll((nodes) => nodes.map((node) => node.ariaLabel));
  expect(labels).toEqual([
    expect.stringMatching(/^Task reco:v2 reconstruct --seed 17/),
    expect.stringMatching(/^Task reco:v2 collect --all /),
  ]);
  expect(await page.evaluate<number>(SMALLEST_TEXT_PX)).toBeGreaterThanOrEqual(11);
  await driver.close();
});

it.each([1280, 390])("keeps fifty tasks legible in %i pixels: they wrap into rows, or scroll", async (width) => {
  const at = scenario.nextAccessPoint();
  const alone = Array.from({ length: 48 }, (_, n) =>
    makeTaskRequestAt([at.location], {
      task_args: n < 46 ? `simulate --part ${n}` : "",
      task_env: { N: `${n}` },
    }),
  );
  const connected = [
    makeTaskRequestAt([at.location], { output_queue_aliases: ["a"] }),
    makeTaskRequestAt([at.location], { input_queue_aliases: ["a"] }),
  ];
  const { workflow: large } = await scenario.submitWorkflow([...alone, ...connected]);
  const driver = await PageDriver.open(browser, scenario.url, { viewport: { width, height: 844 } });
  const { page } = driver;
  await driver.openView(`/workflows/${large.workflow_id}`);
  await page.getByRole("button", { name: /^Task reco:v2.1.0 simulate --part 45 / }).waitFor();
  expect(await page.locator(".task-node").count()).toBe(50);
  // Without arguments, the short id distinguishes a task.
  expect(await page.getByRole("button", { name: /^Task reco:v2.1.0 …[0-9a-f]{8}/ }).count()).toBeGreaterThanOrEqual(2);
  expect(await page.evaluate<number>(SMALLEST_TEXT_PX)).toBeGreaterThanOrEqual(11);
  const boxes = await Promise.all((await page.locator(".task-node").all()).map((node) => node.boundingBox()));
  const known = boxes.filter((box) => box !== null);
  expect(known).toHaveLength(50);
  const overlaps = known.filter((one, n) =>
    known.some(
      (other, m) =>
        m > n &&
        one.x < other.x + other.width &&
        other.x < one.x + one.width &&
        one.y < other.y + other.height &&
        other.y < one.y + one.height,
    ),
  );
  expect(overlaps).toEqual([]);
  if (width > 1000) expect(new Set(known.map(({ y }) => Math.round(y))).size).toBeLessThan(20);
  expect(await driver.horizontalOverflowPx()).toBe(0);
  expect(await driver.findAccessibilityViolations()).toEqual([]);
  await driver.close();
});
