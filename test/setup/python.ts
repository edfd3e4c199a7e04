import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { temporaryFolder } from "./temporaryFolder.js";

const run = promisify(execFile);

/** Milliseconds for the download of some packages. */
const INSTALL_TIMEOUT_MS = 180_000;

/**
 * Makes a virtual environment with packages of PyPI.
 *
 * @param atEnd receives the function that removes it
 * @returns the folder of its programs; undefined if there is no Python with `venv`, or PyPI cannot be reached. The reason is
 *   printed, and the tests that need it are skipped.
 */
export async function installPythonPackages(
  packages: readonly string[],
  atEnd: (remove: () => Promise<void>) => void,
): Promise<string | undefined> {
  const environment = join(await temporaryFolder(atEnd), "venv");
  const bin = join(environment, "bin");
  const options = ["--quiet", "--disable-pip-version-check"];
  try {
    await run("python3", ["-m", "venv", environment]);
    await run(join(bin, "python"), ["-m", "pip", "install", ...options, ...packages], { timeout: INSTALL_TIMEOUT_MS });
    return bin;
  } catch (error) {
    console.error(`without ${packages.join(", ")}: ${(error as Error).message}`);
    return undefined;
  }
}
