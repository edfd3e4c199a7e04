import { randomUUID } from "node:crypto";
import { chmod, mkdir, readFile, rename, stat, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import type { TokenCache, TokenSet } from "./tokenSource.js";

/** Mode bits that give other users access to a file. */
const NON_OWNER_MODE_BITS = 0o077;

/** The path of the command line's file of tokens. */
export const tokenFilePath = (environment: NodeJS.ProcessEnv): string =>
  join(environment["XDG_CACHE_HOME"] || join(homedir(), ".cache"), "ewms", "tokens.json");

/**
 * Stores tokens in a file that only its owner can read. A file that other users can access is ignored and replaced. A
 * file that cannot be read or written only costs another login.
 */
export function createTokenFileCache(path: string): TokenCache {
  const readAll = async (): Promise<Record<string, TokenSet>> => {
    try {
      if (((await stat(path)).mode & NON_OWNER_MODE_BITS) !== 0) return {};
      return JSON.parse(await readFile(path, "utf8")) as Record<string, TokenSet>;
    } catch {
      return {};
    }
  };
  return {
    read: async (key) => (await readAll())[key],
    async write(key, tokens) {
      const text = JSON.stringify({ ...(await readAll()), [key]: tokens }, null, 2);
      const temporaryPath = `${path}.${randomUUID()}`;
      try {
        await mkdir(dirname(path), { recursive: true, mode: 0o700 });
        // The rename is atomic: a concurrent reader sees the old file or the new one.
        await writeFile(temporaryPath, text, { mode: 0o600, flag: "wx" });
        await chmod(temporaryPath, 0o600);
        await rename(temporaryPath, path);
      } catch {
        // The home folder is read-only.
      }
    },
  };
}
