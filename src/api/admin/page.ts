import { STATUS_CODES } from "node:http";
import type { Request, Response } from "express";
import { type HttpError, reasonPhrase } from "../errors.js";

/** What a page shows. */
export interface Page {
  title: string;
  /** Sentences, as plain text. */
  text: string;
  /** The one thing to do from here. */
  action?: { label: string; href: string; method: "get" | "post" };
}

/** Nothing but text and a button or link; the referrer policy has browsers name the page's origin when the button is pressed. */
const HEADERS = {
  "content-type": "text/html; charset=utf-8",
  "cache-control": "no-store",
  "content-security-policy":
    "default-src 'none'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
  "referrer-policy": "same-origin",
  "x-content-type-options": "nosniff",
};

export function sendPage(response: Response, page: Page): void {
  response.writeHead(200, HEADERS).end(html(page));
}

/** Shows an error to a person. */
export function sendErrorPage(response: Response, { status, message, headers }: HttpError): void {
  const title = STATUS_CODES[status] ?? "Error";
  const action = { label: "Try again", href: "/admin/", method: "get" } as const;
  response
    .writeHead(status, reasonPhrase(message), { ...HEADERS, ...headers })
    .end(Buffer.from(html({ title, text: message, action })));
}

/** Whether a person waits for the answer, rather than a script of a page that is there already. */
export function isNavigation({ method, headers }: Request): boolean {
  if (method !== "GET" && method !== "HEAD") return false;
  const mode = headers["sec-fetch-mode"];
  return mode === undefined ? (headers.accept ?? "").includes("text/html") : mode === "navigate";
}

/** What only leads on is a link: browsers let no form lead to the identity provider, not even through a redirect. */
function actionHtml({ label, href, method }: NonNullable<Page["action"]>): string {
  if (method === "get") return `<p><a href="${href}">${escaped(label)}</a></p>`;
  return `<form method="post" action="${href}"><button>${escaped(label)}</button></form>`;
}

function html({ title, text, action }: Page): string {
  const next = action === undefined ? "" : actionHtml(action);
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark">
<title>${escaped(title)} - EWMS WMS</title>
<h1>${escaped(title)}</h1>
<p>${escaped(text)}</p>
${next}
</html>
`;
}

const ENTITIES: Record<string, string> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

const escaped = (text: string): string => text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? "");
