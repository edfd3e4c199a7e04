import { afterAll, beforeAll, expect, it } from "vitest";
import { makeTaskRequestAt } from "../scenarios/serviceScenario.js";
import type { PageDriver } from "./pageDriver.js";
import { SignedInService } from "./signedInService.js";

let service: SignedInService;
/** A workflow with a dead letter, the schedd of the dead letter, and a stray cluster of another workflow. */
let deadLetter: { workflow: string; schedd: string };
let stray: { workflow: string };

beforeAll(async () => {
  service = await SignedInService.start({ sub: "user" }, { TMS_ACTION_RETRIES: "0", TMS_RETRY_WAIT: "0" });
  const { scenario } = service;
  const at = scenario.nextAccessPoint();
  const { workflow } = await scenario.submitWorkflow([makeTaskRequestAt([at.location])]);
  await at.createTms.submitFailed(await scenario.leaseToStart(at.createTms), "no space left");
  deadLetter = { workflow: workflow.workflow_id, schedd: at.schedd };
  const other = scenario.nextAccessPoint();
  const running = await scenario.createRunning(other);
  await expect(other.createTms.submit(running.handOut, { cluster_id: 9001 })).rejects.toThrow();
  stray = { workflow: running.workflowId };
});
afterAll(() => service?.close());

/** The buttons that change something, and the links to pages under `/admin`, on the views of the page. */
async function offersOf(driver: PageDriver) {
  const { page } = driver;
  const changes = /^(Add workers|Finish|Abort|Retry|Dismiss)/;
  const offers = async (path: string, shown: string | RegExp) => {
    await driver.openView(path);
    await page.getByText(shown).first().waitFor();
    return {
      buttons: (await page.getByRole("button").allInnerTexts()).filter((text) => changes.test(text)),
      adminLinks: await page.locator('a[href*="/admin"]').count(),
    };
  };
  return {
    list: await offers("/", deadLetter.workflow),
    workflow: await offers(`/workflows/${deadLetter.workflow}`, /dead letter/i),
    stray: await offers(`/workflows/${stray.workflow}`, "Cluster 9001"),
    schedd: await offers(`/schedds/${deadLetter.schedd}`, /dead letter/i),
    system: await offers("/system", "Processes"),
  };
}

const WORKFLOW_BUTTONS = ["Add workers…", "Finish…", "Abort…"];

it.each([
  { role: "viewer", workflow: [], retry: [], dismiss: [], connection: "Live", seesActs: true },
  { role: "user", workflow: WORKFLOW_BUTTONS, retry: [], dismiss: [], connection: "Live", seesActs: false },
  {
    role: "operator",
    workflow: WORKFLOW_BUTTONS,
    retry: ["Retry"],
    dismiss: ["Dismiss…"],
    connection: "Live",
    seesActs: true,
  },
])(
  "signed in as $role, the page has the buttons and links of this role",
  async ({ role, workflow, retry, dismiss, ...shown }) => {
    const { url } = service.scenario;
    const driver = await service.open("/", { sub: "4711", preferred_username: "ada", ewms_role: role });
    const { page } = driver;
    await page.getByText(`ada (4711), ${role}`, { exact: true }).waitFor();
    await page.locator("header").getByText(shown.connection, { exact: true }).waitFor();
    expect(await driver.findAccessibilityViolations()).toEqual([]);

    const offers = await offersOf(driver);
    const { list, system, schedd } = offers;
    expect(list.buttons).toEqual([]);
    expect(offers.workflow.buttons.toSorted()).toEqual([...workflow, ...retry].toSorted());
    expect(offers.stray.buttons.toSorted()).toEqual([...workflow, ...dismiss].toSorted());
    expect(schedd.buttons).toEqual([]);
    expect(system.buttons).toEqual(dismiss);
    const isOperator = role === "operator";
    for (const { adminLinks } of Object.values(offers))
      if (isOperator) expect(adminLinks).toBeGreaterThan(0);
      else expect(adminLinks).toBe(0);
    expect(await page.getByRole("heading", { name: "Operators' acts" }).count()).toBe(shown.seesActs ? 1 : 0);

    // The buttons of the role work.
    await driver.openView(`/workflows/${deadLetter.workflow}`);
    if (isOperator) {
      await page.getByRole("button", { name: "Retry" }).click();
      await page.getByText("Retried: 1 taskforce.").waitFor();
    } else if (role === "user") {
      await page.getByRole("button", { name: "Add workers…" }).click();
      await page.getByRole("dialog").getByRole("button", { name: "Add workers" }).click();
      await page.getByText("Added 1 worker as taskforce").waitFor();
    }
    // What the role may not do is a page that says so.
    await page.goto(`${url}/admin/queues`);
    if (isOperator) await page.getByText("mq-activation").first().waitFor();
    else {
      await page.getByText(`you are signed in as ada (4711) with the role ${role}`).waitFor();
      await page.getByRole("link", { name: "Workflows and schedds" }).click();
      await page.getByRole("heading", { level: 1, name: "Workflows" }).waitFor();
    }
    expect(driver.browserErrors).toEqual([]);

    await page.goto(`${url}/schedds`);
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.getByRole("heading", { name: "Signed out" }).waitFor();
    await driver.close();
  },
);
