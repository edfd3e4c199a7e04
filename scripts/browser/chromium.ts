import { access, constants } from "node:fs/promises";
import { type Browser, chromium } from "playwright-core";
import { canInstallWithApt, installWithApt } from "../setup/installPackage.js";

/** The path of Debian's package. */
const DEBIAN_CHROMIUM_PATH = "/usr/bin/chromium";

const isExecutable = (path: string): Promise<boolean> =>
  access(path, constants.X_OK).then(
    () => true,
    () => false,
  );

/**
 * Finds the Chromium of `CHROMIUM_PATH`, else Debian's, which it installs if possible.
 *
 * @throws Error with the command that installs Chromium
 */
async function findChromiumPath(): Promise<string> {
  const given = process.env["CHROMIUM_PATH"];
  if (given) {
    if (await isExecutable(given)) return given;
    throw new Error(`CHROMIUM_PATH: no executable file at ${given}`);
  }
  if (!(await isExecutable(DEBIAN_CHROMIUM_PATH)) && (await canInstallWithApt())) await installWithApt("chromium");
  if (await isExecutable(DEBIAN_CHROMIUM_PATH)) return DEBIAN_CHROMIUM_PATH;
  throw new Error(
    `no Chromium at ${DEBIAN_CHROMIUM_PATH}: install one ("sudo apt-get install chromium" on Debian), or set CHROMIUM_PATH`,
  );
}

/**
 * Starts a headless Chromium. Close it at the end.
 *
 * @param hosts rules that map host names to addresses, as in `MAP evil.example 127.0.0.1`
 */
export async function openBrowser(hosts?: string): Promise<Browser> {
  // Chromium's sandbox does not work for root, the user of containers. The browser opens only our own pages.
  const args = process.getuid?.() === 0 ? ["--no-sandbox"] : [];
  if (hosts !== undefined) args.push(`--host-resolver-rules=${hosts}`);
  return chromium.launch({ executablePath: await findChromiumPath(), args });
}
