import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import type { TestProject } from "vitest/node";

declare module "vitest" {
  export interface ProvidedContext {
    /**
     * The folder with a build of this run: `dist/` with the programs, and `client/` with the client as an installed package.
     */
    built: string;
  }
}

/** Below node_modules, so that Node finds packages from here, and git ignores it. */
const CACHE_FOLDER = resolve("node_modules/.cache");

/**
 * Builds the programs once for the whole run. A process that compiles TypeScript takes three times as long to start. The
 * folder is not the repository's `dist/`, because the tutorial's `npm start` rebuilds that while other tests run.
 */
export default async function buildPackages(project: TestProject): Promise<() => Promise<void>> {
  await mkdir(CACHE_FOLDER, { recursive: true });
  const folder = await mkdtemp(join(CACHE_FOLDER, "wms-test-"));
  await writeFile(join(folder, "package.json"), '{ "type": "module" }');
  await promisify(execFile)(process.execPath, ["scripts/build.mjs", folder]);
  for (const part of ["bin", "package.json", "README.md", "LICENSE"])
    await cp(join("client", part), join(folder, "client", part), { recursive: true });
  project.provide("built", folder);
  return () => rm(folder, { recursive: true, force: true });
}
