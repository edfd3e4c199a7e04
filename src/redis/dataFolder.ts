import { mkdir, readFile, realpath, rm, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { Redis } from "ioredis";
import { RedisStartError } from "./redisAddress.js";
import { removeTemporaryFolderOf } from "./socketFolder.js";

/** The file that names the process that uses a data folder. */
const LOCK_FILE = "wms.lock";

/** Milliseconds that an orphaned Redis may take to shut down. */
const ORPHAN_STOP_TIMEOUT_MS = 20_000;

/** Where a Redis server of this machine listens: a Unix socket, or a port of 127.0.0.1. */
type ServerAddress = { path: string } | { port: number };

/** The content of the lock file. */
interface LockFile {
  /** The process of the service. */
  pid: number;
  /** The socket of its Redis; null while that starts, undefined in a file of an earlier release. */
  socket?: string | null;
  /** The port of the Redis in a file of an earlier release, which would take over a lock without this field. */
  port: number | null;
}

interface LockOwner {
  pid: number;
  /** The address of its Redis; undefined while that starts. */
  server: ServerAddress | undefined;
}

/** The exclusive right to run a Redis in a folder. */
export interface DataFolderLock {
  /** The absolute path. */
  path: string;
  /** Stores the socket of the folder's Redis, so that a later start can stop an orphaned one. */
  recordSocket(socketPath: string): Promise<void>;
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
  const writeLockFile = (socket: string | null, flag: "w" | "wx") =>
    writeFile(lockFile, JSON.stringify({ pid: process.pid, socket, port: null } satisfies LockFile), { flag });
  try {
    await mkdir(path, { recursive: true, mode: 0o700 });
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
    recordSocket: (socketPath) => writeLockFile(socketPath, "w"),
    release: () => rm(lockFile, { force: true }),
  };
}

/** Finds the Redis that a running service has started on a data folder. @returns its socket; undefined when there is none */
export async function findRunningServer(dir: string): Promise<string | undefined> {
  const path = resolve(dir);
  const server = (await readOwner(join(path, LOCK_FILE)))?.server;
  if (server === undefined || !("path" in server)) return undefined;
  return (await isServingFolder(server, path)) ? server.path : undefined;
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
  const { pid, server } = owner;
  const isServerRunning = server !== undefined && (await isServingFolder(server, path));
  // After a restart of the machine another program may have this pid: the owner lives only if its Redis runs.
  if (isAlive(pid) && (server === undefined || isServerRunning))
    throw new RedisStartError(
      `DATA_DIR: ${path} is in use by another WMS (process ${pid}); stop that one, or set DATA_DIR or REDIS_URL`,
    );
  if (isServerRunning) await stopOrphanedServer(server, path);
  if (server !== undefined && "path" in server) await removeTemporaryFolderOf(server.path);
}

/** Reads the owner; undefined when the lock file is gone, or its writer died before the end of the file. */
async function readOwner(lockFile: string): Promise<LockOwner | undefined> {
  try {
    const { pid, socket, port } = JSON.parse(await readFile(lockFile, "utf8")) as LockFile;
    return { pid, server: socket ? { path: socket } : port ? { port } : undefined };
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

/** Whether the program at an address is a Redis with its data in the folder. */
async function isServingFolder(server: ServerAddress, path: string): Promise<boolean> {
  const servedFolder = await queryServer(server, async (redis) => {
    const [, dir] = (await redis.config("GET", "dir")) as string[];
    return dir;
  });
  return servedFolder !== undefined && servedFolder === (await realpath(path));
}

async function stopOrphanedServer(server: ServerAddress, path: string): Promise<void> {
  await queryServer(server, (redis) => redis.shutdown());
  const deadlineMs = performance.now() + ORPHAN_STOP_TIMEOUT_MS;
  while (await isServingFolder(server, path)) {
    if (performance.now() > deadlineMs) {
      const where = "path" in server ? server.path : `port ${server.port}`;
      throw new RedisStartError(
        `DATA_DIR: a Redis from an earlier start (${where}) uses ${path} and does not stop; stop it`,
      );
    }
    await delay(50);
  }
}

/** Queries the Redis at an address; undefined when it does not answer. */
async function queryServer<T>(server: ServerAddress, query: (redis: Redis) => Promise<T>): Promise<T | undefined> {
  const redis = new Redis({
    ...("path" in server ? server : { host: "127.0.0.1", port: server.port }),
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
