import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { BrowserContextOptions, Page } from "playwright-core";
import { openBrowser } from "../browser/chromium.js";
import { seededRandom } from "../tms/random.js";
import { createSimulatedTms } from "../tms/simulatedTms.js";

const FOLDER = "docs/screenshots";
const DESKTOP_VIEWPORT = { width: 1180, height: 820 };
const PHONE_VIEWPORT = { width: 360, height: 740 };
/** The schedd of the example, which no other screenshot uses. */
const SCHEDD = "grid-submitter.icecube.wisc.edu";
/** Rounds of the simulated pool until it has every kind of worker. */
const POOL_ROUNDS = 7;

/** Submits the README's example and simulates its workers. @returns the workflow's id */
async function runExample(url: string): Promise<string> {
  const body = await readFile("examples/workflow.json", "utf8");
  const response = await fetch(`${url}/v1/workflows`, { method: "POST", body });
  const { workflow } = (await response.json()) as { workflow: { workflow_id: string } };
  const tms = createSimulatedTms({ url, schedd: SCHEDD, random: seededRandom(11) });
  while ((await tms.drainStarters()) === 0);
  await tms.drainStarters();
  for (let round = 0; round < POOL_ROUNDS; round++) await tms.advanceAndReport();
  return workflow.workflow_id;
}

interface PageScreenshot {
  name: string;
  path: string;
  /** A text of the loaded view. */
  shows: string;
  context: BrowserContextOptions;
}

/** Takes screenshots of the page of a populated service: light, dark, and on a phone. */
export async function capturePage(url: string): Promise<void> {
  await mkdir(FOLDER, { recursive: true });
  const workflow = `/workflows/${await runExample(url)}`;
  const screenshots: PageScreenshot[] = (["light", "dark"] as const).flatMap((colorScheme) => {
    const context = { viewport: DESKTOP_VIEWPORT, colorScheme };
    return [
      { name: `workflows-${colorScheme}`, path: "/", shows: "waiting to start", context },
      { name: `workflow-${colorScheme}`, path: workflow, shows: "RUNNING · Tasking", context },
      { name: `schedd-${colorScheme}`, path: "/schedds/SCHEDD1", shows: "Dead letters", context },
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
    for (const { name, path, shows, context } of screenshots) {
      const page = await browser.newPage({ locale: "en-GB", ...context });
      await page.goto(url + path);
      await page.getByText(shows).first().waitFor();
      await waitForSummaries(page);
      await page.screenshot({ path: join(FOLDER, `${name}.png`), animations: "disabled" });
      await page.close();
    }
  } finally {
    await browser.close();
  }
}

/** Waits until every row of a list has its summary. Because of the stream, the network is never idle. */
const waitForSummaries = (page: Page): Promise<void> =>
  page.getByText("…", { exact: true }).first().waitFor({ state: "detached" });
