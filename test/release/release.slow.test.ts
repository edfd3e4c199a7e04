import { execFile } from "node:child_process";
import { cp, mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { temporaryFolder } from "../setup/temporaryFolder.js";

const run = promisify(execFile);

const CHART = "ops/kubernetes/ewms-wms/Chart.yaml";
/** Each with the lines that name the version, `X` in its place. */
const PLACES: Record<string, string[]> = {
  "package.json": ['  "version": "X",'],
  "client/package.json": ['  "version": "X",'],
  "package-lock.json": ['"name": "ewms-wms",\n  "version": "X"', '"name": "ewms",\n      "version": "X"'],
  "docs/client.md": ["`npm install --global ewms-X.tgz`", "which builds `ewms-X.tgz`", "\newms-wms X\n"],
  "docs/extensions.md": ['"role":"web","version":"X"', '"versions":["X"]'],
  [CHART]: ["\nversion: X\n", '\nappVersion: "X"\n'],
};
const { version: CURRENT } = JSON.parse(await readFile("package.json", "utf8")) as { version: string };

/** A git repository with the files of this one that name the version, and unreleased changes. */
async function makeRepository() {
  const root = await temporaryFolder();
  const env = {
    PATH: process.env["PATH"],
    HOME: await temporaryFolder(),
    GIT_CONFIG_NOSYSTEM: "1",
    ...{ GIT_AUTHOR_NAME: "Author", GIT_AUTHOR_EMAIL: "author@example.org" },
    ...{ GIT_COMMITTER_NAME: "Author", GIT_COMMITTER_EMAIL: "author@example.org" },
  };
  const read = (file: string) => readFile(join(root, file), "utf8");
  const write = async (file: string, text: string) => {
    await mkdir(dirname(join(root, file)), { recursive: true });
    await writeFile(join(root, file), text);
  };
  const git = async (...args: string[]) => (await run("git", args, { cwd: root, env })).stdout.trimEnd();
  const commit = async () => {
    await git("add", ".");
    await git("commit", "--quiet", "--message", "State before the release");
  };
  const release = (...args: string[]) =>
    run(resolve("node_modules/.bin/tsx"), [resolve("scripts/release.ts"), ...args], { cwd: root, env }).then(
      ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
      ({ code, stdout, stderr }: { code: number; stdout: string; stderr: string }) => ({ code, stdout, stderr }),
    );

  await git("init", "--quiet", "--initial-branch", "main");
  for (const file of Object.keys(PLACES)) if (file !== CHART) await cp(file, join(root, file), { recursive: true });
  await write(CHART, `apiVersion: v2\nname: ewms-wms\nversion: ${CURRENT}\nappVersion: "${CURRENT}"\n`);
  await write("CHANGELOG.md", `# Changelog\n\n## Unreleased\n\n- A change.\n\n## ${CURRENT} (2026-11-29)\n\n- All.\n`);
  await commit();
  return { root, read, write, git, commit, release };
}

type Repository = Awaited<ReturnType<typeof makeRepository>>;

/** Replaces the scripts of npm that a release runs. */
async function setScripts({ read, write }: Repository, scripts: Record<string, string>): Promise<void> {
  const manifest = JSON.parse(await read("package.json")) as object;
  await write("package.json", `${JSON.stringify({ ...manifest, scripts }, null, 2)}\n`);
}

test("a release sets the version in all places, dates the CHANGELOG, commits and tags", async () => {
  const repository = await makeRepository();
  const { read, git, release } = repository;
  const lockBefore = await read("package-lock.json");

  const { code, stdout, stderr } = await release("12.34.56", "--skip-checks");

  expect(stderr).toBe("");
  expect(code).toBe(0);
  for (const [file, lines] of Object.entries(PLACES)) {
    const text = await read(file);
    for (const line of lines) expect(text).toContain(line.replace("X", "12.34.56"));
  }
  const today = new Date().toISOString().slice(0, 10);
  expect(await read("CHANGELOG.md")).toBe(
    `# Changelog\n\n## Unreleased\n\n## 12.34.56 (${today})\n\n- A change.\n\n## ${CURRENT} (2026-11-29)\n\n- All.\n`,
  );
  // Packages of others keep their versions.
  const lockLines = (await read("package-lock.json")).split("\n");
  const changed = lockBefore.split("\n").filter((line, index) => line !== lockLines[index]);
  expect(changed.map((line) => line.trim())).toEqual(Array(3).fill(`"version": "${CURRENT}",`));

  expect(await git("status", "--porcelain")).toBe("");
  expect(await git("log", "--format=%s")).toBe("Release 12.34.56\nState before the release");
  expect(await git("cat-file", "-t", "v12.34.56")).toBe("tag");
  expect(await git("rev-parse", "v12.34.56^{commit}")).toBe(await git("rev-parse", "main"));
  expect(stdout).toContain("git push --atomic origin main v12.34.56\n");
});

test("a release runs the checks with the new version", async () => {
  const repository = await makeRepository();
  const note = "echo $npm_lifecycle_event $npm_package_version";
  await setScripts(repository, { lint: note, types: note, test: note });
  await repository.commit();
  const { code, stdout } = await repository.release("12.0.0");
  expect(stdout.match(/^(?:lint|types|test) 12\.0\.0$/gm)).toEqual(["lint 12.0.0", "types 12.0.0", "test 12.0.0"]);
  expect(code).toBe(0);
});

test("a failed check leaves the repository as it was", async () => {
  const repository = await makeRepository();
  await setScripts(repository, { lint: "exit 0", types: "exit 1", test: "exit 0" });
  await repository.commit();
  const { code, stderr } = await repository.release("12.0.0");
  expect(stderr).toContain("release: `npm run types` failed and nothing is released: repair it and try again\n");
  expect(code).toBe(1);
  await expectUnchanged(repository);
});

async function expectUnchanged({ git, read }: Repository): Promise<void> {
  expect(await git("status", "--porcelain")).toBe("");
  expect(await git("tag")).toBe("");
  expect(await git("log", "--format=%s")).not.toContain("Release ");
  expect(JSON.parse(await read("package.json"))).toMatchObject({ version: CURRENT });
}

/** Why a release is refused, the state that causes it, and the message. */
const REFUSALS: [reason: string, prepare: (repository: Repository) => Promise<unknown>, message: string][] = [
  ["another branch", ({ git }) => git("switch", "--quiet", "--create", "feature"), "made on main, not on feature"],
  ["a detached commit", ({ git }) => git("switch", "--quiet", "--detach"), "made on main, not on a detached commit"],
  [
    "an unreleased section without changes",
    async ({ write, commit }) => {
      await write(
        "CHANGELOG.md",
        `# Changelog\n\n## Unreleased\n\n### Added\n\n## ${CURRENT} (2026-11-29)\n\n- All.\n`,
      );
      await commit();
    },
    'CHANGELOG.md lists no changes under "## Unreleased"',
  ],
  [
    "a place with another version",
    async ({ write, commit }) => {
      await write(CHART, "name: ewms-wms\nversion: 0.0.7\nappVersion: 0.0.7\n");
      await commit();
    },
    `${CHART} has 0.0.7 instead of ${CURRENT}`,
  ],
  [
    "a place without a version",
    async ({ write, commit }) => {
      await write("docs/client.md", "# The client\n");
      await commit();
    },
    `docs/client.md has no version instead of ${CURRENT}`,
  ],
];

test.each(REFUSALS)("a release is refused for %s", async (_, prepare, message) => {
  const repository = await makeRepository();
  await prepare(repository);
  const { code, stderr } = await repository.release("12.0.0", "--skip-checks");
  expect(stderr).toMatch(/^release: .*\n$/);
  expect(stderr).toContain(message);
  expect(code).toBe(1);
  await expectUnchanged(repository);
});

/** Expects that a release is refused in one sentence. @returns that sentence */
async function refusal({ release }: Repository, ...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await release(...args);
  expect([code, stdout]).toEqual([1, ""]);
  expect(stderr).toMatch(/^release: .*\n$/);
  return stderr;
}

test("a release is refused for a version that is not newer or none, and for other arguments", async () => {
  const repository = await makeRepository();
  expect(await refusal(repository, CURRENT, "--skip-checks")).toContain(`${CURRENT} is not newer than ${CURRENT}`);
  expect(await refusal(repository, "12", "--skip-checks")).toContain('"12" is not a version');
  for (const args of [[], ["12.0.0", "13.0.0"], ["12.0.0", "--force"]])
    expect(await refusal(repository, ...args)).toContain("expected one version: npm run release -- 1.2.3");
  await expectUnchanged(repository);
});

test("a release is refused for an existing tag, new files and changes", async () => {
  const repository = await makeRepository();
  const { git, write } = repository;
  await git("tag", "v12.0.0");
  expect(await refusal(repository, "12.0.0", "--skip-checks")).toContain("the tag v12.0.0 exists already");
  await git("tag", "--delete", "v12.0.0");
  await expectUnchanged(repository);

  const message = "the working tree has changes or new files";
  await write("new.txt", "");
  expect(await refusal(repository, "12.0.0", "--skip-checks")).toContain(message);
  await git("clean", "--quiet", "--force");
  await write("docs/client.md", "changed");
  expect(await refusal(repository, "12.0.0", "--skip-checks")).toContain(message);
  expect(await git("status", "--porcelain")).toBe(" M docs/client.md");
  expect(await git("tag")).toBe("");
});
