import type { IncomingHttpHeaders } from "node:http";
import { sendRequest } from "../setup/http.js";

/** A page in the browser. */
export interface VisitedPage {
  url: string;
  status: number;
  headers: IncomingHttpHeaders;
  text: string;
}

interface Cookie {
  value: string;
  path: string;
}

const MAX_REDIRECTS = 10;

/** The parts of a browser that a login needs: cookies by host and path, redirects, and origin headers. */
export class LoginBrowser {
  readonly #jar = new Map<string, Cookie>();

  /** Opens an address. */
  open(url: string): Promise<VisitedPage> {
    return this.#follow("GET", url, { "sec-fetch-site": "none" });
  }

  /** Does not follow redirects. */
  async openWithoutRedirects(url: string): Promise<VisitedPage> {
    return this.#send("GET", url, {});
  }

  /** Submits a form of a page of this origin. */
  submitForm(url: string, origin = new URL(url).origin): Promise<VisitedPage> {
    const site = origin === new URL(url).origin ? "same-origin" : "cross-site";
    return this.#follow("POST", url, { origin, "sec-fetch-site": site });
  }

  /** Returns the value of a cookie; undefined when it does not exist. */
  cookie(name: string): string | undefined {
    return this.#jar.get(name)?.value;
  }

  /** Sets a stolen cookie. */
  setCookie(name: string, value: string): void {
    this.#jar.set(name, { value, path: "/" });
  }

  async #follow(method: string, url: string, headers: Record<string, string>): Promise<VisitedPage> {
    let page = await this.#send(method, url, headers);
    for (let redirects = 0; redirects < MAX_REDIRECTS; redirects++) {
      const location = page.headers.location;
      if (location === undefined) return page;
      page = await this.#send("GET", new URL(location, page.url).href, {});
    }
    throw new Error(`redirected too often, at last to ${page.url}`);
  }

  async #send(method: string, url: string, headers: Record<string, string>): Promise<VisitedPage> {
    const { pathname } = new URL(url);
    const cookies = [...this.#jar].flatMap(([name, { value, path }]) =>
      pathname === path || pathname.startsWith(path === "/" ? path : `${path}/`) ? [`${name}=${value}`] : [],
    );
    const response = await sendRequest(url, {
      method,
      headers: {
        accept: "text/html,*/*;q=0.8",
        "sec-fetch-mode": "navigate",
        ...(cookies.length > 0 && { cookie: cookies.join("; ") }),
        ...headers,
      },
    });
    for (const line of response.headers["set-cookie"] ?? []) this.#storeCookie(line);
    return { url, status: response.status, headers: response.headers, text: response.text };
  }

  #storeCookie(line: string): void {
    const [pair = "", ...attributes] = line.split("; ");
    const [name = "", value = ""] = pair.split(/=(.*)/s);
    const attribute = (wanted: string) =>
      attributes.map((text) => text.split("=")).find(([key]) => key?.toLowerCase() === wanted)?.[1];
    const expires = attribute("expires");
    if (expires !== undefined && Date.parse(expires) <= Date.now()) this.#jar.delete(name);
    else this.#jar.set(name, { value, path: attribute("path") ?? "/" });
  }
}

/** Unlike `fetch`, this does not set origin headers by itself. */
