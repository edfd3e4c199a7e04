import { readFileSync } from "node:fs";
import type { BrowserContextOptions } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { CreateWorkflowRequest } from "../../src/domain/requestSchemas.js";
import { makeTaskRequestAt, type ServiceScenario } from "../scenarios/serviceScenario.js";
import { sendRequest } from "../setup/http.js";
import type { PageDriver } from "./pageDriver.js";
import { SignedInService } from "./signedInService.js";

const TEST_TIMEOUT_MS = 90_000;
const EXAMPLE = readFileSync("examples/workflow.json", "utf8");

const ADA = { sub: "ada", name: "Ada Lovelace" };

let service: SignedInService;
let scenario: ServiceScenario;

beforeAll(async () => {
  const locations = { osg: { schedd: "grid" }, alpha: { schedd: "alpha-ap" } };
  service = await SignedInService.start(ADA, { CLUSTER_LOCATIONS: JSON.stringify(locations) });
  scenario = service.scenario;
}, 120_000);
afterAll(() => service?.close());

/** Opens a view, signed in with a role. */
const open = (path: string, { role = "user", ...options }: BrowserContextOptions & { role?: string } = {}) =>
  service.open(path, { ...ADA, ewms_role: role }, options);

const read = async <T>(path: string): Promise<T> =>
  (await sendRequest<T>(scenario.url + path, { headers: { authorization: `Bearer ${service.token}` } })).body;
const countWorkflows = async () => (await read<{ workflows: object[] }>("/v1/workflows?limit=200")).workflows.length;

const editorOf = ({ page }: PageDriver) => page.getByRole("textbox", { name: "Request in JSON or YAML" });
const submitOf = ({ page }: PageDriver) => page.getByRole("button", { name: "Submit the workflow" });

/** Waits for the link to the new workflow. */
async function createdId({ page }: PageDriver): Promise<string> {
  const link = page.getByRole("status").getByRole("link", { name: /^WF-/ });
  await link.waitFor();
  return (await link.allInnerTexts())[0] ?? "";
}

