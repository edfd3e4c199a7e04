import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir } from "node:fs/promises";
import { createServer } from "node:net";
import { resolve } from "node:path";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import { endsWithin } from "../domain/time.js";
import { RedisStartError } from "./redisAddress.js";

export interface RedisServerOptions {
  command: string;
  /** The data folder; created when it is missing. */
  dir: string;
  /** Whether Redis keeps every write in an append-only file, which it syncs each second. */
  appendOnly: boolean;
  /** Further settings by the names of `redis.conf`. Called for each attempt, because a setting may hold a port. */
  settings?: () => Promise<Record<string, string>>;
}

/** A `redis-server` that is a child of this process. */
export interface RunningServer {
  /** As in `StandaloneRedis`. */
  url: string;
  /** Resolves when the server has ended, by {@link stop} or by itself. */
  ended: Promise<void>;
  /** Shuts the server down. Its data is on the disk when this resolves. */
  stop(): Promise<void>;
}

/** One that listens on a port of 127.0.0.1. Every local user can connect to it. */
export interface RedisServer extends RunningServer {
  port: number;
}

/**
 * Sends a TERM to Redis when this process ends. The shell reads a pipe whose write end only this process holds. The
 * kernel closes it after a `kill -9` too, so no orphaned server keeps the data folder open. With this umask, other users
 * can't read the data files.
 */
const KILL_WITH_PARENT_SCRIPT = `
  umask 077
  exec 3<&0
  "$@" </dev/null 3<&- &
  server=$!
  { cat <&3 >/dev/null; kill -TERM "$server"; } 2>/dev/null &
  leash=$!
  wait "$server"
  status=$?
  kill "$leash" 2>/dev/null
  exit "$status"
`;

/** Another process may bind a free port before Redis does; then the start is retried with the next one. */
const MAX_PORT_ATTEMPTS = 5;
/** The last line that a server prints when its port is in use. */
const PORT_TAKEN_PATTERN = /already in use|^Failed listening on port/;

/** Milliseconds that a shutdown may take before the server is killed. */
const STOP_TIMEOUT_MS = 10_000;

type Child = ChildProcessByStdio<Writable, Readable, null>;

/**
 * Starts a Redis server on a free port of 127.0.0.1 and waits until it has loaded its data.
 *
 * @throws RedisStartError with the last line that the server printed
 */
export async function startRedisServer(options: RedisServerOptions): Promise<RedisServer> {
  const dir = await createDataFolder(options.dir);
  let lastOutput = "";
  for (let attempt = 0; attempt < MAX_PORT_ATTEMPTS; attempt++) {
    const port = await findFreePort();
    const settings = { bind: "127.0.0.1", port: String(port), ...(await options.settings?.()) };
    const child = spawnRedisServer(options, dir, settings);
    const startFailure = await waitUntilReady(child);
    if (startFailure === undefined) return { port, ...describeServer(child, `redis://127.0.0.1:${port}`) };
    lastOutput = startFailure;
    if (!PORT_TAKEN_PATTERN.test(startFailure)) break;
  }
  throw startError(options, lastOutput);
}

/**
 * Starts a Redis server without a port, on a Unix socket, and waits until it has loaded its data.
 *
 * @param socketPath an absolute path in a folder that no other user can enter
 * @throws RedisStartError with the last line that the server printed
 */
export async function startRedisServerOnSocket(
  options: RedisServerOptions,
  socketPath: string,
): Promise<RunningServer> {
  const dir = await createDataFolder(options.dir);
  const listening = { port: "0", unixsocket: socketPath, unixsocketperm: "700" };
  const child = spawnRedisServer(options, dir, { ...listening, ...(await options.settings?.()) });
  const startFailure = await waitUntilReady(child);
  if (startFailure !== undefined) throw startError(options, startFailure);
  return describeServer(child, socketPath);
}

const startError = ({ command }: RedisServerOptions, lastOutput: string): RedisStartError =>
  new RedisStartError(`${command} did not start: ${lastOutput}`);

/** @returns the absolute path */
async function createDataFolder(folder: string): Promise<string> {
  const dir = resolve(folder);
  await mkdir(dir, { recursive: true }).catch((error: Error) => {
    throw new RedisStartError(`cannot create the data folder ${dir} (${error.message})`);
  });
  return dir;
}

function spawnRedisServer(
  { command, appendOnly }: RedisServerOptions,
  dir: string,
  moreSettings: Record<string, string>,
): Child {
  const settings: Record<string, string> = {
    dir,
    save: "",
    appendonly: appendOnly ? "yes" : "no",
    appendfsync: "everysec",
    "maxmemory-policy": "noeviction",
    // Values up to this size keep the compact form of a hash, which halves its memory. Redis 6.2 has only this name.
    "hash-max-ziplist-value": "1024",
    daemonize: "no",
    ...moreSettings,
  };
  const args = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value]);
  return spawnKilledWithParent(command, args);
}

/** Starts a program that gets a TERM when its input ends. The input ends with this process. */
export const spawnKilledWithParent = (command: string, args: readonly string[]): Child =>
  // In its own process group, Redis does not get the terminal's Ctrl-C: the service must stop first.
  spawn("sh", ["-c", KILL_WITH_PARENT_SCRIPT, "sh", command, ...args], {
    stdio: ["pipe", "pipe", "ignore"],
    detached: true,
  });

/** Waits for the start of a server. @returns undefined when it is ready; its last line when it has ended */
function waitUntilReady(child: Child): Promise<string | undefined> {
  let lastLine = "it printed nothing";
  return new Promise((settle) => {
    createInterface({ input: child.stdout }).on("line", (line) => {
      // "1234:M 24 Nov 2025 07:56:00.123 # Warning: …"
      if (/^\d+:\w /.test(line)) lastLine = line.replace(/^\d+:\w .*? [*#.-] /, "");
      // Before Redis 7.2, "The server is now ready to accept connections at <socket>".
      if (/ready to accept connections/i.test(line)) settle(undefined);
    });
    child.once("error", (error) => settle(error.message));
    child.once("close", () => settle(lastLine));
  });
}

function describeServer(child: Child, url: string): RunningServer {
  const ended = child.exitCode === null ? once(child, "exit").then(() => undefined) : Promise.resolve();
  return {
    url,
    ended,
    async stop() {
      child.stdin.end();
      if (!(await endsWithin(STOP_TIMEOUT_MS, ended)) && child.pid !== undefined) process.kill(-child.pid, "SIGKILL");
      await ended;
    },
  };
}

/** Finds a free port of 127.0.0.1. */
export async function findFreePort(): Promise<number> {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const address = probe.address();
  probe.close();
  await once(probe, "close");
  if (address === null || typeof address === "string") throw new RedisStartError("no free port on 127.0.0.1");
  return address.port;
}
