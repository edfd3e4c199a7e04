/**
 * Takes the screenshots of the documentation from a real service with a simulated TMS:
 *
 *   npm run screenshots
 */
import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { openBrowser } from "./browser/chromium.js";
import { capturePage } from "./screenshots/pageScreenshots.js";
import { startBuiltService } from "./startService.js";
import { seededRandom } from "./tms/random.js";
import { createSimulatedTms } from "./tms/simulatedTms.js";

const FOLDER = "docs/images";
const VIEWPORT = { width: 1320, height: 800 };
/** The schedds of the default cluster locations. */
const SCHEDDS = { "test-alpha": "SCHEDD1", "test-beta": "SCHEDD2" };
/** Milliseconds until all taskforces are launched. */
const LAUNCH_TIMEOUT_MS = 30_000;

async function postJson<T>(url: string, path: string, body: unknown): Promise<T> {
  const response = await fetch(url + path, { method: "POST", body: JSON.stringify(body) });
  if (!response.ok) throw new Error(`POST ${path}: ${response.status} ${response.statusText}`);
  return (await response.json()) as T;
}

/** Submits the example of the README to a cluster location. @returns the workflow's id */
async function submitExample(url: string, location: string): Promise<string> {
  const request = JSON.parse(await readFile("examples/workflow.json", "utf8")) as {
    tasks: { cluster_locations: string[] }[];
  };
  const tasks = request.tasks.map((task) => ({ ...task, cluster_locations: [location] }));
  const created = await postJson<{ workflow: { workflow_id: string } }>(url, "/v1/workflows", {
    ...request,
    tasks,
  });
  return created.workflow.workflow_id;
}

/** Waits until all taskforces are launched. */
async function waitUntilLaunched(url: string): Promise<void> {
  const deadline = Date.now() + LAUNCH_TIMEOUT_MS;
  const query = { phase: { $in: ["pre-mq-activation", "pre-launch"] } };
  for (;;) {
    const { taskforces } = await postJson<{ taskforces: unknown[] }>(url, "/v1/query/taskforces", { query });
    if (taskforces.length === 0) return;
    if (Date.now() > deadline) throw new Error("taskforces were not launched in time");
    await wait(50);
  }
}

/** Creates a typical state: taskforces that run, wait, stop, and are dead letters. */
async function populate(url: string): Promise<void> {
  const workflows: string[] = [];
  const locations = Object.keys(SCHEDDS);
  for (let round = 0; round < 4; round++)
    for (const location of locations) workflows.push(await submitExample(url, location));
  await waitUntilLaunched(url);
  for (const schedd of Object.values(SCHEDDS))
    await createSimulatedTms({ url, schedd, failRate: 0.8, random: seededRandom(5) }).drainStarters();
  for (const id of workflows.slice(0, 3)) await postJson(url, `/v1/workflows/${id}/actions/finished`, {});
  for (const location of locations) await submitExample(url, location);
  await waitUntilLaunched(url);
  await createSimulatedTms({ url, schedd: SCHEDDS["test-alpha"] }).leaseStarter();
}

async function captureDashboard(url: string): Promise<void> {
  await mkdir(FOLDER, { recursive: true });
  const browser = await openBrowser();
  try {
    const page = await browser.newPage({ viewport: VIEWPORT, locale: "en-US" });
    const capture = (name: string) => page.screenshot({ path: join(FOLDER, `${name}.png`), animations: "disabled" });

    await page.goto(`${url}/admin/queues`);
    await page.getByRole("main").getByText("starter-SCHEDD1").waitFor();
    await capture("dashboard");

    // One dead letter with its error, another one with its data.
    await page.setViewportSize({ ...VIEWPORT, height: 960 });
    await page.goto(`${url}/admin/queues/queue/starter-SCHEDD1?status=failed`);
    await page.getByRole("tabpanel", { name: "Error" }).first().waitFor();
    await page.getByRole("tab", { name: "Data" }).nth(1).click();
    await page.getByRole("tree").getByText("phase").waitFor();
    await page.getByText("starter-SCHEDD1").first().hover();
    await capture("dead-letters");
  } finally {
    await browser.close();
  }
}

const service = await startBuiltService();
try {
  await populate(service.url);
  await captureDashboard(service.url);
  await capturePage(service.url);
} finally {
  await service.stop();
}
