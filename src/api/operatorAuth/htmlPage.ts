import { STATUS_CODES } from "node:http";
import type { Request, Response } from "express";
import { policyText } from "../http/contentSecurityPolicy.js";
import { type HttpError, reasonPhrase } from "../http/responses.js";

/** Where a page leads. */
export interface PageLink {
  label: string;
  href: string;
}

/** What a page shows. */
export interface HtmlPage {
  title: string;
  /** Sentences, as plain text. */
  text: string;
  links?: readonly PageLink[];
  /** Posts to its address when it is pressed. */
  button?: PageLink;
}

/** Nothing but text, links and a button; the referrer policy has browsers name the page's origin when the button is pressed. */
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

export function sendHtmlPage(response: Response, page: HtmlPage): void {
  response.writeHead(200, PAGE_HEADERS).end(renderHtml(page));
}

/** Shows an error to a person. */
export function sendErrorPage(response: Response, { status, message, headers }: HttpError): void {
  const title = STATUS_CODES[status] ?? "Error";
  const links = [{ label: "Try again", href: "/admin/" }];
  response
    .writeHead(status, reasonPhrase(message), { ...PAGE_HEADERS, ...headers })
    .end(Buffer.from(renderHtml({ title, text: message, links })));
}

/** Whether a person waits for the answer, rather than a script of a page that is there already. */
export function isNavigation({ method, headers }: Request): boolean {
  if (method !== "GET" && method !== "HEAD") return false;
  const mode = headers["sec-fetch-mode"];
  return mode === undefined ? (headers.accept ?? "").includes("text/html") : mode === "navigate";
}

/** To lead on, links: browsers let no form of these pages lead to the identity provider, not even by a redirect. */
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

const HTML_ENTITIES: Record<string, string> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** A text as it stands in HTML, in an attribute too. */
export const escapeHtml = (text: string): string =>
  text.replace(/[&<>"']/g, (character) => HTML_ENTITIES[character] ?? "");
