import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { jobIds } from "../../queues/jobIds.js";
import { makeTaskRequestAt, type ServiceScenario, type TestAccessPoint } from "../../scenarios/serviceScenario.js";
import { closeContexts, sharedBrowser } from "../../setup/browser.js";
import { findKeys } from "../../setup/testRedis.js";
import { startTestService } from "../../setup/testService.js";
import { waitForValue } from "../../setup/waitFor.js";
import { BoardPage, type JobButton, type JobList } from "./boardPage.js";
import {
  CREDENTIALS,
  createDeadTaskforce,
  createDelayedTaskforce,
  type DashboardFixture,
  startDashboardFixture,
} from "./dashboardFixture.js";

let fixture: DashboardFixture;
let scenario: ServiceScenario;
let browser: Browser;
let board: BoardPage;

beforeAll(async () => {
  [fixture, browser] = await Promise.all([startDashboardFixture(), sharedBrowser()]);
  scenario = fixture.scenario;
  board = new BoardPage(await browser.newPage({ locale: "en-US", httpCredentials: CREDENTIALS }), scenario.url);
});

afterAll(async () => {
  await Promise.all([closeContexts(), fixture?.close()]);
});

describe("the dashboard shows", () => {
  it("every queue", async () => {
    const at = scenario.nextAccessPoint();
    await board.openOverview();
    const queues = ["mq-activation", "workflow-deactivation", "status-fanout", "webhook-deliveries"];
    for (const queue of [...queues, `starter-${at.schedd}`, `stopper-${at.schedd}`])
      await board.page.getByRole("main").getByRole("link", { name: queue, exact: true }).waitFor();
  });

  it("the taskforce of a dead letter, its error and a link", async () => {
    const at = scenario.nextAccessPoint();
    const uuid = await createDeadTaskforce(fixture, at, "no such image");
    const { workflow_id, task_id } = await scenario.readTaskforce(uuid);
    await board.openQueue(`starter-${at.schedd}`, "failed");
    await board.page.getByText("pending-starter, priority 50, condor-submit failed 2 times").waitFor();
    await board.page.getByText("no such image").waitFor();
    await board.page.getByRole("tab", { name: "Data" }).click();
    const shown = [workflow_id, task_id, at.schedd, 'phase:"pending-starter"', "priority:50", "failed_submits:2"];
    for (const text of shown) await expect.poll(() => board.jobData().textContent()).toContain(text);

    const link = board.page.getByRole("main").getByRole("link", { name: "taskforce", exact: true });
    const [entity] = await Promise.all([board.page.waitForEvent("popup"), link.click()]);
    await entity.waitForLoadState();
    expect(JSON.parse((await entity.locator("body").textContent()) ?? "")).toMatchObject({
      taskforce_uuid: uuid,
      phase: "pending-starter",
      failed_submits: 2,
      workflow_page: `/admin/workflows/${workflow_id}`,
    });
    await entity.close();
  });

  it("a stopper job that keeps failing, as an error", async () => {
    const at = scenario.nextAccessPoint();
    const { uuid } = await scenario.createInPhase("pending-stopper", at);
    const { stopper } = fixture.queues.forSchedd(at.schedd);
    for (const error of ["schedd is down", "no such cluster"]) {
      await at.createTms.removeFailed(await scenario.leaseToStop(at.createTms), error);
      await (await stopper.queue.getJob(uuid))?.promote();
    }
    await board.openQueue(`stopper-${at.schedd}`);
    await board.page.getByText("pending-stopper, priority 50, condor-rm failed 2 times").waitFor();
    await board.page.getByRole("tab", { name: "Error" }).click();
    await board.page.getByText("condor-rm failed 2 times and is retried: no such cluster").first().waitFor();
  });

  it("the queues of a schedd that another process registered, with special characters in its name", async () => {
    const schedd = "late/ap:9618 @50%";
    await board.openOverview();
    const link = board.page.getByRole("main").getByRole("link", { name: `starter-${schedd}`, exact: true });
    expect(await link.count()).toBe(0);
    const other = await startTestService({
      REDIS_URL: fixture.redisUrl,
      CLUSTER_LOCATIONS: JSON.stringify({ late: { schedd } }),
    });
    const request = { tasks: [makeTaskRequestAt(["late"])], public_queue_aliases: [] };
    await fetch(`${other.url}/v1/workflows`, { method: "POST", body: JSON.stringify(request) });
    await other.close();

    // The page polls.
    await link.click();
    await board.page.getByText("pending-starter, priority 50").waitFor();
    await expect.poll(() => board.jobData().textContent()).toContain(schedd);
    // This process hands it out too.
    const handOut = await scenario.leaseToStart(scenario.tms(schedd));
    expect(handOut.taskforce.schedd).toBe(schedd);
  });
});

it("a link leads to the page of the workflows", async () => {
  await board.openOverview();
  await board.page.getByRole("banner").locator("button[aria-haspopup=menu]").last().click();
  await board.page.getByRole("menuitem", { name: "Workflows", exact: true }).click();
  await board.page.getByRole("heading", { level: 1, name: "Workflows" }).waitFor();
  expect(new URL(board.page.url()).pathname).toBe("/");
});

