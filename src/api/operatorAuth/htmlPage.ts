import { STATUS_CODES } from "node:http";
import type { Request, Response } from "express";
import { policyText } from "../http/contentSecurityPolicy.js";
import { type HttpError, reasonPhrase } from "../http/responses.js";

/** A link of a page. */
export interface PageLink {
  label: string;
  href: string;
}

interface HtmlPage {
  title: string;
  /** Plain text. */
  text: string;
  links?: readonly PageLink[];
  /** A button that posts to its `href`. */
  button?: PageLink;
}

/** No scripts, styles or frames. With this referrer policy the browser names the page's origin when the button posts. */
const PAGE_HEADERS = {
  "content-type": "text/html; charset=utf-8",
  "cache-control": "no-store",
  "content-security-policy": policyText({
    defaultSrc: ["'none'"],
    formAction: ["'self'"],
    frameAncestors: ["'none'"],
    baseUri: ["'none'"],
  }),
  "referrer-policy": "same-origin",
  "x-content-type-options": "nosniff",
};

/** Sends a page with status 200. */
export const sendHtmlPage = (response: Response, page: HtmlPage): void =>
  void response.writeHead(200, PAGE_HEADERS).end(renderHtml(page));

/** Sends an error as a page. */
export function sendErrorPage(response: Response, { status, message, headers }: HttpError): void {
  const title = STATUS_CODES[status] ?? "Error";
  const links = [{ label: "Try again", href: "/admin/" }];
  response
    .writeHead(status, reasonPhrase(message), { ...PAGE_HEADERS, ...headers })
    .end(Buffer.from(renderHtml({ title, text: message, links })));
}

/** Whether a path belongs to a view of the page at `/`. The page itself routes the rest of the path. */
export const isPagePath = (path: string): boolean => /^\/(?:(?:workflows|schedds)(?:\/.*)?)?$/.test(path);

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
function renderHtml({ title, text, links = [], button }: HtmlPage): string {
  const anchors = links.map(({ label, href }) => `<p><a href="${href}">${escapeHtml(label)}</a></p>`).join("\n");
  const form =
    button === undefined
      ? ""
      : `<form method="post" action="${button.href}"><button>${escapeHtml(button.label)}</button></form>`;
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark">
<title>${escapeHtml(title)} - EWMS WMS</title>
<h1>${escapeHtml(title)}</h1>
<p>${escapeHtml(text)}</p>
${anchors}
${form}
</html>
`;
}

const HTML_ENTITIES: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

/** Escapes a text for HTML, attributes included. */
export const escapeHtml = (text: string): string =>
  text.replace(/[&<>"']/g, (character) => HTML_ENTITIES[character] ?? "");
