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

/** Files that `npm run docs` makes. */
const MADE = new Set(["client/src/schema.d.ts", "client/src/cli/workflowRequest.ts"]);

const sourceFiles = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts"))
    .map((file) => join(folder, file));

test("imports point one way", async () => {
  const rooms = Object.keys(MAY_IMPORT);
  const { output } = await cruise(["src"], {
    validate: true,
    tsPreCompilationDeps: true,
    doNotFollow: { path: "node_modules" },
    enhancedResolveOptions: { extensions: [".ts", ".js"], mainFields: ["module", "main"] },
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
    ruleSet: {
      forbidden: [
        { name: "no-circular", severity: "error", from: {}, to: { circular: true } },
        { name: "client-imports", severity: "error", from: {}, to: { path: "^(src|test|bench|scripts)/" } },
        {
          name: "library-imports",
          severity: "error",
          from: { path: "^client/src/[^/]+$" },
          to: {
            pathNot: ["^client/src/[^/]+$", "node_modules/(openapi-fetch|eventsource-parser|openid-client)/"],
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

test("every folder of src is a room with a rule", () => {
  const folders = readdirSync("src", { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() ? [entry.name] : [],
  );
  expect(folders.sort()).toEqual(Object.keys(MAY_IMPORT).sort());
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
  const written = [...sourceFiles("src"), ...sourceFiles("client/src")].filter((file) => !MADE.has(file));
  const long = written.filter((file) => readFileSync(file, "utf8").split("\n").length > 320);
  expect(long).toEqual([]);
});
