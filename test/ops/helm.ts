import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { delimiter, join, resolve } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/** The version that is built where no helm is installed. */
const HELM_MODULE = "helm.sh/helm/v4/cmd/helm@v4.3.2";

/** Where it is kept for later runs. */
const CACHE_FOLDER = resolve("node_modules/.cache/helm");

/** Milliseconds for a build with an empty cache of Go on a busy machine; six minutes on two shared cores. */
const HELM_BUILD_TIMEOUT_MS = 1_200_000;

/** The folder of Go's own installation is not on every user's PATH. */
const PROGRAM_FOLDERS = [...(process.env["PATH"] ?? "").split(delimiter), "/usr/local/go/bin"];

const findProgram = (name: string): string | undefined =>
  PROGRAM_FOLDERS.map((folder) => join(folder, name)).find((file) => existsSync(file));

/** The installed helm: `HELM_PATH`, else on the PATH, else built by an earlier run. */
const findHelm = (): string | undefined =>
  [process.env["HELM_PATH"], findProgram("helm"), join(CACHE_FOLDER, "helm")].find(
    (file) => file !== undefined && existsSync(file),
  );

/**
 * Finds helm, or builds it if this machine has Go.
 *
 * @returns its path; undefined if it cannot be had. The reason is printed, and the tests that need it are skipped.
 */
export async function findOrBuildHelm(): Promise<string | undefined> {
  const found = findHelm();
  const go = findProgram("go");
  if (found !== undefined || go === undefined) return found;
  const env = { ...process.env, GOBIN: CACHE_FOLDER };
  try {
    // With the least priority, because other tests run meanwhile.
    await run("nice", ["-n", "19", go, "install", "-p=1", HELM_MODULE], { env, timeout: HELM_BUILD_TIMEOUT_MS });
    return join(CACHE_FOLDER, "helm");
  } catch (error) {
    console.error(`without helm: ${(error as Error).message}`);
    return undefined;
  }
}