describe("buttons that are always refused are not shown:", () => {
  it.each([
    ["delayed", ["promote", "remove"], ["duplicate", "update data", "reschedule"]],
    ["failed", ["retry", "remove"], ["duplicate", "update data"]],
    ["prioritized", ["remove"], ["duplicate", "update data", "change priority"]],
  ] as [JobList, JobButton[], JobButton[]][])("on %s jobs", async (list, shown, hidden) => {
    const at = scenario.nextAccessPoint();
    if (list === "delayed") await createDelayedTaskforce(fixture, at);
    else if (list === "failed") await createDeadTaskforce(fixture, at);
    else await scenario.createPending(at);
    await board.openQueue(`starter-${at.schedd}`, list);
    for (const button of shown) await board.jobButton(button).waitFor({ state: "visible" });
    for (const button of hidden) {
      // It is on the page, so this test notices when a later version of the board names it differently.
      expect(await board.jobButton(button).count()).toBe(1);
      expect(await board.jobButton(button).isVisible()).toBe(false);
    }
  });

  it("in the menu of a queue", async () => {
    await board.openQueue(`starter-${scenario.nextAccessPoint().schedd}`);
    await board.openMenu();
    await board.page.getByRole("menuitem", { name: "Pause" }).waitFor();
    const items = board.page.getByRole("menuitem");
    expect(await items.allInnerTexts()).toEqual(["Pause", "Empty", "Obliterate"]);
    const hidden = { includeHidden: true } as const;
    expect(await board.page.getByRole("menuitem", hidden).count()).toBe(6);
  });
});

describe("actions that contradict the phases are refused with a message:", () => {
  let at: TestAccessPoint;
  let delayed: string;

  beforeAll(async () => {
    at = scenario.nextAccessPoint();
    delayed = await createDelayedTaskforce(fixture, at);
  });

  /** Returns the keys of the queue in Redis, without the marker of the stalled check. */
  const contents = async () => {
    const all = await findKeys(fixture.redis, `{wmsq-starter-${at.schedd}}*`);
    const keys = all.filter((key) => !key.endsWith(":stalled-check"));
    const dumps = await Promise.all(keys.sort().map((key) => fixture.redis.dumpBuffer(key)));
    return keys.map((key, index) => `${key} ${dumps[index]?.toString("base64")}`);
  };

  const onJob: [JobButton, string, string, RegExp][] = [
    ["duplicate", "Duplicate", "add job", /cannot be added or duplicated/],
    ["update data", "Update", "edit data", /data cannot be edited/],
    ["reschedule", "Save", "reschedule", /cannot be rescheduled/],
  ];

  it.each(onJob)("%s", async (button, submit, action, message) => {
    await refuses("delayed", () => board.pressOnJob(button), submit, action, message);
  });

  it("change priority", async () => {
    const waitsAt = scenario.nextAccessPoint();
    const { taskforce_uuid } = await scenario.createPending(waitsAt);
    const { queue } = fixture.queues.forSchedd(waitsAt.schedd).starter;
    const rank = async () => (await queue.getJob(taskforce_uuid))?.priority;
    const before = await waitForValue("it waits", rank, (found) => found !== undefined);
    await board.openQueue(queue.name, "prioritized");
    await board.showRefusedButtons();
    await board.pressOnJob("change priority");
    await board.page.getByRole("dialog").getByRole("button", { name: "Save" }).click();
    await expect.poll(() => board.notification().textContent()).toMatch(/priority cannot be changed/);
    expect(await rank()).toBe(before);
    await fixture.waitForAudit("change priority", queue.name);
  });

  const onQueue: [string, string, string, RegExp][] = [
    ["Add job", "Add", "add job", /cannot be added or duplicated/],
    ["Set concurrency", "Save", "put /api/queues/:queueName/concurrency", /does not support this action/],
    ["Set rate limit", "Save", "put /api/queues/:queueName/rate-limit", /does not support this action/],
  ];

  it.each(onQueue)("%s", async (item, submit, action, message) => {
    await refuses("latest", () => board.chooseMenuItem(item), submit, action, message);
  });

  async function refuses(list: JobList, open: () => Promise<void>, submit: string, action: string, message: RegExp) {
    const before = await contents();
    await board.openQueue(`starter-${at.schedd}`, list);
    await board.showRefusedButtons();
    await open();
    await board.page.getByRole("dialog").getByRole("button", { name: submit, exact: true }).click();
    await expect.poll(() => board.notification().textContent()).toMatch(message);
    expect(await contents()).toEqual(before);
    expect((await jobIds(fixture.queues.forSchedd(at.schedd).starter)).live).toEqual(new Set([delayed]));
    expect(await fixture.waitForAudit(action, `starter-${at.schedd}`)).toMatchObject({
      outcome: "refused",
      status: 403,
      refusal: expect.stringMatching(message),
    });
  }
});

it("the browser sent no request to another host and violated no policy", () => {
  expect(board.browserErrors).toEqual([]);
});
