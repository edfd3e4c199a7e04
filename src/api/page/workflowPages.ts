import { gzipSync } from "node:zlib";
import { type Request, type RequestHandler, type Response, Router } from "express";
import { securityHeaders } from "../http/contentSecurityPolicy.js";
import { isPagePath } from "../http/pagePaths.js";
import { requestContextOf } from "../http/requestContext.js";
import { escapeHtml, sendHtmlPage } from "../operatorAuth/htmlPage.js";
import type { OperatorGuard } from "../operatorAuth/operatorGuard.js";
import type { BuiltPage, PageFile } from "./pageFiles.js";

/** All comes from this service, nothing stands in the document itself, and nobody frames it: it acts on workflows. */
const pageHeaders = securityHeaders(
  {
    defaultSrc: ["'none'"],
    scriptSrc: ["'self'"],
    styleSrc: ["'self'"],
    connectSrc: ["'self'"],
    imgSrc: ["'self'", "data:"],
    baseUri: ["'none'"],
    formAction: ["'self'"],
  },
  // The browser names the page's origin when it posts.
  { referrerPolicy: { policy: "same-origin" } },
);

/** Where the built document takes up what the service knows of its reader. */
const HEAD_END = "</head>";

/**
 * The page at `/`, with its views at addresses of their own, for operators alone; to be mounted at `/`, after all else.
 *
 * @param page undefined: it was not built, and a person is told so
 */
export function workflowPages({ guard, logoutPath }: OperatorGuard, page: BuiltPage | undefined): RequestHandler {
  const pages = Router({ strict: true });
  pages.use((request, response, next) => {
    const isView = isPagePath(request.path) && wantsHtml(request);
    const isAsset = request.path.startsWith("/assets/");
    if (!isReadRequest(request) || !(isView || isAsset)) return next("router");
    requestContextOf(response).route = isView ? "/" : "/assets/";
    pageHeaders(request, response, next);
  }, guard);
  pages.get("/assets/:name", (request, response, next) => {
    const file = page?.assets.get(request.params.name);
    if (file === undefined) return next();
    // Another build has other names.
    sendPageFile(request, response, file, "private, max-age=31536000, immutable");
  });
  pages.get(/./, (request, response, next) => {
    if (!isPagePath(request.path)) return next();
    if (page === undefined) return sendNotBuilt(response);
    const bytes = Buffer.from(
      page.document.replace(HEAD_END, () => `${operatorMetaTags(response, logoutPath)}${HEAD_END}`),
    );
    const file = { type: "text/html; charset=utf-8", bytes, gzipped: gzipSync(bytes) };
    sendPageFile(request, response, file, "no-cache, private");
  });
  return pages;
}

const isReadRequest = ({ method }: Request): boolean => method === "GET" || method === "HEAD";

/** Machines get the answers that they always got. */
const wantsHtml = ({ headers }: Request): boolean => (headers.accept ?? "").includes("text/html");

/** Who reads it, and how to leave, for the page to show. */
function operatorMetaTags(response: Response, exit: string | undefined): string {
  const meta = (name: string, content: string) => `<meta name="${name}" content="${escapeHtml(content)}">\n`;
  const operator = requestContextOf(response).caller?.subject ?? "";
  return meta("operator", operator) + (exit === undefined ? "" : meta("exit", exit));
}

function sendPageFile(request: Request, response: Response, file: PageFile, cacheControl: string): void {
  const acceptsGzip = /\bgzip\b/.test(String(request.headers["accept-encoding"] ?? ""));
  const bytes = acceptsGzip ? file.gzipped : file.bytes;
  response.writeHead(200, {
    "content-type": file.type,
    "content-length": bytes.length,
    "cache-control": cacheControl,
    vary: "accept-encoding",
    ...(acceptsGzip && { "content-encoding": "gzip" }),
  });
  response.end(bytes);
}

const sendNotBuilt = (response: Response): void =>
  sendHtmlPage(response, {
    title: "EWMS",
    text: "The service runs, but its page was not built: npm run build does that, and a restart shows it.",
    links: [
      { label: "API", href: "/docs/" },
      { label: "Queues", href: "/admin/queues" },
    ],
  });
