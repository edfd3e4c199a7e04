import { mkdir, readFile, realpath, rm, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { Redis } from "ioredis";
import { RedisStartError } from "./redisAddress.js";

/** The file that names the process that uses a data folder. */
const LOCK_FILE = "wms.lock";

/** Milliseconds that an orphaned Redis may take to shut down. */
const ORPHAN_STOP_TIMEOUT_MS = 20_000;

interface LockOwner {
  /** The process of the service. */
  pid: number;
  /** The port of its Redis; null while that starts. */
  port: number | null;
}

/** The exclusive right to run a Redis in a folder. */
export interface DataFolderLock {
  /** The absolute path. */
  path: string;
  /** Stores the port of the folder's Redis, so that a later start can stop an orphaned one. */
  recordServerPort(port: number): Promise<void>;
  release(): Promise<void>;
}

/**
 * Locks a data folder for this process: two servers that append to one file would destroy it. Takes over the lock of a
 * dead process, after it has stopped its orphaned Redis.
 *
 * @throws RedisStartError when a living process owns the folder, or the folder is not writable
 */
export async function lockDataFolder(dir: string): Promise<DataFolderLock> {
  const path = resolve(dir);
  const lockFile = join(path, LOCK_FILE);
  const writeLockFile = (port: number | null, flag: "w" | "wx") =>
    writeFile(lockFile, JSON.stringify({ pid: process.pid, port } satisfies LockOwner), { flag });
  try {
    await mkdir(path, { recursive: true });
    while (!(await didCreateFile(writeLockFile(null, "wx")))) {
      await clearStaleLock(path, lockFile);
      await rm(lockFile, { force: true });
    }
  } catch (error) {
    if (error instanceof RedisStartError) throw error;
    throw new RedisStartError(`DATA_DIR: cannot use ${path} (${(error as Error).message})`);
  }
  return {
    path,
    recordServerPort: (port) => writeLockFile(port, "w"),
    release: () => rm(lockFile, { force: true }),
  };
}

/** Whether an exclusive write created its file; false when the file exists. */
async function didCreateFile(exclusiveWrite: Promise<void>): Promise<boolean> {
  try {
    await exclusiveWrite;
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}

/** Checks that no process uses the folder, and stops an orphaned Redis. */
async function clearStaleLock(path: string, lockFile: string): Promise<void> {
  const owner = await readOwner(lockFile);
  if (owner === undefined) return;
  const isServerRunning = owner.port !== null && (await isServingFolder(owner.port, path));
  // After a restart of the machine another program may have this pid: the owner lives only if its Redis runs.
  if (isAlive(owner.pid) && (owner.port === null || isServerRunning))
    throw new RedisStartError(
      `DATA_DIR: ${path} is in use by another WMS (process ${owner.pid}); stop that one, or set DATA_DIR or REDIS_URL`,
    );
  if (owner.port !== null && isServerRunning) await stopOrphanedServer(owner.port, path);
}

/** Reads the owner; undefined when the lock file is gone, or its writer died before the end of the file. */
async function readOwner(lockFile: string): Promise<LockOwner | undefined> {
  try {
    return JSON.parse(await readFile(lockFile, "utf8")) as LockOwner;
  } catch (error) {
    if (error instanceof SyntaxError || (error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

function isAlive(pid: number): boolean {
  // In a container, every start of the service may get the same pid.
  if (pid === process.pid) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/** Whether the program at a port is a Redis with its data in the folder. */
async function isServingFolder(port: number, path: string): Promise<boolean> {
  const servedFolder = await queryServer(port, async (redis) => {
    const [, dir] = (await redis.config("GET", "dir")) as string[];
    return dir;
  });
  return servedFolder !== undefined && servedFolder === (await realpath(path));
}

async function stopOrphanedServer(port: number, path: string): Promise<void> {
  await queryServer(port, (redis) => redis.shutdown());
  const deadlineMs = Date.now() + ORPHAN_STOP_TIMEOUT_MS;
  while (await isServingFolder(port, path)) {
    if (Date.now() > deadlineMs)
      throw new RedisStartError(
        `DATA_DIR: a Redis from an earlier start (port ${port}) uses ${path} and does not stop; stop it`,
      );
    await delay(50);
  }
}

/** Queries the Redis at a port; undefined when it does not answer. */
async function queryServer<T>(port: number, query: (redis: Redis) => Promise<T>): Promise<T | undefined> {
  const redis = new Redis({
    host: "127.0.0.1",
    port,
    lazyConnect: true,
    // A server that is loading its data answers these commands.
    enableReadyCheck: false,
    connectTimeout: 2000,
    commandTimeout: 2000,
    maxRetriesPerRequest: 0,
    retryStrategy: () => null,
  });
  redis.on("error", () => undefined);
  try {
    await redis.connect();
    return await query(redis);
  } catch {
    return undefined;
  } finally {
    redis.disconnect();
  }
}
