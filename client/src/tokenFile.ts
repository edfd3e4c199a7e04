import { homedir } from "node:os";
import { join } from "node:path";
import { readPrivateJson, writePrivateJson } from "./privateFile.js";
import type { TokenCache, TokenSet } from "./tokenSource.js";

/** The folder in which the command line keeps what it needs again. */
export const cacheFolder = (environment: NodeJS.ProcessEnv): string =>
  join(environment["XDG_CACHE_HOME"] || join(homedir(), ".cache"), "ewms");

/** The path of the command line's file of tokens. */
export const tokenFilePath = (environment: NodeJS.ProcessEnv): string => join(cacheFolder(environment), "tokens.json");

/**
 * Stores tokens in a file that only its owner can read. A file that other users can access is ignored and replaced. A
 * file that cannot be read or written only costs another login.
 */
export const createTokenFileCache = (path: string): TokenCache => ({
  read: async (key) => (await readPrivateJson<TokenSet>(path))[key],
  write: async (key, tokens) => writePrivateJson(path, { ...(await readPrivateJson(path)), [key]: tokens }),
});
