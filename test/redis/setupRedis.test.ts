import { execFile } from "node:child_process";
import { chmod, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { temporaryFolder } from "../setup/temporaryFolder.js";

const isRoot = process.getuid?.() === 0;

/** Runs the set-up script of `npm start` with only some simulated programs on the PATH, which are shell scripts. */
async function setUp(programs: Record<string, string>, settings: Record<string, string> = {}) {
  const folder = await temporaryFolder();
  for (const name of ["env", "chmod", "flock"]) await symlink(join("/usr/bin", name), join(folder, name));
  for (const [name, script] of Object.entries(programs)) {
    await writeFile(join(folder, name), `#!/bin/sh\n${script.replaceAll("$FOLDER", folder)}\n`);
    await chmod(join(folder, name), 0o755);
  }
  const args = ["--import", "tsx", "scripts/setup-redis.ts"];
  return promisify(execFile)(process.execPath, args, { env: { PATH: folder, ...settings } }).then(
    ({ stderr }) => ({ code: 0, stderr }),
    ({ code, stderr }: { code: number; stderr: string }) => ({ code, stderr }),
  );
}

const redisServer = 'echo "Redis server v=7.0.15 sha=00000000:0"';
/** Installs a redis-server. */
const aptGet = `
case "$3" in
  install) printf '%s\\n' '#!/bin/sh' '${redisServer}' > "$FOLDER/redis-server"; chmod 755 "$FOLDER/redis-server" ;;
esac`;
const brokenAptGet = `
case "$1" in
  --version) ;;
  *) echo "E: the mirror is down" >&2; exit 100 ;;
esac`;

test("a redis-server on the PATH needs no set-up", async () => {
  expect(await setUp({ "redis-server": redisServer, "apt-get": brokenAptGet })).toEqual({ code: 0, stderr: "" });
});

test.each(["REDIS_URL", "REDIS_SENTINELS", "REDIS_CLUSTER_NODES"])("a Redis of %s needs no set-up", async (setting) => {
  expect(await setUp({ "apt-get": brokenAptGet }, { [setting]: "elsewhere" })).toEqual({ code: 0, stderr: "" });
});

test.runIf(isRoot)("root gets Debian's package", async () => {
  expect(await setUp({ "apt-get": aptGet })).toEqual({
    code: 0,
    stderr: "redis-server is missing: installing it with apt-get\n",
  });
});

test.runIf(isRoot)("a failure of apt-get ends the start with its last line", async () => {
  const { code, stderr } = await setUp({ "apt-get": brokenAptGet });
  expect(code).toBe(1);
  expect(stderr).toMatch(/^apt-get could not install redis-server: E: the mirror is down$/m);
});

test.each([
  ["dnf", "sudo dnf install redis"],
  ["brew", "brew install redis"],
])("a machine with %s gets the command for it", async (manager, command) => {
  expect(await setUp({ [manager]: "" })).toEqual({
    code: 1,
    stderr: `no redis-server on the PATH: install one with "${command}", or set REDIS_URL\n`,
  });
});

test("an outdated redis-server ends the start", async () => {
  const { code, stderr } = await setUp({ "redis-server": 'echo "Redis server v=5.0.7 sha=00000000:0"' });
  expect(code).toBe(1);
  expect(stderr).toMatch(/^redis-server 5\.0\.7 is too old: 6\.2 or newer is needed /);
});
