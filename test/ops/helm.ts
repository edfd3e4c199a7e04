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
export const HELM_BUILD_TIMEOUT_MS = 1_200_000;

/** The folder of Go's own installation is not on every user's PATH. */
const PROGRAM_FOLDERS = [...(process.env["PATH"] ?? "").split(delimiter), "/usr/local/go/bin"];

const findProgram = (name: string): string | undefined =>
  PROGRAM_FOLDERS.map((folder) => join(folder, name)).find((file) => existsSync(file));

/** The installed helm: `HELM_PATH`, else on the PATH, else built by an earlier run. */
const findHelm = (): string | undefined =>
  [process.env["HELM_PATH"], findProgram("helm"), join(CACHE_FOLDER, "helm")].find(
    (file) => file !== undefined && existsSync(file),
  );

/** Whether this machine has helm, or Go to build it. */
export const canGetHelm = (): boolean => (findHelm() ?? findProgram("go")) !== undefined;

/** Builds helm if this machine has none. @returns its path */
export async function ensureHelm(): Promise<string> {
  const found = findHelm();
  if (found !== undefined) return found;
  const env = { ...process.env, GOBIN: CACHE_FOLDER };
  // With the least priority, because other tests run meanwhile.
  const build = ["-n", "19", findProgram("go") ?? "go", "install", "-p=1", HELM_MODULE];
  await run("nice", build, { env, timeout: HELM_BUILD_TIMEOUT_MS });
  return join(CACHE_FOLDER, "helm");
}
