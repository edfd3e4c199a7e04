/**
 * Makes the pictures of the documentation, from a real service that a make-believe TMS works for:
 *
 *   npm run screenshots
 */
import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { openBrowser } from "./browser/chromium.js";
import { photographPage } from "./screenshots/pageScreenshots.js";
import { startService } from "./startService.js";
import { seededRandom } from "./tms/random.js";
import { createTms } from "./tms/simulatedTms.js";

const FOLDER = "docs/images";
const SIZE = { width: 1320, height: 800 };
/** The schedds of the default cluster locations. */
const SCHEDDS = { "test-alpha": "SCHEDD1", "test-beta": "SCHEDD2" };
/** Milliseconds for a start, or for taskforces to be launched. */
const PATIENCE = 30_000;

async function call<T>(url: string, path: string, body: unknown): Promise<T> {
  const response = await fetch(url + path, { method: "POST", body: JSON.stringify(body) });
  if (!response.ok) throw new Error(`POST ${path}: ${response.status} ${response.statusText}`);
  return (await response.json()) as T;
}

/** Submits the example of the README for a place. @returns the workflow's id */
async function submit(url: string, location: string): Promise<string> {
  const request = JSON.parse(await readFile("examples/workflow.json", "utf8")) as {
    tasks: { cluster_locations: string[] }[];
  };
  const tasks = request.tasks.map((task) => ({ ...task, cluster_locations: [location] }));
  const created = await call<{ workflow: { workflow_id: string } }>(url, "/v1/workflows", {
    ...request,
    tasks,
  });
  return created.workflow.workflow_id;
}

/** Waits until no taskforce is on its way to being handed out. */
async function launched(url: string): Promise<void> {
  const deadline = Date.now() + PATIENCE;
  const query = { phase: { $in: ["pre-mq-activation", "pre-launch"] } };
  for (;;) {
    const { taskforces } = await call<{ taskforces: unknown[] }>(url, "/v1/query/taskforces", { query });
    if (taskforces.length === 0) return;
    if (Date.now() > deadline) throw new Error("taskforces are not launched");
    await wait(50);
  }
}

/** Some run, some wait, some failed for good, some are to be stopped: a day like any other. */
async function populate(url: string): Promise<void> {
  const workflows: string[] = [];
  const everywhere = Object.keys(SCHEDDS);
  for (let round = 0; round < 4; round++)
    for (const location of everywhere) workflows.push(await submit(url, location));
  await launched(url);
  for (const schedd of Object.values(SCHEDDS))
    await createTms({ url, schedd, failRate: 0.8, random: seededRandom(5) }).drainStarters();
  for (const id of workflows.slice(0, 3)) await call(url, `/v1/workflows/${id}/actions/finished`, {});
  for (const location of everywhere) await submit(url, location);
  await launched(url);
  await createTms({ url, schedd: SCHEDDS["test-alpha"] }).takeStarter();
}

async function photograph(url: string): Promise<void> {
  await mkdir(FOLDER, { recursive: true });
  const browser = await openBrowser();
  try {
    const page = await browser.newPage({ viewport: SIZE, locale: "en-US" });
    const take = (name: string) =>
      page.screenshot({ path: join(FOLDER, `${name}.png`), animations: "disabled" });

    await page.goto(`${url}/admin/queues`);
    await page.getByRole("main").getByText("starter-SCHEDD1").waitFor();
    await take("dashboard");

    // One of them with the reason, another with what stands behind it.
    await page.setViewportSize({ ...SIZE, height: 960 });
    await page.goto(`${url}/admin/queues/queue/starter-SCHEDD1?status=failed`);
    await page.getByRole("tabpanel", { name: "Error" }).first().waitFor();
    await page.getByRole("tab", { name: "Data" }).nth(1).click();
    await page.getByRole("tree").getByText("phase").waitFor();
    await page.getByText("starter-SCHEDD1").first().hover();
    await take("dead-letters");
  } finally {
    await browser.close();
  }
}

const service = await startService();
try {
  await populate(service.url);
  await photograph(service.url);
  await photographPage(service.url);
} finally {
  await service.stop();
}
