import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type Config, ConfigError } from "../config/config.js";

/** @throws ConfigError when the folder of the archives cannot be written: no workflow would ever be removed */
export async function requireArchiveFolder({ retention }: Pick<Config, "retention">): Promise<void> {
  const folder = retention?.archiveDir;
  if (folder === undefined) return;
  // Permissions alone do not say whether a network file system accepts a file.
  const probe = join(folder, `.probe-${process.pid}`);
  try {
    await writeFile(probe, "");
    await rm(probe);
  } catch (error) {
    throw new ConfigError(`ARCHIVE_DIR: ${folder} cannot be written (${(error as NodeJS.ErrnoException).code})`);
  }
}
