import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import type { TestProject } from "vitest/node";

declare module "vitest" {
  export interface ProvidedContext {
    /** Where the compiled programs of the service are: `main.js`, `web.js`, `worker.js`. */
    programs: string;
  }
}

/** Where packages are found from, and nothing is committed or packed. */
const CACHE = resolve("node_modules/.cache");

/**
 * Compiles the service, once for the whole run: a process that has to translate TypeScript first takes three times as long to
 * start, and tests start some two hundred.
 */
export default async function setUp(project: TestProject): Promise<() => Promise<void>> {
  await mkdir(CACHE, { recursive: true });
  const folder = await mkdtemp(join(CACHE, "wms-test-"));
  const compiler = ["node_modules/typescript/bin/tsc", "-p", ".", "--outDir", folder];
  await promisify(execFile)(process.execPath, compiler);
  await cp("src/store/scripts", join(folder, "store/scripts"), { recursive: true });
  await cp("dist/page", join(folder, "page"), { recursive: true });
  await writeFile(join(folder, "package.json"), '{ "type": "module" }');
  project.provide("programs", folder);
  return () => rm(folder, { recursive: true, force: true });
}
