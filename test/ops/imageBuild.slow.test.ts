import { execFile } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { cp, symlink } from "node:fs/promises";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import { temporaryFolder } from "../setup/temporaryFolder.js";

/** What the build stage of the Dockerfile copies from the repository: sources, and the folder for them. */
function copiesOf(dockerfile: string): { sources: string[]; target: string }[] {
  const [, buildStage = ""] = dockerfile.split(/^FROM /m);
  return [...buildStage.matchAll(/^COPY (.+) (\S+)$/gm)].map(([, sources = "", target = ""]) => ({
    sources: sources.split(" "),
    target,
  }));
}

it("the files that the image's build stage copies are enough to build the programs, the page and the client", async () => {
  const folder = await temporaryFolder();
  const copies = copiesOf(readFileSync("Dockerfile", "utf8"));
  expect(copies.length).toBeGreaterThan(4);
  for (const { sources, target } of copies)
    for (const source of sources) {
      // Docker copies the contents of a folder, and a file into a target that ends with a slash.
      const destination = target.endsWith("/")
        ? join(folder, target, source.split("/").at(-1) ?? "")
        : join(folder, target);
      await cp(source, destination, { recursive: true, filter: (path) => !/node_modules|(^|\/)dist$/.test(path) });
    }
  await symlink(resolve("node_modules"), join(folder, "node_modules"));
  await promisify(execFile)(process.execPath, ["scripts/build.mjs"], { cwd: folder });
  for (const built of ["dist/web.js", "dist/worker.js", "dist/page/index.html", "dist/scripts", "client/dist/index.js"])
    expect(existsSync(join(folder, built)), built).toBe(true);
});
