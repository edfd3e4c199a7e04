import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import {
  type Manifest,
  type PackageLock,
  PERMISSIVE,
  packagesWithInstallScripts,
  productionPackages,
  renderDependenciesPage,
} from "../scripts/docs/dependencies.js";
import {
  CLIENT_DEPENDENCY_REASONS,
  CLIENT_DEV_DEPENDENCY_REASONS,
  DEPENDENCY_REASONS,
  DEV_DEPENDENCY_REASONS,
  INSTALL_SCRIPTS,
} from "../scripts/docs/dependencyReasons.js";
import { temporaryFolder } from "./setup/temporaryFolder.js";

const read = <T>(file: string): T => JSON.parse(readFileSync(file, "utf8")) as T;
const manifest = read<Manifest & { allowScripts: Record<string, boolean> }>("package.json");
const client = read<Manifest>("client/package.json");
const lock = read<PackageLock>("package-lock.json");

test("docs/dependencies.md says what is installed (else: npm run docs)", () => {
  expect(readFileSync("docs/dependencies.md", "utf8")).toBe(renderDependenciesPage(manifest, client, lock));
});

test("every package has a reason to be here, and every reason its package", () => {
  expect(Object.keys(DEPENDENCY_REASONS).sort()).toEqual(Object.keys(manifest.dependencies).sort());
  expect(Object.keys(CLIENT_DEPENDENCY_REASONS).sort()).toEqual(Object.keys(client.dependencies).sort());
  expect(Object.keys(CLIENT_DEV_DEPENDENCY_REASONS).sort()).toEqual(Object.keys(client.devDependencies).sort());
  const tools = Object.keys(manifest.devDependencies).filter((name) => !name.startsWith("@types/"));
  expect(Object.keys(DEV_DEPENDENCY_REASONS).sort()).toEqual(tools.sort());
});

test("everything that runs in production has a permissive licence", () => {
  const packages = productionPackages(lock);
  expect(packages.length).toBeGreaterThan(100);
  expect(packages.filter(([, { license = "" }]) => !PERMISSIVE.has(license))).toEqual([]);
});

describe("scripts that packages bring for npm install", () => {
  test("are known, and refused", () => {
    const names = packagesWithInstallScripts(lock).sort();
    expect(Object.keys(INSTALL_SCRIPTS).sort()).toEqual(names);
    expect(manifest.allowScripts).toEqual(Object.fromEntries(names.map((name) => [name, false])));
  });

  /** The requests that scarf's script sends when it is run for a project with a manifest. */
  async function reports(project: object): Promise<string[]> {
    const received: string[] = [];
    const server = createServer(({ method, url }, response) => {
      received.push(`${method} ${url}`);
      response.end();
    });
    server.listen(0, "localhost");
    await once(server, "listening");
    onTestFinished(() => void server.close());
    const folder = await temporaryFolder();
    writeFileSync(join(folder, "package.json"), JSON.stringify(project));
    const env = {
      PATH: process.env["PATH"],
      TMPDIR: folder,
      INIT_CWD: folder,
      // Where its developers have reports sent.
      SCARF_LOCAL_PORT: String((server.address() as AddressInfo).port),
    };
    const script = spawn(process.execPath, ["node_modules/@scarf/scarf/report.js"], { env, stdio: "ignore" });
    await once(script, "exit");
    return received;
  }

  test("report nothing, with an npm that does not know that they are refused either", async () => {
    const { scarfSettings, ...project } = read<Record<string, object>>("package.json");
    // Else the script asks npm for all packages of the project, which takes longer than it has patience for.
    const skipTraversal = true;
    expect(await reports({ ...project, scarfSettings: { skipTraversal } })).toEqual(["POST /package-event/install"]);
    expect(await reports({ ...project, scarfSettings: { ...scarfSettings, skipTraversal } })).toEqual([]);
  });
});
