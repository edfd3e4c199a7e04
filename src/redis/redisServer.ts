import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir } from "node:fs/promises";
import { createServer } from "node:net";
import { resolve } from "node:path";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import { setTimeout as delay } from "node:timers/promises";
import { RedisStartError } from "./redisStartError.js";

export interface RedisServerOptions {
  /** From `findRedisServer`. */
  command: string;
  /** Where the data lies; made when it is missing. */
  dir: string;
  /** Whether every write is kept in an append-only file, which is synced each second. */
  appendOnly: boolean;
  /** Further settings, by the names of `redis.conf`; asked for at each attempt, in case they hold a port. */
  settings?: () => Promise<Record<string, string>>;
}

/** A `redis-server` that is a child of this process. */
export interface RedisServer {
  port: number;
  url: string;
  /** Fulfilled once the server has ended, by {@link stop} or by itself. */
  ended: Promise<void>;
  /** Ends it in order: what was written is on the disk when this is fulfilled. */
  stop(): Promise<void>;
}

/**
 * The shell between us and Redis holds the read end of a pipe whose write end only we have. The kernel closes it however
 * we end, by `kill -9` too, and Redis is then told to end in order: no server is left behind with the data folder open.
 */
const KILL_WITH_PARENT_SCRIPT = `
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

/** Another process may take a port between our look and Redis' bind; then the next one is tried. */
const MAX_PORT_ATTEMPTS = 5;
/** The last words of a server that could not have its port: why is told in the line before, if at all. */
const PORT_TAKEN_PATTERN = /already in use|^Failed listening on port/;

/** How long an orderly end may take, in milliseconds, before the server is killed. */
const STOP_TIMEOUT_MS = 10_000;

type Child = ChildProcessByStdio<Writable, Readable, null>;

/**
 * Starts a Redis server on a free port of 127.0.0.1 and waits until it has loaded its data.
 *
 * @throws RedisStartError with the server's own last words
 */
export async function startRedisServer(options: RedisServerOptions): Promise<RedisServer> {
  const dir = resolve(options.dir);
  await mkdir(dir, { recursive: true }).catch((error: Error) => {
    throw new RedisStartError(`the data folder ${dir} can't be made (${error.message})`);
  });
  let lastOutput = "";
  for (let attempt = 0; attempt < MAX_PORT_ATTEMPTS; attempt++) {
    const port = await findFreePort();
    const child = spawnRedisServer(options, dir, port, (await options.settings?.()) ?? {});
    const startFailure = await waitUntilReady(child);
    if (startFailure === undefined) return createServerHandle(child, port);
    lastOutput = startFailure;
    if (!PORT_TAKEN_PATTERN.test(startFailure)) break;
  }
  throw new RedisStartError(`${options.command} did not start: ${lastOutput}`);
}

function spawnRedisServer(
  options: RedisServerOptions,
  dir: string,
  port: number,
  extraSettings: Record<string, string>,
): Child {
  const settings: Record<string, string> = {
    bind: "127.0.0.1",
    port: String(port),
    dir,
    save: "",
    appendonly: options.appendOnly ? "yes" : "no",
    appendfsync: "everysec",
    "maxmemory-policy": "noeviction",
    // Records up to this size stay in Redis' compact form, which halves them. The name that Redis 6.2 knows, too.
    "hash-max-ziplist-value": "1024",
    daemonize: "no",
    ...extraSettings,
  };
  const args = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value]);
  return spawnKilledWithParent(options.command, args);
}

/** Starts a program that is told to end when its input ends, which it does when this process ends. */
export const spawnKilledWithParent = (command: string, args: readonly string[]): Child =>
  // A process group of its own: the terminal's Ctrl-C is for us, and we end Redis when nothing needs it any more.
  spawn("sh", ["-c", KILL_WITH_PARENT_SCRIPT, "sh", command, ...args], {
    stdio: ["pipe", "pipe", "ignore"],
    detached: true,
  });

/** Waits until the server is ready (undefined) or has ended (what it said last). */
function waitUntilReady(child: Child): Promise<string | undefined> {
  const { promise, resolve: settle } = createPromiseWithResolvers<string | undefined>();
  let lastLine = "it said nothing";
  const lines = createInterface({ input: child.stdout });
  lines.on("line", (line) => {
    // "1234:M 24 Nov 2025 07:56:00.123 # Warning: …"
    if (/^\d+:\w /.test(line)) lastLine = line.replace(/^\d+:\w .*? [*#.-] /, "");
    if (/Ready to accept connections/.test(line)) settle(undefined);
  });
  child.once("error", (error) => settle(error.message));
  child.once("close", () => settle(lastLine));
  return promise;
}

function createServerHandle(child: Child, port: number): RedisServer {
  const ended = child.exitCode === null ? once(child, "exit").then(() => undefined) : Promise.resolve();
  return {
    port,
    url: `redis://127.0.0.1:${port}`,
    ended,
    async stop() {
      child.stdin.end();
      const stoppedInTime = await Promise.race([ended.then(() => true), delay(STOP_TIMEOUT_MS, false, { ref: false })]);
      if (!stoppedInTime && child.pid !== undefined) process.kill(-child.pid, "SIGKILL");
      await ended;
    },
  };
}

/** A port of 127.0.0.1 that nobody listens on at the moment. */
export async function findFreePort(): Promise<number> {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const address = probe.address();
  probe.close();
  await once(probe, "close");
  if (address === null || typeof address === "string") throw new RedisStartError("no free port on 127.0.0.1");
  return address.port;
}

/** `Promise.withResolvers`, which Node 20 does not have. */
function createPromiseWithResolvers<T>(): { promise: Promise<T>; resolve(value: T): void } {
  let settle: (value: T) => void = () => undefined;
  const promise = new Promise<T>((resolvePromise) => {
    settle = resolvePromise;
  });
  return { promise, resolve: settle };
}
