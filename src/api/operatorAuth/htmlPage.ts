import { STATUS_CODES } from "node:http";
import type { Request, Response } from "express";
import { sha256 } from "../../domain/sha256.js";
import { publicHrefOf } from "../http/basePath.js";
import { policyText } from "../http/contentSecurityPolicy.js";
import { type HttpError, reasonPhrase } from "../http/responses.js";

/** A link of a page. Its `href` is a path of this service, without the base path, or an address elsewhere. */
export interface PageLink {
  label: string;
  href: string;
}

interface HtmlPage {
  title: string;
  /** Plain text. */
  text: string;
  /** What the reader can do, in plain text. */
  advice?: string | undefined;
  links?: readonly PageLink[];
  /** A button that posts to its `href`. */
  button?: PageLink;
  /** The address that the browser opens next, without a click. */
  next?: string;
}

const STYLE = `
:root { color-scheme: light dark; --text: #1c2430; --page: #f4f5f7; --card: #fff; --line: #d5d9e0; --link: #0b5cad; }
@media (prefers-color-scheme: dark) {
  :root { --text: #e4e8ee; --page: #12161c; --card: #1b2129; --line: #343c47; --link: #7db5f5; }
}
body { margin: 0; padding: 12vh 1rem 2rem; background: var(--page); color: var(--text); font: 1rem/1.5 system-ui, sans-serif; }
main { max-width: 34rem; margin: auto; padding: 1rem 2rem; background: var(--card); border: 1px solid var(--line); border-radius: 8px; }
h1 { font-size: 1.4rem; }
p { overflow-wrap: anywhere; }
a { color: var(--link); }
button { padding: .4rem 1rem; font: inherit; color: inherit; background: none; border: 1px solid var(--line); border-radius: 6px; cursor: pointer; }
`;

/** No scripts, frames or other styles. With this referrer policy the browser names the page's origin when the button posts. */
const PAGE_HEADERS = {
  "content-type": "text/html; charset=utf-8",
  "cache-control": "no-store",
  "content-security-policy": policyText({
    defaultSrc: ["'none'"],
    styleSrc: [`'sha256-${sha256(STYLE).toString("base64")}'`],
    formAction: ["'self'"],
    frameAncestors: ["'none'"],
    baseUri: ["'none'"],
  }),
  "referrer-policy": "same-origin",
  "x-content-type-options": "nosniff",
};

/** Sends a page with status 200. */
export const sendHtmlPage = (response: Response, page: HtmlPage): void =>
  void response.writeHead(200, PAGE_HEADERS).end(renderHtml(response, page));

/** Sends an error as a page. */
export function sendErrorPage(
  response: Response,
  { status, message, headers }: HttpError,
  { links = [{ label: "Try again", href: "/" }], ...rest }: Pick<HtmlPage, "links" | "advice" | "button"> = {},
): void {
  const title = STATUS_CODES[status] ?? "Error";
  response
    .writeHead(status, reasonPhrase(message), { ...PAGE_HEADERS, ...headers })
    .end(Buffer.from(renderHtml(response, { title, text: message, links, ...rest })));
}

/** Whether a request only reads. */
export const isReadRequest = ({ method }: Request): boolean => method === "GET" || method === "HEAD";

/** Whether a client asks for a page rather than JSON. */
export const acceptsHtml = ({ headers }: Request): boolean => (headers.accept ?? "").includes("text/html");

/** Whether a browser loads a page, as opposed to a request by a script of a loaded page. */
export function isNavigation(request: Request): boolean {
  const mode = request.headers["sec-fetch-mode"];
  return isReadRequest(request) && (mode === undefined ? acceptsHtml(request) : mode === "navigate");
}

/** Uses links instead of forms: `form-action 'self'` also forbids the redirect to the identity provider. */
function renderHtml(response: Response, { title, text, advice, links = [], button, next }: HtmlPage): string {
  const hrefOf = (href: string) => escapeHtml(publicHrefOf(response, href));
  const refresh = next === undefined ? "" : `<meta http-equiv="refresh" content="0; url=${hrefOf(next)}">\n`;
  const body = [
    `<p>${escapeHtml(text)}</p>`,
    ...(advice === undefined ? [] : [`<p>${escapeHtml(advice)}</p>`]),
    ...links.map(({ label, href }) => `<p><a href="${hrefOf(href)}">${escapeHtml(label)}</a></p>`),
    ...(button === undefined
      ? []
      : [`<form method="post" action="${hrefOf(button.href)}"><button>${escapeHtml(button.label)}</button></form>`]),
  ];
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
${refresh}<title>${escapeHtml(title)} - EWMS WMS</title>
<style>${STYLE}</style>
<main>
<h1>${escapeHtml(title)}</h1>
${body.join("\n")}
</main>
</html>
`;
}

const HTML_ENTITIES: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

/** Escapes a text for HTML, attributes included. */
export const escapeHtml = (text: string): string =>
  text.replace(/[&<>"']/g, (character) => HTML_ENTITIES[character] ?? "");
