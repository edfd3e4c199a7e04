import { readSettingFile } from "./settingFile.js";
import { ConfigError, secretSettings } from "./settings.js";

/** Far more than any secret. A wrong path must not fill the memory. */
const MAX_FILE_BYTES = 64 * 1024;

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads the secrets that are in files: for each secret setting `NAME`, the file that `NAME_FILE` names, without the line
 * break at its end. Docker and Kubernetes mount secrets that way.
 *
 * @returns the environment with these secrets
 * @throws ConfigError that names the variable
 */
export function withSecretFiles(environment: Environment): Environment {
  const secrets = secretSettings().flatMap((name): [string, string][] => {
    const fileSetting = `${name}_FILE`;
    const path = environment[fileSetting];
    if (!path) return [];
    if (environment[name]) throw new ConfigError(`${fileSetting}: can't be combined with ${name}`);
    return [[name, readSecretFile(fileSetting, path)]];
  });
  return { ...environment, ...Object.fromEntries(secrets) };
}

function readSecretFile(setting: string, path: string): string {
  const secret = readSettingFile(setting, path, MAX_FILE_BYTES).replace(/\r?\n$/, "");
  if (secret === "") throw new ConfigError(`${setting}: ${path} is empty`);
  return secret;
}
