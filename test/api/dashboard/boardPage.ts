import type { Locator, Page } from "playwright-core";

/** Icons of the buttons of a job, which have no text. */
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

/** The dashboard in a browser. */
export class BoardPage {
  readonly page: Page;
  readonly #url: string;
  /** Errors of the browser, and requests to other hosts. */
  readonly browserErrors: string[] = [];

  constructor(page: Page, serviceUrl: string) {
    this.page = page;
    this.#url = `${serviceUrl}/admin/queues`;
    page.on("request", (request) => {
      if (!request.url().startsWith(serviceUrl)) this.browserErrors.push(`asked ${request.url()}`);
    });
    page.on("console", (message) => {
      // Tests cause refusals on purpose.
      if (message.type() === "error" && !message.text().includes("the server responded with a status of 4"))
        this.browserErrors.push(message.text());
    });
    page.on("pageerror", (error) => this.browserErrors.push(error.message));
  }

  /** Opens the overview of all queues. */
  async openOverview(): Promise<void> {
    await this.page.goto(this.#url);
    await this.page.getByRole("link", { name: "ALL" }).waitFor();
  }

  /** Opens a list of a queue. */
  async openQueue(queue: string, list: JobList = "latest"): Promise<void> {
    await this.page.goto(`${this.#url}/queue/${encodeURIComponent(queue)}?status=${list}`);
    await this.page.getByRole("link", { name: "LATEST" }).waitFor();
  }

  /** Opens the page of a job. */
  async openJob(queue: string, job: string): Promise<void> {
    await this.page.goto(`${this.#url}/queue/${encodeURIComponent(queue)}/${job}`);
    await this.page.getByRole("heading", { level: 5 }).waitFor();
  }

  /** Returns one of the first job's buttons. */
  jobButton(button: JobButton): Locator {
    const icon = this.page.locator(`svg.lucide-${ICONS[button]}`);
    return this.page.locator("main button", { has: icon }).filter({ hasNotText: /\w/ }).first();
  }

  /** Presses one of the first job's buttons. */
  async pressOnJob(button: JobButton): Promise<void> {
    await this.jobButton(button).click();
  }

  /** Shows the buttons that the service hides on this page, as a page of another version of the board would. */
  async showRefusedButtons(): Promise<void> {
    await this.page.evaluate('document.getElementById("refused-buttons").remove()');
  }

  /** Presses a button above the list. */
  async pressButton(name: string): Promise<void> {
    await this.page.getByRole("main").getByRole("button", { name, exact: true }).click();
  }

  /** Opens the queue's menu. */
  async openMenu(): Promise<void> {
    await this.page.getByRole("main").locator("button[aria-haspopup=menu]").first().click();
  }

  /** Chooses from the queue's menu. */
  async chooseMenuItem(item: string): Promise<void> {
    await this.openMenu();
    await this.page.getByRole("menuitem", { name: item, exact: true }).click();
  }

  /** Confirms the question of the dialog. */
  async confirm(): Promise<void> {
    await this.page.getByRole("button", { name: "Confirm" }).click();
  }

  /** Returns the shown data of the first job. */
  jobData(): Locator {
    return this.page.getByRole("tabpanel", { name: "Data" }).first();
  }

  /** Waits for a notification. */
  notification(): Locator {
    return this.page.getByRole("region", { name: "Notifications" }).getByRole("dialog").first();
  }
}
