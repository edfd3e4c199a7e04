import { randomUUID } from "node:crypto";
import { chmod, mkdir, readFile, rename, stat, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import type { TokenCache, TokenSet } from "./tokenSource.js";

/** Bits of a file's mode that let others read or change it. */
const NON_OWNER_MODE_BITS = 0o077;

/** Where the command line keeps its tokens. */
export const tokenFilePath = (environment: NodeJS.ProcessEnv): string =>
  join(environment["XDG_CACHE_HOME"] || join(homedir(), ".cache"), "ewms", "tokens.json");

/**
 * Keeps tokens in a file that only its owner can read. One that others could read is not believed, and written anew; a
 * file that can't be read or written costs a login, nothing else.
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
    async write(key, grant) {
      const text = JSON.stringify({ ...(await readAll()), [key]: grant }, null, 2);
      const beside = `${path}.${randomUUID()}`;
      try {
        await mkdir(dirname(path), { recursive: true, mode: 0o700 });
        // Whoever reads meanwhile sees the old file or the new one.
        await writeFile(beside, text, { mode: 0o600, flag: "wx" });
        await chmod(beside, 0o600);
        await rename(beside, path);
      } catch {
        // A home that can't be written to.
      }
    },
  };
}
