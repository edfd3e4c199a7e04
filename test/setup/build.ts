import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import type { TestProject } from "vitest/node";

declare module "vitest" {
  export interface ProvidedContext {
    /**
     * What `npm run build` makes, apart from the repository's own: `dist/` with the programs, and `client/`, the package of the
     * client as it would be installed.
     */
    built: string;
  }
}

/** Where packages are found from, and nothing is committed or packed. */
const CACHE_FOLDER = resolve("node_modules/.cache");

/**
 * Builds everything once for the whole run: a process that has to translate TypeScript first takes three times as long to
 * start, and tests start some two hundred. Apart from the repository's own `dist/`, which the tutorial's `npm start` makes anew
 * while other tests run.
 */
export default async function buildPackages(project: TestProject): Promise<() => Promise<void>> {
  await mkdir(CACHE_FOLDER, { recursive: true });
  const folder = await mkdtemp(join(CACHE_FOLDER, "wms-test-"));
  await writeFile(join(folder, "package.json"), '{ "type": "module" }');
  await promisify(execFile)(process.execPath, ["scripts/build.mjs", folder]);
  for (const part of ["bin", "package.json"])
    await cp(join("client", part), join(folder, "client", part), { recursive: true });
  project.provide("built", folder);
  return () => rm(folder, { recursive: true, force: true });
}
