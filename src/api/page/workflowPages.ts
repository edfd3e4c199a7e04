import { existsSync, readdirSync, readFileSync } from "node:fs";
import { extname } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { type Request, type RequestHandler, type Response, Router } from "express";
import { displayNameOf } from "../../domain/caller.js";
import { publicPathOf } from "../http/basePath.js";
import { securityHeaders } from "../http/contentSecurityPolicy.js";
import { isPagePath } from "../http/pagePaths.js";
import { requestContextOf } from "../http/requestContext.js";
import { acceptsHtml, escapeHtml, isReadRequest, sendHtmlPage } from "../operatorAuth/htmlPage.js";
import type { OperatorGuard } from "../operatorAuth/operatorGuard.js";

/** A static file of the page. */
interface PageFile {
  type: string;
  bytes: Buffer;
  gzipped: Buffer;
}

/** The built page: its document and its assets, whose names change with their contents. */
interface BuiltPage {
  document: string;
  assets: ReadonlyMap<string, PageFile>;
}

const CONTENT_TYPES: Record<string, string> = {
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
};

/** Folders of the built page: beside the programs in `dist/`, and the same folder seen from `src/`. */
const PAGE_FOLDERS = ["./page/", "../../../dist/page/"].map((path) => fileURLToPath(new URL(path, import.meta.url)));

/**
 * Reads the page into memory.
 *
 * @param basePath path of the service behind a reverse proxy, without a slash at the end
 * @returns undefined when it was not built
 */
export function readBuiltPage(basePath: string, folders: readonly string[] = PAGE_FOLDERS): BuiltPage | undefined {
  const folder = folders.find((path) => existsSync(`${path}index.html`));
  if (folder === undefined) return undefined;
  const assets = readdirSync(`${folder}assets`).flatMap((name): [string, PageFile][] => {
    const type = CONTENT_TYPES[extname(name)];
    if (type === undefined) return [];
    const bytes = readFileSync(`${folder}assets/${name}`);
    return [[name, { type, bytes, gzipped: gzipSync(bytes) }]];
  });
  // The built document has relative links, which would depend on the path of the view.
  const document = readFileSync(`${folder}index.html`, "utf8")
    .replace(/(?<=\b(?:src|href)=")\.\//g, `${basePath}/`)
    .replace("</head>", (headEnd) => metaTag("base-path", basePath) + headEnd);
  return { document, assets: new Map(assets) };
}

/** Allows resources of this service only, no inline scripts and no framing. */
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
  // The browser must name the page's origin when it posts.
  { referrerPolicy: { policy: "same-origin" } },
);

/**
 * Serves the page at `/` and its views to signed-in people. It is mounted at `/`, after all other routes.
 *
 * @param page undefined: it was not built; a page says how to build it
 */
export function workflowPages(
  { pageGuard, logoutPath }: Pick<OperatorGuard, "pageGuard" | "logoutPath">,
  page: BuiltPage | undefined,
): RequestHandler {
  const pages = Router({ strict: true });
  pages.use((request, response, next) => {
    // Clients that do not ask for HTML get the JSON errors of the API.
    const isView = isPagePath(request.path) && acceptsHtml(request);
    const isAsset = request.path.startsWith("/assets/");
    if (!isReadRequest(request) || !(isView || isAsset)) return next("router");
    requestContextOf(response).route = isView ? "/" : "/assets/";
    pageHeaders(request, response, next);
  }, pageGuard);
  pages.get("/assets/:name", (request, response, next) => {
    const file = page?.assets.get(request.params.name);
    if (file === undefined) return next();
    // Immutable, because another build has other names.
    sendPageFile(request, response, file, "private, max-age=31536000, immutable");
  });
  pages.get(/./, (request, response, next) => {
    if (!isPagePath(request.path)) return next();
    if (page === undefined) return sendHtmlPage(response, NOT_BUILT_PAGE);
    const metaTags = personMetaTags(response, logoutPath);
    const bytes = Buffer.from(page.document.replace("</head>", (headEnd) => metaTags + headEnd));
    const file = { type: "text/html; charset=utf-8", bytes, gzipped: gzipSync(bytes) };
    sendPageFile(request, response, file, "no-cache, private");
  });
  return pages;
}

/** Renders the name and the roles of the signed-in person, separated by blanks, and the logout path. */
function personMetaTags(response: Response, logoutPath: string | undefined): string {
  const { caller } = requestContextOf(response);
  const exit = logoutPath === undefined ? "" : metaTag("exit", publicPathOf(response, logoutPath));
  if (caller === undefined) return exit;
  return metaTag("signed-in-as", displayNameOf(caller)) + metaTag("roles", [...caller.roles].join(" ")) + exit;
}

const metaTag = (name: string, content: string): string => `<meta name="${name}" content="${escapeHtml(content)}">\n`;

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

const NOT_BUILT_PAGE = {
  title: "EWMS",
  text: "The page is not built. Run npm run build and restart the service.",
  links: [
    { label: "API", href: "/docs/" },
    { label: "Queues", href: "/admin/queues" },
  ],
};
