import { existsSync, readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { inject } from "vitest";

/** What a process of the service needs in its environment for {@link loadedPackages}. */
export const LOADED_MODULES_ENV = {
  NODE_OPTIONS: `--import ${new URL("loadedModules.mjs", import.meta.url)}`,
};

const PACKAGE = /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)\//;

/** The packages of which a process has loaded something by now: from `node_modules`, or as a part of a file of `dist/`. */
export function loadedPackages({ stderr }: { stderr: string }): Set<string> {
  const files = [...stderr.matchAll(/^loads (.+)$/gm)].map(([, file = ""]) =>
    file.startsWith("file:") ? fileURLToPath(file) : file,
  );
  const sources = new Set(files.flatMap((file) => (file.startsWith(inject("built")) ? bundledModules(file) : [file])));
  return new Set([...sources].flatMap((source) => PACKAGE.exec(source)?.[1] ?? []));
}

/** The modules that were bundled into a file; a file that only leads to others has no map. */
function bundledModules(file: string): string[] {
  const map = `${file}.map`;
  if (!existsSync(map)) return [];
  const { sources } = JSON.parse(readFileSync(map, "utf8")) as { sources: string[] };
  return sources.map((source) => resolve(dirname(file), source));
}
