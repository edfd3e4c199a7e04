import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makeTaskRequestAt, type ServiceScenario } from "../scenarios/serviceScenario.js";
import { sendRequest } from "../setup/http.js";
import { waitForValue } from "../setup/waitFor.js";
import type { PageDriver } from "./pageDriver.js";
import { SignedInService } from "./signedInService.js";

const TEST_TIMEOUT_MS = 90_000;
const WORKFLOWS = 300;
const claimsOf = (sub: string) => ({ sub, name: `${sub} of IceCube` });

let service: SignedInService;
let scenario: ServiceScenario;
const tokens: Record<string, string> = {};
/** The one workflow that the tests look for, in the middle of the others. */
let mine: { id: string; uuid: string; location: string };

interface CreateOptions {
  owner: string;
  name?: string;
  labels?: string;
  task?: Parameters<typeof makeTaskRequestAt>[1];
}

async function create(location: string, { owner, name, labels, task }: CreateOptions) {
  const { status, body } = await sendRequest<{
    workflow: { workflow_id: string };
    taskforces: { taskforce_uuid: string }[];
  }>(`${scenario.url}/v1/workflows`, {
    method: "POST",
    body: { tasks: [makeTaskRequestAt([location], task)], public_queue_aliases: [] },
    headers: {
      authorization: `Bearer ${tokens[owner]}`,
      ...(name !== undefined && { "ewms-name": name }),
      ...(labels !== undefined && { "ewms-labels": labels }),
    },
  });
  expect(status).toBe(200);
  return { id: body.workflow.workflow_id, uuid: body.taskforces[0]?.taskforce_uuid ?? "" };
}

beforeAll(async () => {
  service = await SignedInService.start(claimsOf("ben"), { RATE_LIMIT_PER_MINUTE: "100000" });
  scenario = service.scenario;
  tokens["ben"] = service.token;
  tokens["ada"] = await service.idp.signToken({ ...claimsOf("ada"), ewms_role: "user" });
  const [crowd, own] = [scenario.nextAccessPoint(), scenario.nextAccessPoint()];
  for (let n = 0; n < WORKFLOWS; n++)
    if (n === WORKFLOWS / 2) {
      const task = { task_image: "/cvmfs/images/millipede:v9", task_args: "--ice ftp-v3" };
      const made = await create(own.location, {
        owner: "ada",
        name: "Neutrino of the year",
        labels: "season=IC86",
        task,
      });
      await own.createTms.submit(await scenario.leaseToStart(own.createTms), { cluster_id: 424242 });
      mine = { ...made, location: own.location };
    } else await create(crowd.location, { owner: "ben", name: `Background ${n}`, labels: `run=${n % 10}` });
  // A schedd that no TMS has polled is an alert above the list.
  await crowd.createTms.submit(await scenario.leaseToStart(crowd.createTms));
}, 180_000);
afterAll(() => service?.close());

/** Opens the list, signed in as a person. */
async function openList(path = "/", role = "user", options = {}): Promise<PageDriver> {
  const viewport = { width: 1440, height: 900 };
  const driver = await service.open(path, { ...claimsOf("ada"), ewms_role: role }, { viewport, ...options });
  await driver.page.locator(".workflows > li").first().waitFor();
  return driver;
}

const rowsOf = (page: Page) => page.locator(".workflows > li");
const titlesOf = (page: Page) => page.locator(".workflows .row-link").allInnerTexts();

const search = async (page: Page, text: string) => {
  await page.getByRole("searchbox").fill(text);
  await page.getByRole("searchbox").press("Enter");
};

describe("a physicist finds the own workflow among 300", () => {
  it.each<[string, (page: Page) => Promise<unknown>]>([
    ["by owner", (page) => page.getByRole("combobox", { name: /^Owner/ }).selectOption("me")],
    ["by name", (page) => search(page, "neutrino year")],
    ["by the uuid of its taskforce", (page) => search(page, mine.uuid)],
    ["by its HTCondor cluster", (page) => search(page, "424242")],
    ["by image and arguments", (page) => search(page, "millipede ftp-v3")],
    ["by location", (page) => search(page, mine.location)],
  ])("%s", async (_, find) => {
    const driver = await openList();
    await find(driver.page);
    await expect.poll(() => titlesOf(driver.page)).toEqual(["Neutrino of the year"]);
    await driver.page.getByRole("link", { name: "Neutrino of the year" }).click();
    await driver.page.getByRole("heading", { level: 1, name: mine.id }).waitFor();
    expect(driver.browserErrors).toEqual([]);
    await driver.close();
  });

  it("by a label, which is a link in its row", async () => {
    const driver = await openList("/?owner=ada");
    await driver.page.getByRole("link", { name: "season=IC86" }).click();
    await driver.page.waitForURL(/label=season%3DIC86/);
    await driver.page.getByRole("button", { name: "Remove the filter owner ada" }).click();
    await driver.page.waitForURL((url) => url.search === "?label=season%3DIC86");
    await expect.poll(() => titlesOf(driver.page)).toEqual(["Neutrino of the year"]);
    await driver.close();
  });
});

