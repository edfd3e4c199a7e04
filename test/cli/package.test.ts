import { execFile } from "node:child_process";
import { cp } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { temporaryFolder } from "../setup/temporaryFolder.js";
import { CLIENT_PACKAGE } from "./cliProcess.js";

const node = (...args: string[]) =>
  promisify(execFile)(process.execPath, args, { cwd: CLIENT_PACKAGE }).catch(
    (failed: { code: number; stdout: string; stderr: string }) => failed,
  );

test("a package that is not built reports how to build it, in one sentence", async () => {
  const folder = await temporaryFolder();
  await cp("client/bin", join(folder, "bin"), { recursive: true });
  expect(await node(join(folder, "bin", "ewms.js"), "ls")).toMatchObject({
    code: 1,
    stdout: "",
    stderr: expect.stringMatching(/^ewms: .*run `npm run build`.*\n$/),
  });
});

test("a program can import only the library by the name of the package", async () => {
  const imported = await node("-p", 'import("ewms").then((client) => console.log(Object.keys(client).join(" "))), ""');
  expect(imported.stdout.trim()).toBe(
    "ApiError LoginFailed Unreachable createClient createTokenFileCache createTokenSource unwrapResponse",
  );
  expect(imported.stderr).toBe("");
  const inside = await node("-p", 'import("ewms/dist/cli/main.js").catch(({ code }) => console.log(code)), ""');
  expect(inside.stdout.trim()).toBe("ERR_PACKAGE_PATH_NOT_EXPORTED");
});
