import { mkdir, readFile, realpath, rm, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { Redis } from "ioredis";
import { RedisStartError } from "./redisStartError.js";

/** Says which process uses a data folder. */
const LOCK_FILE = "wms.lock";

/** How long a Redis that was left behind may take to end, in milliseconds. */
const ORPHAN_STOP_TIMEOUT_MS = 20_000;

interface LockOwner {
  /** The service's process. */
  pid: number;
  /** Its Redis; null while that is starting. */
  port: number | null;
}

/** The right to run a Redis in a folder. */
export interface DataFolderLock {
  /** Absolute. */
  path: string;
  /** Writes down where the folder's Redis listens, for whoever finds it after we died. */
  recordServerPort(port: number): Promise<void>;
  release(): Promise<void>;
}

/**
 * Takes a data folder for this process: two servers that append to the same file would destroy it. A folder whose owner
 * died is taken over, and the Redis it left behind, if any, is ended first.
 *
 * @throws RedisStartError when a living process owns the folder, or it can't be written
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
    throw new RedisStartError(`DATA_DIR: ${path} can't be used (${(error as Error).message})`);
  }
  return {
    path,
    recordServerPort: (port) => writeLockFile(port, "w"),
    release: () => rm(lockFile, { force: true }),
  };
}

/** Whether an exclusive write made its file; false when the file was there. */
async function didCreateFile(exclusiveWrite: Promise<void>): Promise<boolean> {
  try {
    await exclusiveWrite;
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}

/** Makes sure that nobody uses the folder any more. */
async function clearStaleLock(path: string, lockFile: string): Promise<void> {
  const owner = await readOwner(lockFile);
  if (owner === undefined) return;
  const isServerRunning = owner.port !== null && (await isServingFolder(owner.port, path));
  // After a restart of the machine another program may have the owner's number: it counts only with its Redis up.
  if (isAlive(owner.pid) && (owner.port === null || isServerRunning))
    throw new RedisStartError(
      `DATA_DIR: ${path} is in use by another WMS (process ${owner.pid}); stop that one, or set DATA_DIR or REDIS_URL`,
    );
  if (owner.port !== null && isServerRunning) await stopOrphanedServer(owner.port, path);
}

/** The folder's owner; undefined when it is gone meanwhile, or was cut off while it wrote its name. */
async function readOwner(lockFile: string): Promise<LockOwner | undefined> {
  try {
    return JSON.parse(await readFile(lockFile, "utf8")) as LockOwner;
  } catch (error) {
    if (error instanceof SyntaxError || (error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

function isAlive(pid: number): boolean {
  // In a container, every start of the service may get the same number.
  if (pid === process.pid) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/** Whether a Redis on a port of this machine has its data in the folder; the port may be another program's by now. */
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
      throw new RedisStartError(`DATA_DIR: a Redis from an earlier start (port ${port}) uses ${path} and does not end`);
    await delay(50);
  }
}

/** Asks the Redis on a port something; undefined when there is none, or no answer. */
async function queryServer<T>(port: number, query: (redis: Redis) => Promise<T>): Promise<T | undefined> {
  const redis = new Redis({
    host: "127.0.0.1",
    port,
    lazyConnect: true,
    // A server that is loading its data answers what we ask.
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
