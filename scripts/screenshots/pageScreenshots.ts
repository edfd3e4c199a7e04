import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { BrowserContextOptions, Page } from "playwright-core";
import { openBrowser } from "../browser/chromium.js";
import { seededRandom } from "../tms/random.js";
import { createSimulatedTms } from "../tms/simulatedTms.js";

const FOLDER = "docs/screenshots";
const DESKTOP_VIEWPORT = { width: 1180, height: 820 };
const PHONE_VIEWPORT = { width: 360, height: 740 };
/** The schedd of the example, which the screenshots of the dashboard do not use. */
const SCHEDD = "grid-submitter.icecube.wisc.edu";
/** Rounds of the simulated pool until it has every kind of worker. */
const POOL_ROUNDS = 7;

/** Submits the README's example. @returns the workflow's id */
async function submitExample(url: string): Promise<string> {
  const body = await readFile("examples/workflow.json", "utf8");
  const response = await fetch(`${url}/v1/workflows`, { method: "POST", body });
  const { workflow } = (await response.json()) as { workflow: { workflow_id: string } };
  return workflow.workflow_id;
}

/** Submits the README's example and simulates its workers. @returns the workflow's id */
async function runExample(url: string): Promise<string> {
  const id = await submitExample(url);
  const tms = createSimulatedTms({ url, schedd: SCHEDD, random: seededRandom(11) });
  while ((await tms.drainStarters()) === 0);
  await tms.drainStarters();
  for (let round = 0; round < POOL_ROUNDS; round++) await tms.advanceAndReport();
  return id;
}

interface PageScreenshot {
  name: string;
  path: string;
  /** A text of the loaded view. */
  shows: string;
  /** Whether the picture shows the parts below the window too. */
  fullPage?: boolean;
  context: BrowserContextOptions;
}

/**
 * Creates a workflow that needs attention: one taskforce runs, and HTCondor also runs a stray cluster of it; the other one is
 * a dead letter.
 *
 * @returns the workflow's id
 */
async function createTrouble(url: string): Promise<string> {
  const id = await submitExample(url);
  const tms = createSimulatedTms({ url, schedd: SCHEDD, random: seededRandom(3) });
  let handOut = await tms.leaseStarter();
  while (handOut === undefined) handOut = await tms.leaseStarter();
  await tms.submit(handOut);
  for (let round = 0; round < POOL_ROUNDS; round++) await tms.advanceAndReport();
  await tms.submit(handOut, { cluster_id: 9273 }).catch(ignoreRejection);
  for (;;) {
    const failing = await tms.leaseStarter();
    if (failing !== undefined) await tms.submitFailed(failing, "condor_submit: No space left on device");
    const { findings } = await readDiagnosis(url, id);
    if (findings.some(({ code }) => code === "dead-letters")) return id;
  }
}

/** The service rejects the report of a second cluster. */
const ignoreRejection = () => undefined;

async function readDiagnosis(url: string, workflow: string): Promise<{ findings: { code: string }[] }> {
  return (await (await fetch(`${url}/v1/workflows/${workflow}/diagnosis`)).json()) as { findings: { code: string }[] };
}

/** Pauses a queue on the dashboard, as its button does. */
async function pauseQueue(url: string, queue: string): Promise<void> {
  const headers = { origin: url, "sec-fetch-site": "same-origin" };
  const response = await fetch(`${url}/admin/queues/api/queues/${queue}/pause`, { method: "PUT", headers });
  if (!response.ok) throw new Error(`pause of ${queue}: ${response.status} ${response.statusText}`);
}

/** Takes screenshots of the page of a populated service: light, dark, and on a phone. */
export async function capturePage(url: string): Promise<void> {
  await mkdir(FOLDER, { recursive: true });
  const workflow = `/workflows/${await runExample(url)}`;
  const troubled = `/workflows/${await createTrouble(url)}`;
  await pauseQueue(url, "starter-SCHEDD2");
  const screenshots: PageScreenshot[] = (["light", "dark"] as const).flatMap((colorScheme) => {
    const context = { viewport: DESKTOP_VIEWPORT, colorScheme };
    return [
      { name: `workflows-${colorScheme}`, path: "/", shows: "waiting to start", context },
      { name: `workflow-${colorScheme}`, path: workflow, shows: "RUNNING · Tasking", context },
      { name: `schedd-${colorScheme}`, path: "/schedds/SCHEDD1", shows: "Dead letters", context },
      { name: `attention-${colorScheme}`, path: troubled, shows: "Dismiss…", context },
      { name: `system-${colorScheme}`, path: "/system", shows: "by localhost", fullPage: true, context },
    ];
  });
  screenshots.push({
    name: "workflow-phone",
    path: workflow,
    shows: "RUNNING · Tasking",
    context: { viewport: PHONE_VIEWPORT, colorScheme: "light", deviceScaleFactor: 2 },
  });
  const browser = await openBrowser();
  try {
    for (const { name, path, shows, fullPage = false, context } of screenshots) {
      const page = await browser.newPage({ locale: "en-GB", ...context });
      await page.goto(url + path);
      await page.getByText(shows).first().waitFor();
      await waitForSummaries(page);
      await page.screenshot({ path: join(FOLDER, `${name}.png`), animations: "disabled", fullPage });
      await page.close();
    }
  } finally {
    await browser.close();
  }
}

/** Waits until every row of a list has its summary. Because of the stream, the network is never idle. */
const waitForSummaries = (page: Page): Promise<void> =>
  page.getByText("…", { exact: true }).first().waitFor({ state: "detached" });
