import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { installCommand, installWithApt, mayInstallWithApt } from "./installPackage.js";
import { RedisStartError } from "./redisStartError.js";
import { isRecentEnough, OLDEST_VERSION } from "./redisVersion.js";

const run = promisify(execFile);

/** Valkey began as a copy of Redis 7.2 and takes the same settings. */
const COMMANDS = ["redis-server", "valkey-server"];

interface Found {
  command: string;
  version: string;
}

async function look(command: string): Promise<Found | undefined> {
  try {
    const { stdout } = await run(command, ["--version"], { timeout: 10_000 });
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
  const found = (await Promise.all(COMMANDS.map(look))).filter((one) => one !== undefined);
  const usable = found.find(({ version }) => isRecentEnough(version));
  if (usable !== undefined) return usable.command;
  const [old] = found;
  if (old === undefined) return undefined;
  throw new RedisStartError(
    `${old.command} ${old.version} is too old: ${OLDEST_VERSION} or newer is needed ` +
      `(install a newer one, or set REDIS_URL to one that runs elsewhere)`,
  );
}

/**
 * Like {@link findRedisServer}, but installs the distribution's package when nothing is there and this process may.
 *
 * @param say told in one line what is being installed
 * @throws RedisStartError whose message says how to get a Redis on this system
 */
export async function ensureRedisServer(say: (line: string) => void): Promise<string> {
  const present = await findRedisServer();
  if (present !== undefined) return present;
  if (await mayInstallWithApt()) {
    say("no redis-server here: installing it with apt-get");
    await installWithApt("redis-server");
    const installed = await findRedisServer();
    if (installed !== undefined) return installed;
  }
  throw new RedisStartError(
    `no redis-server on the PATH: install one with "${await installCommand()}", or set REDIS_URL`,
  );
}
