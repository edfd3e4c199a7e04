import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { cruise, type ICruiseOptions, type ICruiseResult } from "dependency-cruiser";
import { expect, test } from "vitest";

/** The folders of `src/` that each folder may import. `app/` and the entry points put the folders together. */
const MAY_IMPORT: Record<string, string[]> = {
  domain: [],
  auth: ["domain"],
  config: ["domain"],
  redis: ["domain"],
  tracing: [],
  store: ["redis", "domain"],
  queues: ["redis", "domain"],
  mqs: ["redis", "domain"],
  lifecycle: ["store", "queues", "mqs", "domain"],
  views: ["lifecycle", "store", "queues", "redis", "domain"],
  webhooks: ["lifecycle", "store", "queues", "domain"],
  metrics: ["views", "lifecycle", "store", "queues", "redis", "domain"],
  workers: ["transfer", "lifecycle", "views", "webhooks", "store", "queues", "mqs", "redis", "domain"],
  api: ["auth", "lifecycle", "views", "webhooks", "store", "queues", "mqs", "tracing", "domain"],
  transfer: ["lifecycle", "views", "store", "queues", "domain"],
  admin: ["config", "transfer", "lifecycle", "views", "store", "queues", "redis", "domain"],
  app: [
    "api",
    "auth",
    "config",
    "lifecycle",
    "metrics",
    "mqs",
    "queues",
    "redis",
    "store",
    "tracing",
    "views",
    "workers",
    "domain",
  ],
};

/** The same inside `src/api/`; `app.ts` and `workerApp.ts` put these together. */
const API_MAY_IMPORT: Record<string, string[]> = {
  http: [],
  openapi: ["http"],
  routes: ["http", "openapi"],
  operatorAuth: ["http"],
  dashboard: ["http", "operatorAuth"],
  page: ["http", "operatorAuth"],
};

/** The same for the folders of the page, which knows the service by its API alone. */
const PAGE_MAY_IMPORT: Record<string, string[]> = {
  paths: [],
  session: ["paths"],
  styles: [],
  api: ["paths"],
  live: ["api", "paths"],
  parts: ["api", "live", "paths", "session"],
  breakdown: ["api", "live", "parts", "paths", "statuses"],
  errors: ["api", "live", "parts", "paths"],
  graph: ["api", "parts"],
  statuses: ["api", "parts"],
  timeline: ["api", "live", "parts"],
  list: ["api", "charts", "live", "parts", "paths", "session"],
  notifications: ["api", "live", "parts", "paths", "session"],
  charts: ["api", "live", "parts"],
  annotations: ["api", "live", "parts", "paths", "session"],
  submit: ["api", "live", "parts", "paths"],
  views: [
    "annotations",
    "api",
    "breakdown",
    "errors",
    "live",
    "parts",
    "charts",
    "graph",
    "list",
    "statuses",
    "submit",
    "timeline",
    "paths",
    "session",
  ],
};

/** Files that `npm run docs` makes. */
const MADE = new Set(["client/src/schema.d.ts", "client/src/cli/workflowRequest.ts"]);

/** The cruiser remembers it from one cruise to the next. */
const RESOLUTION = { extensions: [".ts", ".tsx", ".d.ts", ".js"], mainFields: ["module", "main"] };

const sourceFiles = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((file) => /\.tsx?$/.test(file))
    .map((file) => join(folder, file));

type Rules = NonNullable<NonNullable<ICruiseOptions["ruleSet"]>["forbidden"]>;

/** Follows the imports of a folder's files. @returns what breaks a rule, circles included, and the folder's own files */
async function importsOf(folder: string, rules: Rules) {
  const { output } = await cruise([folder], {
    validate: true,
    tsPreCompilationDeps: true,
    doNotFollow: { path: "node_modules" },
    enhancedResolveOptions: RESOLUTION,
    ruleSet: {
      forbidden: [{ name: "no-circular", severity: "error", from: {}, to: { circular: true } }, ...rules],
    },
  });
  const { summary, modules } = output as ICruiseResult;
  return {
    violations: summary.violations.map(({ rule, from, to }) => `${rule.name}: ${from} -> ${to}`),
    own: modules.filter(({ source }) => source.startsWith(`${folder}/`)),
  };
}

