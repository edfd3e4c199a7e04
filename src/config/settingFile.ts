import { readFileSync, statSync } from "node:fs";
import { ConfigError } from "./settings.js";

/**
 * Reads the file that a setting names.
 *
 * @param maxBytes of the file; default: no limit
 * @throws ConfigError that names the setting
 */
export function readSettingFile(setting: string, path: string, maxBytes = Number.POSITIVE_INFINITY): string {
  try {
    if (statSync(path).size > maxBytes) throw new ConfigError(`${setting}: ${path} is larger than ${maxBytes} bytes`);
    return readFileSync(path, "utf8");
  } catch (error) {
    if (error instanceof ConfigError) throw error;
    throw new ConfigError(`${setting}: can't read ${path} (${(error as NodeJS.ErrnoException).code})`);
  }
}
