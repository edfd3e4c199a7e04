import fc from "fast-check";
import { type EntityKind, placeholder } from "./createdEntities.js";
import type { Draft } from "./draft.js";

/** Existing and missing pages besides the API. */
const PAGES = [
  "/",
  "/admin",
  "/admin/",
  "/admin/nope",
  "/admin/queues",
  "/admin/queues/",
  "/admin/queues/queue/starter-SCHEDD1",
  "/admin/queues/api/queues",
  "/admin/queues/api/queues?activeQueue=starter-SCHEDD1&status=latest&page=1&jobsPerPage=10",
  "/admin/queues/api/queues?activeQueue=__proto__&status=nope&page=-1&jobsPerPage=1e9",
  "/admin/queues/api/queues?activeQueue[]=x&page=%zz",
  "/admin/queues/api/redis/stats",
  "/admin/queues/api/queues/nope/1",
  "/admin/queues/api/queues/nope/1/retry",
  "/admin/queues/api/queues/starter-SCHEDD1/nope/retry",
  "/admin/queues/api/queues/starter-SCHEDD1/nope/logs",
  "/admin/queues/api/queues/mq-activation/add",
  "/admin/queues/api/queues/__proto__/clean/failed",
  "/admin/queues/static/nope.js",
  "/admin/queues/static/%2e%2e/%2e%2e/package.json",
  entityPagePath("taskforces", "taskforce"),
  entityPagePath("workflows", "workflow"),
  "/admin/taskforces/nope",
  "/docs",
  "/docs/",
  "/docs/swagger-ui.css",
  "/docs/package.json",
  "/docs/%2e%2e/package.json",
  "/docs/swagger-ui-init.js",
  "/assets/nope.js",
  "/workflows/nope",
  "/schedds",
  "/metrics",
  "/favicon.ico",
  "/v1/nope",
  "/V1/workflows",
];

function entityPagePath(folder: string, kind: EntityKind): string {
  return `/admin/${folder}/${placeholder(kind, 1)}`;
}

/** Generates requests for pages. */
export const pageDraft: fc.Arbitrary<Draft> = fc
  .record({
    target: fc.constantFrom(...PAGES),
    method: fc.oneof(
      { weight: 3, arbitrary: fc.constant("GET") },
      fc.constantFrom("HEAD", "POST", "PUT", "PATCH", "DELETE"),
    ),
    accept: fc.constantFrom("text/html", "application/json"),
  })
  .map(({ target, method, accept }) => ({
    route: "pages",
    method,
    target,
    version: "HTTP/1.1",
    headers: [
      ["Host", "wms"],
      ["Origin", "http://wms"],
      ["Accept", accept],
    ],
    body: method === "GET" || method === "HEAD" ? undefined : { members: [] },
    damage: { kind: "none" },
    framing: "length",
  }));