it("shows at least 14 rows on a screen of 1440 × 900, and is accessible", async () => {
  for (const colorScheme of ["light", "dark"] as const) {
    const driver = await openList("/", "user", { colorScheme });
    const bottoms = await rowsOf(driver.page).evaluateAll((rows) =>
      (rows as unknown as { getBoundingClientRect(): { bottom: number } }[]).map(
        (row) => row.getBoundingClientRect().bottom,
      ),
    );
    expect(bottoms.filter((bottom) => bottom <= 900).length).toBeGreaterThanOrEqual(14);
    expect(await driver.findAccessibilityViolations()).toEqual([]);
    await driver.close();
  }
});

it("a phone of 390 pixels shows all of a row, without a horizontal scroll", async () => {
  const driver = await openList("/?owner=ada", "user", { viewport: { width: 390, height: 844 } });
  const row = rowsOf(driver.page).first();
  for (const text of ["Neutrino of the year", mine.id, "millipede:v9", "season=IC86", "submitted"])
    await row.getByText(text).first().waitFor();
  expect(await driver.horizontalOverflowPx()).toBe(0);
  await driver.close();
});

it(
  "Back, a reload and a shared address restore filters, page and scroll position",
  async () => {
    const driver = await openList("/?owner=ben&sort=created");
    const { page } = driver;
    const firstPage = await titlesOf(page);
    await page.getByRole("link", { name: "Next page" }).click();
    await page.waitForURL(/after=/);
    const secondPage = await waitForValue(
      "the second page",
      () => titlesOf(page),
      (titles) => titles.length === 50 && titles[0] !== firstPage[0],
    );
    expect(new Set([...firstPage, ...secondPage]).size).toBe(100);

    // Scrolls down, opens a workflow, and comes back.
    const target = page.locator(".row-link").nth(40);
    await target.scrollIntoViewIfNeeded();
    await expect
      .poll(() => page.evaluate<boolean>("history.state?.scrollTop === window.scrollY && window.scrollY > 0"))
      .toBe(true);
    const scrollTop = await page.evaluate<number>("window.scrollY");
    const address = page.url();
    await target.click();
    await page.getByRole("heading", { level: 1, name: /^Workflow/ }).waitFor();
    await page.goBack();
    await expect.poll(() => titlesOf(page)).toEqual(secondPage);
    await expect.poll(() => page.evaluate<number>("window.scrollY")).toBe(scrollTop);
    await page.reload();
    await expect.poll(() => page.evaluate<number>("window.scrollY")).toBe(scrollTop);
    expect(await titlesOf(page)).toEqual(secondPage);

    const shared = await openList(address.slice(scenario.url.length));
    expect(await titlesOf(shared.page)).toEqual(secondPage);
    await shared.page.getByRole("button", { name: "Remove the filter owner ben" }).waitFor();
    await shared.close();
    await page.getByRole("link", { name: "First page" }).click();
    await expect.poll(() => titlesOf(page)).toEqual(firstPage);
    await driver.close();
  },
  TEST_TIMEOUT_MS,
);

it("a view is saved under a name, opened and removed", async () => {
  const driver = await openList("/?label=run%3D3&sort=workers");
  const { page } = driver;
  await page.getByRole("button", { name: "Save this view…" }).click();
  await page.getByLabel("Name", { exact: true }).fill("Run 3");
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await driver.openView("/");
  await page.getByRole("link", { name: "Run 3" }).click();
  await page.waitForURL(/sort=workers/);
  expect(await page.getByLabel("Order").inputValue()).toBe("workers");
  await page.getByRole("button", { name: "Remove this view" }).click();
  await expect.poll(() => page.getByRole("link", { name: "Run 3" }).count()).toBe(0);
  await driver.close();
});

