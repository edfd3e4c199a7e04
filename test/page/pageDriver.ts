import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";

interface AxeViolation {
  id: string;
  impact: string;
  nodes: { html: string; failureSummary: string }[];
}

/** Milliseconds in which the page shows what happened. */
const TIMEOUT_MS = 25_000;
const AXE_PATH = createRequire(import.meta.url).resolve("axe-core/axe.min.js");

/** The page, as a person uses it. */
export class PageDriver {
  readonly page: Page;
  readonly url: string;
  /** What the browser complained of, or asked of other hosts. */
  readonly browserErrors: string[] = [];

  readonly #allowedHosts: string[] = [];

  private constructor(page: Page, url: string) {
    this.page = page;
    this.url = url;
    // Sooner than the test's own time is up: its error names what is missing.
    page.setDefaultTimeout(TIMEOUT_MS);
    page.on("request", (request) => {
      if (![url, ...this.#allowedHosts].some((host) => request.url().startsWith(host)))
        this.browserErrors.push(`asked ${request.url()}`);
    });
    page.on("console", (message) => {
      // What the service refuses, or can't answer while it is away, is told by the page itself.
      if (message.type() === "error" && !/Failed to load resource|ERR_/.test(message.text()))
        this.browserErrors.push(message.text());
    });
    page.on("pageerror", (error) => this.browserErrors.push(error.message));
  }

  /** A page of a browser that shares nothing with others. @param url of the service */
  static async open(browser: Browser, url: string, options: BrowserContextOptions = {}): Promise<PageDriver> {
    const context = await browser.newContext({
      locale: "en-GB",
      viewport: { width: 1280, height: 900 },
      ...options,
    });
    return new PageDriver(await context.newPage(), url);
  }

  /** Another host may be asked, such as one that people sign in at. */
  allowHost(host: string): void {
    this.#allowedHosts.push(host);
  }

  /** Goes to a view, and waits until it shows its state. */
  async openView(path: string): Promise<void> {
    await this.page.goto(this.url + path);
    await this.page.getByRole("heading", { level: 1 }).waitFor();
    await this.page
      .getByText(/^Reading /)
      .first()
      .waitFor({ state: "detached" });
  }

  /** What axe-core finds that keeps people from using it: serious and critical, as short texts. */
  async findAccessibilityViolations(): Promise<string[]> {
    // Evaluated by the debugger: the page's own policy lets no foreign script in.
    await this.page.evaluate(await readFile(AXE_PATH, "utf8"));
    const findings = await this.page.evaluate<AxeViolation[]>("axe.run(document).then(({ violations }) => violations)");
    return findings
      .filter(({ impact }) => impact === "serious" || impact === "critical")
      .map(({ id, nodes }) => `${id}: ${nodes.map(({ html, failureSummary }) => `${html} ${failureSummary}`).join()}`);
  }

  /** Pixels by which the page is wider than its window. */
  horizontalOverflowPx(): Promise<number> {
    return this.page.evaluate<number>("document.documentElement.scrollWidth - document.documentElement.clientWidth");
  }

  close(): Promise<void> {
    return this.page.context().close();
  }
}
