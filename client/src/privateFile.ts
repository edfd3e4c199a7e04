import { randomUUID } from "node:crypto";
import { chmod, mkdir, readFile, rename, stat, writeFile } from "node:fs/promises";
import { dirname } from "node:path";

/** Mode bits that give other users access to a file. */
const NON_OWNER_MODE_BITS = 0o077;

/** The object in a file of JSON that only its owner can read; empty if others can access it, or it can't be read. */
export async function readPrivateJson<T>(path: string): Promise<Record<string, T>> {
  try {
    if (((await stat(path)).mode & NON_OWNER_MODE_BITS) !== 0) return {};
    return JSON.parse(await readFile(path, "utf8")) as Record<string, T>;
  } catch {
    return {};
  }
}

/** Writes a file of JSON that only its owner can read. Without effect where the folder is read-only. */
export async function writePrivateJson(path: string, content: Record<string, unknown>): Promise<void> {
  const temporaryPath = `${path}.${randomUUID()}`;
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    // The rename is atomic: a concurrent reader sees the old file or the new one.
    await writeFile(temporaryPath, JSON.stringify(content, null, 2), { mode: 0o600, flag: "wx" });
    await chmod(temporaryPath, 0o600);
    await rename(temporaryPath, path);
  } catch {
    // The home folder is read-only.
  }
}
