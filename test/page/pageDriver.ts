import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";

interface AxeViolation {
  id: string;
  impact: string;
  nodes: { html: string; failureSummary: string }[];
}

/** Milliseconds until the page must show a change. */
const TIMEOUT_MS = 25_000;
const AXE_PATH = createRequire(import.meta.url).resolve("axe-core/axe.min.js");

/** Drives the page in a browser. */
export class PageDriver {
  readonly page: Page;
  readonly url: string;
  /** Errors of the browser, and requests to other hosts. */
  readonly browserErrors: string[] = [];

  readonly #allowedHosts: string[] = [];

  private constructor(page: Page, url: string) {
    this.page = page;
    this.url = url;
    // Less than the time-out of a test: the error of this one names the missing element.
    page.setDefaultTimeout(TIMEOUT_MS);
    page.on("request", (request) => {
      if (![url, ...this.#allowedHosts].some((host) => request.url().startsWith(host)))
        this.browserErrors.push(`request to ${request.url()}`);
    });
    page.on("console", (message) => {
      // The page itself shows rejected requests and lost connections.
      if (message.type() === "error" && !/Failed to load resource|ERR_/.test(message.text()))
        this.browserErrors.push(message.text());
    });
    page.on("pageerror", (error) => this.browserErrors.push(error.message));
  }

  /** Opens a page in an isolated browser context. @param url of the service */
  static async open(browser: Browser, url: string, options: BrowserContextOptions = {}): Promise<PageDriver> {
    const context = await browser.newContext({
      locale: "en-GB",
      viewport: { width: 1280, height: 900 },
      ...options,
    });
    return new PageDriver(await context.newPage(), url);
  }

  /** Allows requests to another host, such as an identity provider. */
  allowHost(host: string): void {
    this.#allowedHosts.push(host);
  }

  /** Opens a view and waits until it is loaded. */
  async openView(path: string): Promise<void> {
    await this.page.goto(this.url + path);
    await this.page.getByRole("heading", { level: 1 }).waitFor();
    await this.page
      .getByText(/^Loading /)
      .first()
      .waitFor({ state: "detached" });
  }

  /** The serious and critical findings of axe-core, as short texts. */
  async findAccessibilityViolations(): Promise<string[]> {
    // Evaluated by the debugger: the Content-Security-Policy blocks foreign scripts.
    await this.page.evaluate(await readFile(AXE_PATH, "utf8"));
    const findings = await this.page.evaluate<AxeViolation[]>("axe.run(document).then(({ violations }) => violations)");
    return findings
      .filter(({ impact }) => impact === "serious" || impact === "critical")
      .map(({ id, nodes }) => `${id}: ${nodes.map(({ html, failureSummary }) => `${html} ${failureSummary}`).join()}`);
  }

  /** Pixels by which the page is wider than the window. */
  horizontalOverflowPx(): Promise<number> {
    return this.page.evaluate<number>("document.documentElement.scrollWidth - document.documentElement.clientWidth");
  }

  close(): Promise<void> {
    return this.page.context().close();
  }
}