/** The rules of a folder whose rooms may import some others. */
const rulesOf = (folder: string, mayImport: Record<string, string[]>): Rules =>
  Object.entries(mayImport).map(([name, others]) => ({
    name: `${folder}/${name}-imports`,
    severity: "error",
    from: { path: `^${folder}/${name}/` },
    to: { path: `^${folder}/`, pathNot: [name, ...others].map((ok) => `^${folder}/${ok}/`) },
  }));

/** A cruiser that can't parse TypeScript finds nothing, and nothing wrong. */
function expectAllRead(folder: string, own: ICruiseResult["modules"]): void {
  expect(own.length).toBe(sourceFiles(folder).length);
  expect(own.flatMap(({ dependencies }) => dependencies).length).toBeGreaterThan(own.length);
}

test("imports point one way", async () => {
  const rules = [...rulesOf("src", MAY_IMPORT), ...rulesOf("src/api", API_MAY_IMPORT)];
  const { violations, own } = await importsOf("src", rules);
  expect(violations).toEqual([]);
  expectAllRead("src", own);
});

test("the client stands alone, and its library needs nothing of the command line", async () => {
  const { violations, own } = await importsOf("client/src", [
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
  ]);
  expect(violations).toEqual([]);
  expect(own.map(({ source }) => source)).toEqual(expect.arrayContaining(sourceFiles("client/src")));
});

test("imports of the page point one way, and only to the client's library outside of it", async () => {
  const { violations, own } = await importsOf("page/src", [
    { name: "page-only", severity: "error", from: {}, to: { path: "^(src|test|scripts|bench|client/src/cli)/" } },
    {
      name: "page-without-login",
      severity: "error",
      from: { path: "^page/src/" },
      to: { path: "node_modules/openid-client/", reachable: true },
    },
    ...rulesOf("page/src", PAGE_MAY_IMPORT),
  ]);
  expect(violations).toEqual([]);
  expectAllRead(
    "page/src",
    own.filter(({ source }) => /\.tsx?$/.test(source)),
  );
});

test.each([
  ["src", MAY_IMPORT],
  ["src/api", API_MAY_IMPORT],
  ["page/src", PAGE_MAY_IMPORT],
])("every folder of %s has a rule", (root, rules) => {
  const folders = readdirSync(root, { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() ? [entry.name] : [],
  );
  expect(folders.sort()).toEqual(Object.keys(rules).sort());
});

/** The programs that `package.json` names. */
const PROGRAMS = [...readFileSync("package.json", "utf8").matchAll(/\btsx ([\w/.-]+\.ts)/g)].map(
  ([, file]) => file ?? "",
);

test("programs run without the test runner", async () => {
  expect(PROGRAMS).toContain("test/fuzz/main.ts");
  const { output } = await cruise(PROGRAMS, {
    validate: true,
    doNotFollow: { path: "node_modules" },
    enhancedResolveOptions: RESOLUTION,
    ruleSet: {
      forbidden: [
        {
          name: "no-test-runner",
          severity: "error",
          from: { path: PROGRAMS.map((file) => `^${file}$`) },
          to: { path: "node_modules/vitest/", reachable: true },
        },
      ],
    },
  });
  const { summary, modules } = output as ICruiseResult;
  expect(summary.violations.map(({ from, to, via }) => [from, ...(via ?? []).map(({ name }) => name), to])).toEqual([]);
  expect(modules.length).toBeGreaterThan(PROGRAMS.length);
});

test("only the configuration and the programs read the environment", () => {
  const readers = sourceFiles("src").filter((file) => readFileSync(file, "utf8").includes("process.env"));
  expect(readers.filter((file) => !/^src\/(main|web|worker|app\/run)\.ts$/.test(file))).toEqual([]);
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
