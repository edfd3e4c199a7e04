/**
 * Makes a release on this machine: sets the version, dates the CHANGELOG, runs the checks, commits and tags. Pushes nothing.
 *
 *   npm run release -- 1.2.3
 *   --skip-checks   without lint, types and tests
 */
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { releaseChangelog } from "./release/changelog.js";
import { checkNextVersion } from "./release/nextVersion.js";
import { ReleaseRefused } from "./release/releaseRefused.js";
import { readVersion, writeVersion } from "./release/versionPlaces.js";

const USAGE = "expected one version: npm run release -- 1.2.3 [--skip-checks]";
const BRANCH = "main";
const CHANGELOG = "CHANGELOG.md";
const CHECKS = [["run", "lint"], ["run", "types"], ["test"]];

/** @throws ReleaseRefused for other arguments than one version and the option */
function parseOptions(args: string[]): { version: string; skipChecks: boolean } {
  try {
    const options = { "skip-checks": { type: "boolean", default: false } } as const;
    const { values, positionals } = parseArgs({ args, allowPositionals: true, options });
    const [version, ...others] = positionals;
    if (version === undefined || others.length > 0) throw new ReleaseRefused(USAGE);
    return { version, skipChecks: values["skip-checks"] };
  } catch {
    throw new ReleaseRefused(USAGE);
  }
}

/**
 * Runs git. @returns its output, without the last line break
 * @throws ReleaseRefused with the last line of its errors
 */
function git(...args: string[]): string {
  const { status, stdout, stderr, error } = spawnSync("git", args, { encoding: "utf8" });
  if (status === 0) return stdout.trimEnd();
  const reason = error?.message ?? stderr.trimEnd().split("\n").at(-1);
  throw new ReleaseRefused(`git ${args[0]} failed: ${reason}`);
}

/** @throws ReleaseRefused if this state of the repository cannot be released */
function checkRepository(tag: string): void {
  const branch = git("branch", "--show-current");
  if (branch !== BRANCH)
    throw new ReleaseRefused(`releases are made on ${BRANCH}, not on ${branch || "a detached commit"}: switch to it`);
  if (git("status", "--porcelain") !== "")
    throw new ReleaseRefused("the working tree has changes or new files: commit or remove them first");
  if (git("tag", "--list", tag) !== "")
    throw new ReleaseRefused(`the tag ${tag} exists already: choose a higher version`);
}

/** @throws ReleaseRefused that names the first check that fails */
function runChecks(): void {
  for (const args of CHECKS) {
    console.log(`npm ${args.join(" ")}`);
    if (spawnSync("npm", args, { stdio: "inherit" }).status !== 0)
      throw new ReleaseRefused(`\`npm ${args.join(" ")}\` failed and nothing is released: repair it and try again`);
  }
}

/** Commits and tags the version. A failure before the commit leaves the tree as it was. */
function release(version: string, skipChecks: boolean): void {
  const tag = `v${version}`;
  checkRepository(tag);
  checkNextVersion(readVersion("."), version);
  const changelog = releaseChangelog(readFileSync(CHANGELOG, "utf8"), version, new Date().toISOString().slice(0, 10));

  // Ctrl-C ends the running check; its failure then restores the files.
  process.on("SIGINT", () => undefined);
  const files = [CHANGELOG, ...writeVersion(".", version)];
  try {
    writeFileSync(CHANGELOG, changelog);
    if (!skipChecks) runChecks();
    git("commit", "--quiet", "--message", `Release ${version}`, "--", ...files);
  } catch (error) {
    git("restore", "--staged", "--worktree", "--", ...files);
    throw error;
  }
  git("tag", "--annotate", "--message", `Release ${version}`, tag);
  console.log(`Committed and tagged ${tag} on this machine. Publish or undo it:
  git push --atomic origin ${BRANCH} ${tag}
  git tag --delete ${tag} && git reset --keep HEAD~1`);
}

try {
  const { version, skipChecks } = parseOptions(process.argv.slice(2));
  release(version, skipChecks);
} catch (error) {
  if (!(error instanceof ReleaseRefused)) throw error;
  console.error(`release: ${error.message}`);
  process.exitCode = 1;
}
