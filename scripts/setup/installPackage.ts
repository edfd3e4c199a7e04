import { execFile } from "node:child_process";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { isInstalled } from "../../src/redis/redisExecutable.js";

/** Milliseconds, enough for a slow mirror. */
const APT_TIMEOUT_MS = 300_000;

/** Whether this process may install packages: it is root, and the machine has `apt-get`. */
export async function canInstallWithApt(): Promise<boolean> {
  return process.getuid?.() === 0 && (await isInstalled("apt-get"));
}

/** Test files run at the same time and may need the same package, but `apt-get` fails while another one runs. */
const APT_LOCK_FILE = join(tmpdir(), "ewms-wms-apt.lock");

const runAptGet = (...args: string[]) =>
  promisify(execFile)(
    "flock",
    [APT_LOCK_FILE, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-o", "DPkg::Lock::Timeout=120", ...args],
    { timeout: APT_TIMEOUT_MS },
  );

/**
 * Installs a package with `apt-get`.
 *
 * @throws Error with the last line that `apt-get` printed
 */
export async function installWithApt(name: string): Promise<void> {
  console.error(`${name} is missing: installing it with apt-get`);
  try {
    // Most container images have no package lists, or outdated ones.
    await runAptGet("update", "-qq");
    await runAptGet("install", "-y", "-qq", "--no-install-recommends", name);
  } catch (error) {
    const output = String((error as { stderr?: string }).stderr ?? error).trim();
    throw new Error(`apt-get could not install ${name}: ${output.split("\n").at(-1)}`);
  }
}
