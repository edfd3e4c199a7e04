import type { Locator, Page } from "playwright-core";

/** The icons by which the buttons of a job are told apart: they have no text. */
const ICONS = {
  retry: "refresh-cw",
  remove: "trash-2",
  promote: "corner-up-left",
  duplicate: "files",
  "update data": "pencil",
  "change priority": "arrow-up-down",
  reschedule: "clock",
} as const;

/** A button of a job. */
export type JobButton = keyof typeof ICONS;
/** The lists of a queue's jobs. */
export type JobList = "latest" | "active" | "prioritized" | "failed" | "delayed";

/** The dashboard, as an operator clicks through it. */
export class BoardPage {
  readonly page: Page;
  readonly #url: string;
  /** What the browser complained of, or asked of other hosts. */
  readonly browserErrors: string[] = [];

  constructor(page: Page, serviceUrl: string) {
    this.page = page;
    this.#url = `${serviceUrl}/admin/queues`;
    page.on("request", (request) => {
      if (!request.url().startsWith(serviceUrl)) this.browserErrors.push(`asked ${request.url()}`);
    });
    page.on("console", (message) => {
      // A refusal is one that a test wants.
      if (message.type() === "error" && !message.text().includes("the server responded with a status of 4"))
        this.browserErrors.push(message.text());
    });
    page.on("pageerror", (error) => this.browserErrors.push(error.message));
  }

  /** The overview of all queues. */
  async openOverview(): Promise<void> {
    await this.page.goto(this.#url);
    await this.page.getByRole("link", { name: "ALL" }).waitFor();
  }

  /** One list of a queue. */
  async openQueue(queue: string, list: JobList = "latest"): Promise<void> {
    await this.page.goto(`${this.#url}/queue/${encodeURIComponent(queue)}?status=${list}`);
    await this.page.getByRole("link", { name: "LATEST" }).waitFor();
  }

  /** A job, on a page of its own. */
  async openJob(queue: string, job: string): Promise<void> {
    await this.page.goto(`${this.#url}/queue/${encodeURIComponent(queue)}/${job}`);
    await this.page.getByRole("heading", { level: 5 }).waitFor();
  }

  /** Presses one of the first job's buttons. */
  async pressOnJob(button: JobButton): Promise<void> {
    const icon = this.page.locator(`svg.lucide-${ICONS[button]}`);
    await this.page.locator("main button", { has: icon }).filter({ hasNotText: /\w/ }).first().click();
  }

  /** Presses a button above the list. */
  async pressButton(name: string): Promise<void> {
    await this.page.getByRole("main").getByRole("button", { name, exact: true }).click();
  }

  /** Chooses from the queue's menu. */
  async chooseMenuItem(item: string): Promise<void> {
    await this.page.getByRole("main").locator("button[aria-haspopup=menu]").first().click();
    await this.page.getByRole("menuitem", { name: item, exact: true }).click();
  }

  /** Says yes to the question whether one is sure. */
  async confirm(): Promise<void> {
    await this.page.getByRole("button", { name: "Confirm" }).click();
  }

  /** What is shown of the first job's data. */
  jobData(): Locator {
    return this.page.getByRole("tabpanel", { name: "Data" }).first();
  }

  /** A note at the edge of the page. */
  notification(): Locator {
    return this.page.getByRole("region", { name: "Notifications" }).getByRole("dialog").first();
  }
}
