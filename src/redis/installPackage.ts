import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { RedisStartError } from "./redisStartError.js";

const execFileAsync = promisify(execFile);

/** A mirror that answers slowly is given this long, in milliseconds. */
const APT_TIMEOUT_MS = 300_000;

/** How each package manager is asked for a Redis server, by the person at the terminal. */
const PACKAGE_MANAGERS = [
  { probe: "brew", command: "brew install redis" },
  { probe: "apt-get", command: "sudo apt-get install redis-server" },
  { probe: "dnf", command: "sudo dnf install redis" },
  { probe: "apk", command: "sudo apk add redis" },
  { probe: "pacman", command: "sudo pacman -S valkey" },
];

async function isInstalled(program: string): Promise<boolean> {
  try {
    await execFileAsync(program, ["--version"], { timeout: 10_000 });
    return true;
  } catch {
    return false;
  }
}

/** Whether this process may install packages with `apt-get`: it is there, and we are root. */
export async function canInstallWithApt(): Promise<boolean> {
  return process.getuid?.() === 0 && (await isInstalled("apt-get"));
}

const runAptGet = (...args: string[]) =>
  execFileAsync("env", ["DEBIAN_FRONTEND=noninteractive", "apt-get", ...args], { timeout: APT_TIMEOUT_MS });

/**
 * Installs a package with `apt-get`.
 *
 * @throws RedisStartError with the last thing that `apt-get` said
 */
export async function installWithApt(name: string): Promise<void> {
  try {
    // Package lists are missing from most container images, and those that are there may be out of date.
    await runAptGet("update", "-qq");
    await runAptGet("install", "-y", "-qq", "--no-install-recommends", name);
  } catch (error) {
    const output = String((error as { stderr?: string }).stderr ?? error).trim();
    throw new RedisStartError(`apt-get could not install ${name}: ${output.split("\n").at(-1)}`);
  }
}

/** The command that installs a Redis server on this system. */
export async function findInstallCommand(): Promise<string> {
  for (const { probe, command } of PACKAGE_MANAGERS) if (await isInstalled(probe)) return command;
  return "your package manager, package redis";
}
