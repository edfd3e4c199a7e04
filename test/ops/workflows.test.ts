import { execFile } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";

const run = promisify(execFile);
const FOLDER = ".github/workflows";

interface Step {
  uses?: string;
  run?: string;
  with?: Record<string, unknown>;
}
interface Job {
  permissions?: Record<string, string>;
  "timeout-minutes"?: number;
  uses?: string;
  steps?: Step[];
  strategy?: { matrix: { node?: string[] } };
}
interface Workflow {
  on: Record<string, unknown>;
  permissions: unknown;
  concurrency?: { group: string };
  jobs: Record<string, Job>;
}

const read = (file: string): string => readFileSync(file, "utf8");
const FILES = readdirSync(FOLDER);
const WORKFLOWS = Object.fromEntries(FILES.map((file) => [file, parse(read(join(FOLDER, file))) as Workflow]));
const JOBS = Object.entries(WORKFLOWS).flatMap(([file, { jobs }]) =>
  Object.entries(jobs).map(([name, job]): [name: string, job: Job] => [`${file}: ${name}`, job]),
);
const STEPS = JOBS.flatMap(([, { steps = [] }]) => steps);
const COMMANDS = STEPS.flatMap((step) => step.run ?? []);
const { scripts, engines } = JSON.parse(read("package.json")) as {
  scripts: Record<string, string>;
  engines: { node: string };
};

it("there are workflows for tests, image, chart and release", () => {
  expect(FILES.sort()).toEqual(["chart.yml", "ci.yml", "image.yml", "release.yml"]);
});

describe.each(Object.entries(WORKFLOWS))("%s", (_, { permissions, concurrency }) => {
  it("grants nothing by default, and has a group for concurrent runs", () => {
    expect(permissions).toEqual({});
    // With github.workflow, a called workflow would be in the group of its caller, and cancel it.
    expect(concurrency?.group).toMatch(/^[a-z]+-\$\{\{ github\.ref \}\}$/);
  });
});

describe.each(JOBS)("%s", (_, job) => {
  it("has permissions, and a time limit or a called workflow that has one", () => {
    expect(Object.keys(job.permissions ?? {})).toContain("contents");
    if (job.uses === undefined) expect(job["timeout-minutes"]).toBeLessThanOrEqual(90);
    else expect(existsSync(job.uses)).toBe(true);
  });
});

it("only two jobs may write: the image to the registry, the release to the repository", () => {
  const writes = JOBS.flatMap(([name, { permissions = {} }]) =>
    Object.entries(permissions).flatMap(([scope, access]) => (access === "write" ? [`${name}: ${scope}`] : [])),
  );
  expect(writes.sort()).toEqual([
    "image.yml: publish: packages",
    // It calls image.yml.
    "release.yml: image: packages",
    "release.yml: publish: contents",
  ]);
});

it("the tests run on the minimum of Node in package.json and on newer versions", () => {
  const versions = WORKFLOWS["ci.yml"]?.jobs["test"]?.strategy?.matrix.node;
  expect(versions?.map((version) => version.split(".")[0])).toEqual(["20", "22", "24"]);
  expect(`>=${versions?.[0]}`).toBe(engines.node);
  expect(read(".nvmrc").trim()).toBe(versions?.[0]?.split(".")[0]);
});

it("CI runs each check of the repository", () => {
  expect(COMMANDS).toEqual(
    expect.arrayContaining([
      ...["npm ci", "npm run lint", "npm run types", "npm run build", "npm test"],
      ...["npm run test:slow", "npm run test:cluster"],
    ]),
  );
});

it("commands that workflows run exist as scripts of npm", () => {
  const names = COMMANDS.flatMap((command) =>
    [...command.matchAll(/^npm (?:run )?(?!ci|pack\b)([\w:-]+)/gm)].map(([, name = ""]) => name),
  );
  expect(names.length).toBeGreaterThanOrEqual(6);
  expect(names.filter((name) => scripts[name] === undefined)).toEqual([]);
});

it("actions are pinned, and checkouts leave no token behind", () => {
  const actions = STEPS.flatMap((step) => (step.uses === undefined ? [] : [step]));
  expect(actions.length).toBeGreaterThan(10);
  for (const { uses = "", with: inputs } of actions) {
    expect(uses).toMatch(/^(?:actions|docker)\/[a-z-]+@(?:v\d+|[0-9a-f]{40})$/);
    if (uses.startsWith("actions/checkout@")) expect(inputs).toMatchObject({ "persist-credentials": false });
  }
});

it("no command contains an expression, whose value could be a command", () => {
  expect(COMMANDS.filter((command) => command.includes("${{"))).toEqual([]);
});

it("a tag publishes an image for amd64 and arm64 with SBOM and provenance, in the registry of a variable", () => {
  const steps = WORKFLOWS["image.yml"]?.jobs["publish"]?.steps ?? [];
  const inputsOf = (action: string) => steps.find(({ uses }) => uses?.startsWith(`${action}@`))?.with;
  expect(inputsOf("docker/build-push-action")).toMatchObject({
    platforms: "linux/amd64,linux/arm64",
    push: true,
    sbom: true,
    provenance: "mode=max",
    "build-args": expect.stringMatching(/^VERSION=/),
  });
  const registry = "$" + "{{ vars.IMAGE_REGISTRY }}";
  expect(inputsOf("docker/login-action")?.["registry"]).toBe(registry);
  expect(String(inputsOf("docker/metadata-action")?.["images"]).split("/")[0]).toBe(registry);
});

it("a tag starts the release, which publishes nothing before the tests have passed", () => {
  const { on, jobs } = WORKFLOWS["release.yml"]!;
  expect(on).toEqual({ push: { tags: ["v*"] } });
  expect(jobs).toMatchObject({ image: { needs: ["ci", "chart"] }, publish: { needs: ["client", "chart", "image"] } });
});

it("updates of npm, actions and images are proposed weekly, in groups", () => {
  const { updates } = parse(read(".github/dependabot.yml")) as {
    updates: { "package-ecosystem": string; schedule: { interval: string }; groups: object }[];
  };
  expect(updates.map((update) => update["package-ecosystem"])).toEqual(
    expect.arrayContaining(["npm", "github-actions", "docker"]),
  );
  for (const { schedule, groups } of updates) {
    expect(schedule.interval).toBe("weekly");
    expect(Object.keys(groups)).toHaveLength(1);
  }
});

const hasActionlint = await run("actionlint", ["-version"]).then(
  () => true,
  () => false,
);

it.runIf(hasActionlint)("actionlint finds no error (needs actionlint on the PATH)", async () => {
  const files = FILES.map((file) => join(FOLDER, file));
  // Checks of other tools differ from machine to machine.
  const { stdout } = await run("actionlint", ["-shellcheck=", "-pyflakes=", ...files]);
  expect(stdout).toBe("");
});
