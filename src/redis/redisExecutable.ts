import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { canInstallWithApt, findInstallCommand, installWithApt } from "./installPackage.js";
import { RedisStartError } from "./redisStartError.js";
import { isSupportedVersion, MIN_REDIS_VERSION } from "./redisVersion.js";

const execFileAsync = promisify(execFile);

/** Valkey began as a copy of Redis 7.2 and takes the same settings. */
const SERVER_COMMANDS = ["redis-server", "valkey-server"];

interface ServerExecutable {
  command: string;
  version: string;
}

async function probeExecutable(command: string): Promise<ServerExecutable | undefined> {
  try {
    const { stdout } = await execFileAsync(command, ["--version"], { timeout: 10_000 });
    const version = /v=([\d.]+)/.exec(stdout)?.[1];
    return version === undefined ? undefined : { command, version };
  } catch {
    return undefined;
  }
}

/**
 * The command that starts a Redis server of at least 6.2 on this machine, or undefined when there is none.
 *
 * @throws RedisStartError when there are only older ones
 */
export async function findRedisServer(): Promise<string | undefined> {
  const found = (await Promise.all(SERVER_COMMANDS.map(probeExecutable))).filter((one) => one !== undefined);
  const usable = found.find(({ version }) => isSupportedVersion(version));
  if (usable !== undefined) return usable.command;
  const [outdated] = found;
  if (outdated === undefined) return undefined;
  throw new RedisStartError(
    `${outdated.command} ${outdated.version} is too old: ${MIN_REDIS_VERSION} or newer is needed ` +
      `(install a newer one, or set REDIS_URL to one that runs elsewhere)`,
  );
}

/**
 * Like {@link findRedisServer}, but installs the distribution's package when nothing is there and this process may.
 *
 * @param logLine told in one line what is being installed
 * @throws RedisStartError whose message says how to get a Redis on this system
 */
export async function ensureRedisServer(logLine: (line: string) => void): Promise<string> {
  const present = await findRedisServer();
  if (present !== undefined) return present;
  if (await canInstallWithApt()) {
    logLine("no redis-server here: installing it with apt-get");
    await installWithApt("redis-server");
    const installed = await findRedisServer();
    if (installed !== undefined) return installed;
  }
  throw new RedisStartError(
    `no redis-server on the PATH: install one with "${await findInstallCommand()}", or set REDIS_URL`,
  );
}