it(
  "several workflows are labelled, the label is taken back, and they are aborted after a confirmation",
  async () => {
    const names = ["Doomed 1", "Doomed 2", "Doomed 3"];
    const at = scenario.nextAccessPoint();
    const doomed: { id: string }[] = [];
    for (const name of names) doomed.push(await create(at.location, { owner: "ben", name }));
    const driver = await openList("/?q=doomed");
    const { page } = driver;
    await page.getByRole("checkbox", { name: "Select all" }).check();
    await page.getByRole("button", { name: "Label…" }).click();
    await page.getByLabel("Label, such as").fill("fate=sealed");
    await page.getByRole("button", { name: "Add the label" }).click();
    await page.getByText("Labelled: 3 workflows").waitFor();
    await expect.poll(() => page.getByRole("link", { name: "fate=sealed" }).count()).toBe(3);
    await page.getByRole("button", { name: "Undo" }).click();
    await expect.poll(() => page.getByRole("link", { name: "fate=sealed" }).count()).toBe(0);

    await page.getByRole("checkbox", { name: "Select Doomed 1" }).check();
    await page.getByRole("checkbox", { name: "Select Doomed 3" }).check();
    await page.getByRole("button", { name: "Abort…" }).click();
    const affected = page.getByRole("dialog").getByRole("list", { name: "Affected workflows" });
    const texts = await affected.getByRole("listitem").allInnerTexts();
    expect(texts.map((text) => text.slice(0, 8))).toEqual(["Doomed 3", "Doomed 1"]);
    expect(await driver.findAccessibilityViolations()).toEqual([]);
    await page.getByRole("button", { name: "Keep them running" }).click();
    const deactivated = async () =>
      Promise.all(doomed.map(async ({ id }) => (await scenario.readWorkflow(id)).deactivated));
    expect(await deactivated()).toEqual([null, null, null]);
    await page.getByRole("button", { name: "Abort…" }).click();
    await page.getByRole("button", { name: "Abort 2 workflows" }).click();
    await page.getByText("Aborted: 2 workflows").waitFor();
    await waitForValue("aborted", deactivated, (found) => found.join() === "ABORTED,,ABORTED");
    await expect.poll(() => rowsOf(page).getByText("aborted").count()).toBe(2);
    expect(driver.browserErrors).toEqual([]);
    await driver.close();
  },
  TEST_TIMEOUT_MS,
);

it("a viewer can't select workflows", async () => {
  const driver = await openList("/", "viewer");
  expect(await driver.page.getByRole("checkbox").count()).toBe(0);
  await driver.close();
});

it("the list works by keys alone", async () => {
  const driver = await openList();
  const { page } = driver;
  const focused = () => page.evaluate<string>("document.activeElement.textContent");
  const [first, second] = await titlesOf(page);
  await page.keyboard.press("j");
  expect(await focused()).toBe(first);
  await page.keyboard.press("j");
  expect(await focused()).toBe(second);
  await page.keyboard.press("k");
  expect(await focused()).toBe(first);
  await page.keyboard.press("?");
  await page.getByRole("dialog", { name: "Keys" }).waitFor();
  await page.keyboard.press("Escape");
  await page.keyboard.press("/");
  await page.keyboard.type("neutrino j");
  await page.keyboard.press("Enter");
  await page.waitForURL(/q=neutrino\+j/);
  await page.getByText("No workflow matches").waitFor();
  await page.keyboard.press("/");
  await page.keyboard.type("neutrino");
  await page.keyboard.press("Enter");
  await expect.poll(() => titlesOf(page)).toEqual(["Neutrino of the year"]);
  await page.getByRole("heading", { level: 1 }).focus();
  await page.keyboard.press("j");
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { level: 1, name: mine.id }).waitFor();
  await driver.close();
});

it("times are shown in UTC on request, and stay so", async () => {
  const driver = await openList("/", "user", { timezoneId: "America/Chicago" });
  const { page } = driver;
  const exactTime = () => rowsOf(page).first().locator("time").first().getAttribute("title");
  expect(await exactTime()).toMatch(/\d{4}, \d\d:\d\d:\d\d (GMT-[56]|C[SD]T)$/);
  await page.getByRole("button", { name: "Local times" }).click();
  await expect.poll(exactTime).toMatch(/UTC$/);
  await page.reload();
  await page.getByRole("button", { name: "Times in UTC" }).waitFor();
  await driver.close();
});
