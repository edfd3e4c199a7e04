import { describeSettings } from "../../src/config/settings.js";

const SETTINGS_BLOCK = /(^ *# settings: .*\n)[\s\S]*?(^ *# end of settings$)/m;

/** Settings that the Compose file or the image sets itself. A container has no data folder. */
export const FIXED_SETTINGS = new Set(
  "REST_HOST REST_PORT METRICS_PORT REDIS_URL DATA_DIR NODE_ENV WEB_CONCURRENCY".split(" "),
);

/** Returns the Compose file with every other setting, whose value Compose takes from the shell or from `.env`. */
export const replaceComposeSettings = (composeFile: string): string =>
  composeFile.replace(SETTINGS_BLOCK, (_, begin: string, end: string) => `${begin}${renderSettings()}${end}`);

function renderSettings(): string {
  const names = describeSettings().flatMap(({ name, isSecret }) => [
    ...(FIXED_SETTINGS.has(name) ? [] : [name]),
    ...(isSecret ? [`${name}_FILE`] : []),
  ]);
  return names.map((name) => `  ${name}:\n`).join("");
}