describe("the view of a submission", () => {
  it(
    "checks the example while it is edited, and creates it once",
    async () => {
      const driver = await open("/");
      const { page } = driver;
      await page.getByRole("link", { name: "Submit", exact: true }).click();
      await page.getByRole("button", { name: "Use the example" }).click();
      await page.getByText("The request matches the schema.").waitFor();
      const text = await editorOf(driver).inputValue();
      expect(JSON.parse(text)).toEqual(JSON.parse(EXAMPLE));

      const wrong = text.replace('"n_workers": 5,', "").replace('"n_workers": 5', '"n_workers": "five"');
      await editorOf(driver).fill(wrong);
      await page.getByText("tasks[0].n_workers: expected integer or null, got string").waitFor();
      expect(await submitOf(driver).isDisabled()).toBe(true);
      const line = wrong.split("\n").findIndex((each) => each.includes('"five"')) + 1;
      await page.getByRole("button", { name: `Line ${line}`, exact: true }).click();
      expect(await page.evaluate<string>("getSelection().toString()")).toContain('"five"');

      // A location that only the service refuses.
      await editorOf(driver).fill(text.replace('"osg"', '"nowhere"'));
      await page.getByText("The request matches the schema.").waitFor();
      await submitOf(driver).click();
      await page.getByText(/tasks\[0\]\.cluster_locations\[0\]: condor cluster location not found: nowhere/).waitFor();
      const at = text.split("\n").findIndex((each) => each.includes('"osg"')) + 1;
      await page.getByRole("button", { name: `Line ${at}`, exact: true }).waitFor();

      await editorOf(driver).fill(text);
      await page.getByLabel("Name").fill("Kaskaden für IC86");
      await page.getByLabel(/^Labels/).fill("season=IC86, mc=1");
      const before = await countWorkflows();
      await submitOf(driver).click();
      const id = await createdId(driver);
      await submitOf(driver).click();
      await submitOf(driver).and(page.locator(":enabled")).waitFor();
      expect(await createdId(driver)).toBe(id);
      expect(await countWorkflows()).toBe(before + 1);
      expect(await read(`/v1/workflows/${id}/annotations`)).toMatchObject({
        name: "Kaskaden für IC86",
        labels: { season: "IC86", mc: "1" },
        owner: { subject: "ada" },
      });
      await page.getByRole("link", { name: id }).click();
      await page.getByRole("heading", { level: 1, name: `Workflow Kaskaden für IC86 ${id}` }).waitFor();
      expect(driver.browserErrors).toEqual([]);
      await driver.close();
    },
    TEST_TIMEOUT_MS,
  );

  it("accepts a file in YAML, and suggests keys and locations at the cursor", async () => {
    const driver = await open("/submit");
    const { page } = driver;
    const yaml = [
      "public_queue_aliases: []",
      "tasks:",
      "  - cluster_locations: [a]",
      "    task_image: reco:v1",
      '    task_args: "--all"',
      "    input_queue_aliases: []",
      "    output_queue_aliases: []",
      "    worker_config:",
      "      do_transfer_worker_stdouterr: no",
      "      max_worker_runtime: 60",
      "      n_cores: 1",
      "      priority: 1",
      "      worker_disk: 1GB",
      "      worker_memory: 1GB",
      '      condor_requirements: ""',
      "",
    ].join("\n");
    await page.getByLabel("From a file").setInputFiles({
      name: "workflow.yaml",
      mimeType: "application/yaml",
      buffer: Buffer.from(yaml),
    });
    await page.getByText("tasks[0].worker_config.do_transfer_worker_stdouterr: expected boolean, got string").waitFor();
    await page.getByRole("button", { name: "Line 9", exact: true }).waitFor();
    await editorOf(driver).fill(yaml.replace(": no", ": false"));

    const cursor = yaml.indexOf("[a]") + 2;
    await editorOf(driver).evaluate((area, at) => (area as unknown as HTMLInput).setSelectionRange(at, at), cursor);
    await page.getByRole("button", { name: "Suggest at the cursor" }).click();
    await page.getByRole("button", { name: "alpha alpha: alpha-ap, no TMS polls" }).waitFor();
    expect(await driver.findAccessibilityViolations()).toEqual([]);
    await page.keyboard.press("Enter");
    await editorOf(driver).press("Control+End");
    await editorOf(driver).press("Control+Space");
    await page.getByRole("button", { name: /^priority/ }).waitFor();
    await page.keyboard.press("Enter");
    await page.keyboard.type("70");
    expect(await editorOf(driver).inputValue()).toBe(
      `${yaml.replace(": no", ": false").replace("[a]", "[alpha]")}priority: 70`,
    );
    await submitOf(driver).click();
    const id = await createdId(driver);
    expect(await read(`/v1/workflows/${id}`)).toMatchObject({ priority: 70 });
    expect(driver.browserErrors).toEqual([]);
    await driver.close();
  });

  it("names the line of a text that is neither JSON nor YAML", async () => {
    const driver = await open("/submit");
    await editorOf(driver).fill('{\n  "tasks": [,\n}');
    await driver.page.getByText(/neither JSON nor YAML/).waitFor();
    await driver.page.getByRole("button", { name: "Line 2", exact: true }).waitFor();
    await driver.close();
  });

  it("is for operators, too", async () => {
    const driver = await open("/submit", { role: "operator" });
    await driver.page.getByRole("button", { name: "Use the example" }).click();
    await driver.page.getByText("The request matches the schema.").waitFor();
    await submitOf(driver).click();
    expect(await createdId(driver)).toMatch(/^WF-/);
    await driver.close();
  });

  it("clones a workflow with an edit, also after its end", async () => {
    const tasks = [makeTaskRequestAt(["osg", "alpha"], { n_workers: 4, output_queue_aliases: ["out"] })];
    const original = await scenario.submitWorkflow(tasks, { public_queue_aliases: ["out"] });
    const { workflow_id } = original.workflow;
    await scenario.request("PUT", `/v1/workflows/${workflow_id}/annotations`, {
      name: "First try",
      labels: { a: "1" },
    });
    await scenario.request("POST", `/v1/workflows/${workflow_id}/actions/abort`);
    const driver = await open(`/workflows/${workflow_id}`);
    const { page } = driver;
    await page.getByRole("link", { name: "Clone…" }).click();
    await page.waitForURL(/\/submit\?clone=WF-/);
    await page.getByText("The request matches the schema.").waitFor();
    expect([await page.getByLabel("Name").inputValue(), await page.getByLabel(/^Labels/).inputValue()]).toEqual([
      "First try",
      "a=1",
    ]);
    const text = await editorOf(driver).inputValue();
    await editorOf(driver).fill(text.replace('"n_workers": 4', '"n_workers": 9'));
    await page.getByLabel("Name").fill("Second try");
    await submitOf(driver).click();
    const id = await createdId(driver);
    expect(id).not.toBe(workflow_id);
    const [mine, theirs] = await Promise.all(
      [id, workflow_id].map((each) => read<CreateWorkflowRequest>(`/v1/workflows/${each}/request`)),
    );
    expect(mine).toEqual({ ...theirs, tasks: theirs?.tasks.map((task) => ({ ...task, n_workers: 9 })) });
    expect(driver.browserErrors).toEqual([]);
    await driver.close();
  });

  it("is accessible in both themes, and fits a phone", async () => {
    for (const colorScheme of ["light", "dark"] as const) {
      const driver = await open("/submit", { colorScheme });
      await driver.page.getByRole("button", { name: "Use the example" }).click();
      await driver.page.getByText("The request matches the schema.").waitFor();
      await editorOf(driver).fill("{}");
      await driver.page.getByText("tasks: missing field").waitFor();
      expect(await driver.findAccessibilityViolations()).toEqual([]);
      await driver.close();
    }
    const phone = await open("/submit", { viewport: { width: 390, height: 844 } });
    await phone.page.getByRole("button", { name: "Use the example" }).click();
    await phone.page.getByText("The request matches the schema.").waitFor();
    expect(await phone.horizontalOverflowPx()).toBe(0);
    await phone.close();
  });
});

