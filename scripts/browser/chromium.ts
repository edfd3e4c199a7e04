import { access, constants } from "node:fs/promises";
import { type Browser, chromium } from "playwright-core";
import { canInstallWithApt, installWithApt } from "../../src/redis/installPackage.js";

/** Where Debian's package puts it. */
const DEBIAN_CHROMIUM_PATH = "/usr/bin/chromium";

const isExecutable = (path: string): Promise<boolean> =>
  access(path, constants.X_OK).then(
    () => true,
    () => false,
  );

/**
 * The Chromium of this machine: the one of `CHROMIUM_PATH`, else Debian's, which is installed first where that is allowed.
 *
 * @throws Error that says in one sentence how to get one
 */
async function findChromiumPath(): Promise<string> {
  const given = process.env["CHROMIUM_PATH"];
  if (given) {
    if (await isExecutable(given)) return given;
    throw new Error(`CHROMIUM_PATH: there is no program at ${given}`);
  }
  if (!(await isExecutable(DEBIAN_CHROMIUM_PATH)) && (await canInstallWithApt())) {
    console.error("no chromium here: installing it with apt-get");
    await installWithApt("chromium");
  }
  if (await isExecutable(DEBIAN_CHROMIUM_PATH)) return DEBIAN_CHROMIUM_PATH;
  throw new Error(
    `no Chromium at ${DEBIAN_CHROMIUM_PATH}: install one ("sudo apt-get install chromium" on Debian), or set CHROMIUM_PATH`,
  );
}

/** Starts a Chromium without a window. Close it when done. */
export async function openBrowser(): Promise<Browser> {
  // Chromium's sandbox does not work for root, as whom containers run the tests; it sees only our own pages.
  const args = process.getuid?.() === 0 ? ["--no-sandbox"] : [];
  return chromium.launch({ executablePath: await findChromiumPath(), args });
}
