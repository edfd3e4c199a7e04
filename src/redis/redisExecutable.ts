import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { RedisStartError } from "./redisAddress.js";

/** Older versions lack commands that the queues use. Valkey reports the version of the Redis that it replaces. */
export const MIN_REDIS_VERSION = "6.2";

/** Whether a version like `7.0.15` is at least {@link MIN_REDIS_VERSION}. */
export function isSupportedVersion(version: string): boolean {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  return major > 6 || (major === 6 && minor >= 2);
}

const execFileAsync = promisify(execFile);

/** Valkey is a fork of Redis 7.2 and accepts the same settings. */
const SERVER_COMMANDS = ["redis-server", "valkey-server"];

/** The command of each package manager that installs a Redis server. */
const INSTALL_COMMANDS = {
  brew: "brew install redis",
  "apt-get": "sudo apt-get install redis-server",
  dnf: "sudo dnf install redis",
  apk: "sudo apk add redis",
  pacman: "sudo pacman -S valkey",
};

/** Runs a program with `--version`. @returns its output; undefined when the PATH has no such program */
const readVersionOutput = (program: string): Promise<string | undefined> =>
  execFileAsync(program, ["--version"], { timeout: 10_000 }).then(
    ({ stdout }) => stdout,
    () => undefined,
  );

/** Whether the PATH has a program. */
export const isInstalled = async (program: string): Promise<boolean> =>
  (await readVersionOutput(program)) !== undefined;

/**
 * Finds a Redis server on the PATH, of version 6.2 or newer.
 *
 * @returns its command; undefined when there is none
 * @throws RedisStartError when there are only older ones
 */
export async function findRedisServer(): Promise<string | undefined> {
  let outdated: string | undefined;
  for (const command of SERVER_COMMANDS) {
    const version = /v=([\d.]+)/.exec((await readVersionOutput(command)) ?? "")?.[1];
    if (version === undefined) continue;
    if (isSupportedVersion(version)) return command;
    outdated ??= `${command} ${version}`;
  }
  if (outdated === undefined) return undefined;
  throw new RedisStartError(
    `${outdated} is too old: ${MIN_REDIS_VERSION} or newer is needed ` +
      `(install a newer one, or set REDIS_URL to one that runs elsewhere)`,
  );
}

/**
 * Does the same as {@link findRedisServer}, for callers that need a server.
 *
 * @throws RedisStartError with the command that installs one on this system
 */
export async function requireRedisServer(): Promise<string> {
  const found = await findRedisServer();
  if (found !== undefined) return found;
  let installCommand = "your package manager, package redis";
  for (const [manager, command] of Object.entries(INSTALL_COMMANDS).reverse())
    if (await isInstalled(manager)) installCommand = command;
  throw new RedisStartError(`no redis-server on the PATH: install one with "${installCommand}", or set REDIS_URL`);
}