/** The part of an element that a test calls in the browser. */
interface HTMLInput {
  setSelectionRange(start: number, end: number): void;
}

describe("the annotations of a workflow", () => {
  const create = async () => (await scenario.submitWorkflow([makeTaskRequestAt(["alpha"])])).workflow.workflow_id;

  it("are edited, and a change is taken back", async () => {
    const id = await create();
    const driver = await open(`/workflows/${id}`);
    const { page } = driver;
    const card = page.locator("section").filter({ has: page.getByRole("heading", { name: "About" }) });
    await card.getByText("Ada Lovelace").waitFor();
    const edit = async (name: string, labels: string, note: string) => {
      await card.getByRole("button", { name: "Edit…" }).click();
      await page.getByRole("dialog").getByLabel("Name").fill(name);
      await page
        .getByRole("dialog")
        .getByLabel(/^Labels/)
        .fill(labels);
      await page.getByRole("dialog").getByLabel("Note").fill(note);
      expect(await driver.findAccessibilityViolations()).toEqual([]);
      await page.getByRole("button", { name: "Save" }).click();
    };
    await edit("Cascades", "season=IC86, urgent", "Ask Ben\nfirst.");
    await page.getByRole("heading", { level: 1, name: `Workflow Cascades ${id}` }).waitFor();
    await card.getByText("Ask Ben").waitFor();
    await card.getByRole("link", { name: "season=IC86" }).waitFor();
    await edit("Showers", "a b=1", "");
    await page
      .getByRole("dialog")
      .getByText(/^labels.*must consist of/)
      .waitFor();
    await page
      .getByRole("dialog")
      .getByLabel(/^Labels/)
      .fill("season=IC86");
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByRole("heading", { level: 1, name: `Workflow Showers ${id}` }).waitFor();
    await card.getByRole("button", { name: "Undo" }).click();
    await page.getByRole("heading", { level: 1, name: `Workflow Cascades ${id}` }).waitFor();
    expect(await read(`/v1/workflows/${id}/annotations`)).toMatchObject({
      name: "Cascades",
      labels: { season: "IC86", urgent: "" },
      note: "Ask Ben\nfirst.",
    });
    expect(await card.getByRole("button", { name: "Undo" }).count()).toBe(0);
    expect(driver.browserErrors).toEqual([]);
    await driver.close();
  });

  it("a viewer sees them, and has no submission, clone or edit", async () => {
    const id = await create();
    const driver = await open(`/workflows/${id}`, { role: "viewer" });
    const { page } = driver;
    await page.getByText("Ada Lovelace").first().waitFor();
    expect(await page.getByRole("button", { name: "Edit…" }).count()).toBe(0);
    expect(await page.getByRole("link", { name: /Clone|Submit/ }).count()).toBe(0);
    await driver.openView("/submit");
    await page.getByText("This needs the role user or operator.").waitFor();
    expect(await page.getByRole("textbox").count()).toBe(0);
    await driver.close();
  });
});

it("workers are added at any location of the service", async () => {
  const { workflow } = await scenario.submitWorkflow([makeTaskRequestAt(["alpha"])]);
  const driver = await open(`/workflows/${workflow.workflow_id}`, { viewport: { width: 390, height: 844 } });
  const { page } = driver;
  await page.getByRole("button", { name: "Add workers…" }).click();
  const offered = page.locator("#locations option");
  await expect.poll(() => offered.count()).toBe(2);
  expect(await offered.evaluateAll((all) => all.map((each) => (each as unknown as { value: string }).value))).toEqual([
    "alpha",
    "osg",
  ]);
  expect(await page.getByLabel("Cluster location").inputValue()).toBe("alpha");
  await page.getByLabel("Cluster location").fill("osg");
  await page.getByRole("dialog").getByRole("button", { name: "Add workers" }).click();
  await page.getByText("Added 1 worker as taskforce").waitFor();
  expect(await driver.horizontalOverflowPx()).toBe(0);
  await driver.close();
});
