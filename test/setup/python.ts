import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/** Milliseconds for the download of some packages. */
const INSTALL_TIMEOUT_MS = 180_000;

/** Whether this machine has a Python that makes virtual environments. */
export const findPython = (): Promise<boolean> =>
  run("python3", ["-c", "import venv, ensurepip"]).then(
    () => true,
    () => false,
  );

/**
 * Makes a virtual environment with packages of PyPI.
 *
 * @returns the folder of its programs
 */
export async function installPythonPackages(folder: string, packages: readonly string[]): Promise<string> {
  const environment = join(folder, "venv");
  await run("python3", ["-m", "venv", environment]);
  const bin = join(environment, "bin");
  const options = ["--quiet", "--disable-pip-version-check"];
  await run(join(bin, "python"), ["-m", "pip", "install", ...options, ...packages], { timeout: INSTALL_TIMEOUT_MS });
  return bin;
}
