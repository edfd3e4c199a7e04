import { once } from "node:events";
import { chmod, lstat, mkdir, mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir, userInfo } from "node:os";
import { basename, dirname, join } from "node:path";
import { RedisStartError } from "./redisAddress.js";

/** Bytes of the longest path of a Unix socket: Linux allows 107, macOS 103. */
const MAX_SOCKET_PATH_BYTES = 103;
/** Prevents access by other users. */
const PRIVATE_MODE = 0o700;
/** The folder of the socket in a data folder. */
const FOLDER_NAME = "socket";
const TEMPORARY_PREFIX = "wms-redis-";
const SOCKET_NAME = "redis.sock";

/** A folder that only the user of this process can enter, for the socket of a Redis server. */
export interface SocketFolder {
  /** The absolute path of the socket. */
  socketPath: string;
  /** Removes the folder. */
  remove(): Promise<void>;
}

/**
 * Creates the folder for the socket of the Redis with data in a folder: inside that folder, or a temporary one if a socket
 * can't be there. Its path may be too long, or its file system may have no sockets.
 *
 * @param dataDir an absolute path
 * @throws RedisStartError when neither works
 */
export async function createSocketFolder(dataDir: string): Promise<SocketFolder> {
  const folder = join(dataDir, FOLDER_NAME);
  // A ? would begin the options of the Redis address.
  if (fitsSocket(folder) && !folder.includes("?")) {
    await createPrivateFolder(folder);
    if (await canHoldSockets(folder)) return describeFolder(folder);
    await rm(folder, { recursive: true, force: true });
  }
  // The folder of XDG_RUNTIME_DIR would vanish when its user logs out, while the service goes on.
  const temporary = await mkdtemp(join(tmpdir(), TEMPORARY_PREFIX)).catch(() => undefined);
  if (temporary !== undefined) {
    if (fitsSocket(temporary) && (await canHoldSockets(temporary))) return describeFolder(temporary);
    await rm(temporary, { recursive: true, force: true });
  }
  throw new RedisStartError(
    `DATA_DIR: neither ${dataDir} nor ${tmpdir()} can hold the socket of a Redis; set DATA_DIR or TMPDIR to a shorter path on a local disk, or set REDIS_URL`,
  );
}

/** Removes the temporary folder of a socket, which a killed process left. Another folder stays. */
export async function removeTemporaryFolderOf(socketPath: string): Promise<void> {
  const folder = dirname(socketPath);
  if (basename(folder).startsWith(TEMPORARY_PREFIX)) await rm(folder, { recursive: true, force: true });
}

const describeFolder = (folder: string): SocketFolder => ({
  socketPath: join(folder, SOCKET_NAME),
  remove: () => rm(folder, { recursive: true, force: true }),
});

const fitsSocket = (folder: string): boolean => Buffer.byteLength(join(folder, SOCKET_NAME)) <= MAX_SOCKET_PATH_BYTES;

async function createPrivateFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: PRIVATE_MODE });
  const found = await lstat(folder);
  // In a data folder that other users can write to, one of them may have created it.
  if (!found.isDirectory() || found.uid !== userInfo().uid)
    throw new RedisStartError(`DATA_DIR: ${folder} is not a folder of this user; remove it`);
  // It may exist with another mode.
  await chmod(folder, PRIVATE_MODE);
}

/** Whether a socket can be created in a folder. */
async function canHoldSockets(folder: string): Promise<boolean> {
  const probe = createServer();
  const path = join(folder, "probe.sock");
  try {
    // A process that was killed here leaves it.
    await rm(path, { force: true });
    probe.listen(path);
    await once(probe, "listening");
    probe.close();
    await once(probe, "close");
    return true;
  } catch {
    return false;
  }
}
