import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { seededRandom } from "../../scripts/tms/random.js";
import { runCli } from "../cli/runCli.js";
import { makeTaskRequestAt, type ServiceScenario, startServiceScenario } from "../scenarios/serviceScenario.js";
import { closeContexts, sharedBrowser } from "../setup/browser.js";
import { PageDriver } from "./pageDriver.js";

/** Milliseconds: each test is a long scenario. */
const TEST_TIMEOUT_MS = 90_000;

let scenario: ServiceScenario;
let browser: Browser;
beforeAll(async () => {
  [scenario, browser] = await Promise.all([startServiceScenario(), sharedBrowser()]);
});
afterAll(() => Promise.all([closeContexts(), scenario?.close()]));

it(
  "shows the life of a workflow without a reload, and aborts it",
  async () => {
    const at = scenario.nextAccessPoint({ random: seededRandom(3) });
    const driver = await PageDriver.open(browser, scenario.url);
    const { page } = driver;
    await driver.openView("/");
    await page.getByText("No workflows yet").waitFor();
    await page.getByText("Live", { exact: true }).waitFor();

    // Submitted by the command line while the list is open.
    const tasks = [
      makeTaskRequestAt([at.location], {
        task_image: "/cvmfs/images/prepare:v1",
        output_queue_aliases: ["pixels"],
        n_workers: 20,
      }),
      makeTaskRequestAt([at.location], {
        task_image: "/cvmfs/images/reco:v2",
        input_queue_aliases: ["pixels"],
        n_workers: 40,
      }),
    ];
    const submitted = await runCli(["submit", "--quiet", "-"], {
      env: { EWMS_URL: scenario.url },
      input: JSON.stringify({ tasks, public_queue_aliases: [] }),
    });
    expect(submitted).toMatchObject({ code: 0, stderr: "" });
    const workflow = submitted.stdout.trim();
    const row = page.getByRole("listitem").filter({ hasText: workflow });
    await row.getByText("waiting to start").waitFor();
    await row.getByText("prepare:v1, reco:v2").waitFor();
    await row.getByRole("link").click();

    // The workflow's view: the graph, the timeline, and the reason of the wait.
    await page.getByRole("heading", { level: 1, name: workflow }).waitFor();
    const reco = page.getByRole("button", { name: /^Task reco:v2/ });
    await reco.waitFor();
    expect(await reco.getAttribute("aria-label")).toContain("waiting");
    await page.getByRole("img", { name: /^Message queue/ }).waitFor();
    await page.getByText(/waiting for schedd access-point/).waitFor();
    const timeline = page.locator(".timeline-row");
    await timeline.nth(1).waitFor();

    // The TMS submits and reports.
    await at.createTms.drainStarters();
    await page.getByRole("button", { name: /^Task reco:v2 .* running/ }).waitFor();
    await timeline.filter({ hasText: "submitted" }).nth(1).waitFor();
    for (let round = 0; round < 3; round++) await at.createTms.advanceAndReport();
    await page.locator(".workers").getByText("RUNNING · Tasking").waitFor();
    expect(await page.locator(".workers .stack .fill-working").count()).toBe(1);

    // The page adds a taskforce.
    await page.getByRole("button", { name: "Add workers…" }).click();
    await page.locator("select[name=task]").selectOption({ label: await labelOf(page, "reco:v2") });
    await page.getByLabel("Workers", { exact: true }).fill("7");
    await page.getByRole("dialog").getByRole("button", { name: "Add workers" }).click();
    await page.getByRole("status").filter({ hasText: "Added 7 workers" }).waitFor();
    await timeline.nth(2).waitFor();

    // The page aborts the workflow, only after a confirmation.
    await page.getByRole("button", { name: "Abort…" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Keep it running" }).click();
    expect((await scenario.readWorkflow(workflow)).deactivated).toBeNull();
    await page.getByRole("button", { name: "Abort…" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Abort the workflow" }).click();
    await page.getByRole("status").filter({ hasText: "Aborted: 3 taskforces to be stopped." }).waitFor();
    await page.getByText("aborted").first().waitFor();
    expect((await scenario.readWorkflow(workflow)).deactivated).toBe("ABORTED");
    expect(await page.getByRole("button", { name: "Abort…" }).count()).toBe(0);

    // The clusters are removed, and so are the bars of their workers.
    const { stdout } = await runCli(["ids", "--taskforces", workflow], { env: { EWMS_URL: scenario.url } });
    for (const uuid of stdout.trim().split("\n")) await scenario.waitForPhase(uuid, "pending-stopper");
    await at.createTms.drainStoppers();
    await at.createTms.advanceAndReport();
    await timeline.filter({ hasText: "completed" }).nth(1).waitFor();
    await page.locator(".workers .stack .fill-working").first().waitFor({ state: "detached" });
    await page
      .locator(".workers")
      .getByText(/REMOVED/)
      .first()
      .waitFor();
    expect(driver.browserErrors).toEqual([]);
    await driver.close();
  },
  TEST_TIMEOUT_MS,
);

const labelOf = async (page: PageDriver["page"], image: string): Promise<string> =>
  (await page.getByRole("option", { name: image }).textContent()) ?? "";

it(
  "shows the results of a search, and a notice if there are none",
  async () => {
    const at = scenario.nextAccessPoint();
    const { workflow } = await scenario.submitWorkflow([
      makeTaskRequestAt([at.location], { task_image: "/cvmfs/images/rare(1)+x:v7" }),
    ]);
    const driver = await PageDriver.open(browser, scenario.url);
    const { page } = driver;
    await driver.openView("/");
    const search = async (text: string) => {
      await page.getByRole("searchbox").fill(text);
      await page.getByRole("searchbox").press("Enter");
    };
    for (const text of [
      "RARE(1)+",
      workflow.workflow_id,
      workflow.workflow_id.replace("WF", "TK"),
      workflow.workflow_id.slice(-6),
    ]) {
      await search(text);
      await page.waitForURL((url) => url.searchParams.get("q") === text);
      await expect.poll(() => page.locator(".workflows > li").count()).toBe(1);
      await page.getByRole("link", { name: workflow.workflow_id }).waitFor();
    }
    await search("no such workflow");
    await page.getByText("No workflow matches").waitFor();
    await page.getByRole("button", { name: "Show all" }).click();
    await page.getByRole("link", { name: workflow.workflow_id }).waitFor();

    await scenario.deactivate(workflow.workflow_id, "finished");
    await page.getByRole("listitem").filter({ hasText: workflow.workflow_id }).getByText("finished").waitFor();
    await page.getByLabel("State").selectOption("active");
    await page.waitForURL(/state=active/);
    await expect.poll(() => page.getByRole("link", { name: workflow.workflow_id }).count()).toBe(0);
    // The URL contains the filters.
    await page.reload();
    expect(await page.getByLabel("State").inputValue()).toBe("active");
    expect(driver.browserErrors).toEqual([]);
    await driver.close();
  },
  TEST_TIMEOUT_MS,
);
