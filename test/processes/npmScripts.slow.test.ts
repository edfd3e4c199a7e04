import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { copyFile, cp, mkdir, readdir, symlink } from "node:fs/promises";
import { join, resolve } from "node:path";
import { expect, inject, onTestFinished, test } from "vitest";
import { freshDatabase } from "../setup/database.js";
import { temporaryFolder } from "../setup/temporaryFolder.js";
import { waitForValue } from "../setup/waitFor.js";
import { isListeningOn, isPortOpen } from "./serviceProcess.js";

const BUILD_TOOLS = ["vite", "typescript", "tsx"];

/** Makes a tree as `npm ci --omit=dev` leaves it: without build tools. */
async function makeProductionTree({ isBuilt }: { isBuilt: boolean }): Promise<string> {
  const tree = await temporaryFolder();
  await copyFile("package.json", join(tree, "package.json"));
  await cp("scripts", join(tree, "scripts"), { recursive: true });
  if (isBuilt) await cp(join(inject("built"), "dist"), join(tree, "dist"), { recursive: true });
  await mkdir(join(tree, "node_modules"));
  const packages = (await readdir("node_modules")).filter((name) => !BUILD_TOOLS.includes(name) && name !== ".bin");
  await Promise.all(packages.map((name) => symlink(resolve("node_modules", name), join(tree, "node_modules", name))));
  return tree;
}

/** Runs a script of npm in a tree, as a supervisor does. It is killed with its children when the test has ended. */
function startNpmScript(tree: string, args: string[], environment: Record<string, string> = {}) {
  const env = { PATH: process.env["PATH"], HOME: process.env["HOME"], REST_PORT: "0", ...environment };
  // A process group of its own, to reach what npm may leave behind.
  const npm = spawn("npm", args, { cwd: tree, env, detached: true, stdio: ["ignore", "pipe", "pipe"] });
  onTestFinished(() => killGroup(npm));
  const output = { text: "" };
  for (const stream of [npm.stdout, npm.stderr])
    stream.setEncoding("utf8").on("data", (text: string) => {
      output.text += text;
    });
  const closed = once(npm, "close");
  const waitForOutput = async (pattern: RegExp): Promise<string> => {
    const match = await waitForValue(
      `${pattern} in the output`,
      async () => {
        if (npm.exitCode !== null) throw new Error(`npm ended: ${output.text}`);
        return pattern.exec(output.text);
      },
      (found) => found !== null,
    );
    return match?.[1] ?? "";
  };
  return { npm, output, waitForOutput, waitForExit: () => closed.then(() => npm.exitCode) };
}

function killGroup({ pid }: ChildProcess): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    // All have ended.
  }
}

test("npm start without build tools starts what is built, and SIGTERM to npm ends the service and its Redis", async () => {
  const tree = await makeProductionTree({ isBuilt: true });
  const { npm, output, waitForOutput, waitForExit } = startNpmScript(tree, ["start"]);
  const url = await waitForOutput(/WMS listens on (\S+)/);
  const socket = await waitForOutput(/^Redis client: redis-cli -s (.+)$/m);
  expect((await fetch(`${url}/readyz`)).status).toBe(200);

  npm.kill("SIGTERM");

  expect({ code: await waitForExit(), output: output.text }).toMatchObject({ code: 0 });
  expect(output.text).toContain('"msg":"stopped"');
  expect(await isPortOpen(Number(new URL(url).port))).toBe(false);
  expect(await isListeningOn(socket)).toBe(false);
});

test("SIGTERM to npm run start:web ends the process in order", async () => {
  const tree = await makeProductionTree({ isBuilt: true });
  const { npm, output, waitForOutput, waitForExit } = startNpmScript(tree, ["run", "start:web"], {
    REDIS_URL: await freshDatabase(),
  });
  const url = await waitForOutput(/WMS listens on (\S+)/);

  npm.kill("SIGTERM");

  expect({ code: await waitForExit(), output: output.text }).toMatchObject({ code: 0 });
  expect(output.text).toContain('"msg":"stopped"');
  expect(await isPortOpen(Number(new URL(url).port))).toBe(false);
});

test.each(["start", "run start:web", "run start:worker"])(
  "npm %s without a build and build tools says so in one sentence",
  async (command) => {
    const tree = await makeProductionTree({ isBuilt: false });
    const { output, waitForExit } = startNpmScript(tree, ["--silent", ...command.split(" ")]);
    expect(await waitForExit()).toBe(1);
    expect(output.text).toBe("The service is not built: run npm ci --include=dev && npm run build\n");
  },
);
