import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { cruise, type ICruiseResult } from "dependency-cruiser";
import { expect, test } from "vitest";

/** What each room may import, besides itself. The files directly under `src/` put the rooms together. */
const MAY_IMPORT: Record<string, string[]> = {
  domain: [],
  access: ["domain"],
  config: ["domain"],
  redis: [],
  tracing: [],
  store: ["domain"],
  queues: ["domain"],
  mqs: ["domain"],
  lifecycle: ["store", "queues", "mqs", "domain"],
  watch: ["store", "domain"],
  metrics: ["store", "queues", "domain"],
  workers: ["lifecycle", "store", "queues", "mqs", "domain"],
  api: ["access", "lifecycle", "watch", "store", "queues", "mqs", "tracing", "domain"],
  dashboard: ["lifecycle", "store", "queues", "domain"],
};

/** The same for the folders of the page, which knows the service by its API alone. */
const PAGE_MAY_IMPORT: Record<string, string[]> = {
  api: [],
  styles: [],
  live: ["api"],
  parts: ["api", "live"],
  graph: ["api", "parts"],
  statuses: ["api", "parts"],
  timeline: ["api", "live", "parts"],
  views: ["api", "live", "parts", "graph", "statuses", "timeline"],
};

/** Files that `npm run docs` makes. */
const MADE = new Set(["client/src/schema.d.ts", "client/src/cli/workflowRequest.ts"]);

/** The cruiser remembers it from one cruise to the next. */
const RESOLUTION = { extensions: [".ts", ".tsx", ".d.ts", ".js"], mainFields: ["module", "main"] };

const sourceFiles = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((file) => /\.tsx?$/.test(file))
    .map((file) => join(folder, file));

test("imports point one way", async () => {
  const rooms = Object.keys(MAY_IMPORT);
  const { output } = await cruise(["src"], {
    validate: true,
    tsPreCompilationDeps: true,
    doNotFollow: { path: "node_modules" },
    enhancedResolveOptions: RESOLUTION,
    ruleSet: {
      forbidden: [
        { name: "no-circular", severity: "error", from: {}, to: { circular: true } },
        ...rooms.map((room) => ({
          name: `${room}-imports`,
          severity: "error" as const,
          from: { path: `^src/${room}/` },
          to: { path: "^src/", pathNot: [room, ...(MAY_IMPORT[room] ?? [])].map((ok) => `^src/${ok}/`) },
        })),
      ],
    },
  });
  const { summary, modules } = output as ICruiseResult;
  expect(summary.violations.map(({ rule, from, to }) => `${rule.name}: ${from} -> ${to}`)).toEqual([]);
  // A cruiser that can't parse TypeScript finds nothing, and nothing wrong.
  const own = modules.filter(({ source }) => source.startsWith("src/"));
  expect(own.length).toBe(sourceFiles("src").length);
  expect(own.flatMap(({ dependencies }) => dependencies).length).toBeGreaterThan(own.length);
});

test("the client stands alone, and its library needs nothing of the command line", async () => {
  const { output } = await cruise(["client/src"], {
    validate: true,
    tsPreCompilationDeps: true,
    doNotFollow: { path: "node_modules" },
    enhancedResolveOptions: RESOLUTION,
    ruleSet: {
      forbidden: [
        { name: "no-circular", severity: "error", from: {}, to: { circular: true } },
        { name: "client-imports", severity: "error", from: {}, to: { path: "^(src|test|bench|scripts)/" } },
        {
          name: "library-imports",
          severity: "error",
          from: { path: "^client/src/[^/]+$" },
          to: {
            pathNot: [
              "^client/src/[^/]+$",
              // Types alone: there is no such file to find.
              "^\\./schema\\.js$",
              "node_modules/(openapi-fetch|eventsource-parser|openid-client)/",
            ],
            dependencyTypesNot: ["core"],
          },
        },
      ],
    },
  });
  const { summary, modules } = output as ICruiseResult;
  expect(summary.violations.map(({ rule, from, to }) => `${rule.name}: ${from} -> ${to}`)).toEqual([]);
  expect(modules.map(({ source }) => source)).toEqual(expect.arrayContaining(sourceFiles("client/src")));
});

test("imports of the page point one way, and none leads out of it", async () => {
  const { output } = await cruise(["page/src"], {
    validate: true,
    tsPreCompilationDeps: true,
    doNotFollow: { path: "node_modules" },
    enhancedResolveOptions: RESOLUTION,
    ruleSet: {
      forbidden: [
        { name: "no-circular", severity: "error", from: {}, to: { circular: true } },
        { name: "page-only", severity: "error", from: {}, to: { path: "^(src|test|scripts|bench)/" } },
        ...Object.entries(PAGE_MAY_IMPORT).map(([folder, others]) => ({
          name: `${folder}-imports`,
          severity: "error" as const,
          from: { path: `^page/src/${folder}/` },
          to: { path: "^page/src/", pathNot: [folder, ...others].map((ok) => `^page/src/${ok}/`) },
        })),
      ],
    },
  });
  const { summary, modules } = output as ICruiseResult;
  expect(summary.violations.map(({ rule, from, to }) => `${rule.name}: ${from} -> ${to}`)).toEqual([]);
  const own = modules.filter(({ source }) => /^page\/src\/.*\.tsx?$/.test(source));
  expect(own.length).toBe(sourceFiles("page/src").length);
  expect(own.flatMap(({ dependencies }) => dependencies).length).toBeGreaterThan(own.length);
});

test.each([
  ["src", MAY_IMPORT],
  ["page/src", PAGE_MAY_IMPORT],
])("every folder of %s is a room with a rule", (root, rules) => {
  const folders = readdirSync(root, { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() ? [entry.name] : [],
  );
  expect(folders.sort()).toEqual(Object.keys(rules).sort());
});

test("only the configuration and the programs read the environment", () => {
  const readers = sourceFiles("src").filter((file) => readFileSync(file, "utf8").includes("process.env"));
  expect(readers.filter((file) => !/^src\/(main|web|worker|run)\.ts$/.test(file))).toEqual([]);
});

test("only the metrics know what they are shown with", () => {
  const users = sourceFiles("src").filter((file) => readFileSync(file, "utf8").includes('"prom-client"'));
  expect(users.length).toBeGreaterThan(0);
  expect(users.filter((file) => !file.startsWith("src/metrics/"))).toEqual([]);
});

test("files are about one idea: none is longer than 320 lines", () => {
  const written = ["src", "client/src", "page/src"].flatMap(sourceFiles).filter((file) => !MADE.has(file));
  const long = written.filter((file) => readFileSync(file, "utf8").split("\n").length > 320);
  expect(long).toEqual([]);
});
