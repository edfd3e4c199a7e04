import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { WORKFLOW_REQUEST_JSON } from "../processes/workflowRequestJson.js";
import { temporaryFolder } from "../setup/temporaryFolder.js";
import { startTestService, type TestService } from "../setup/testService.js";
import { parseBlocks } from "../tutorial/tutorialPage.js";

const run = (command: string, args: string[], cwd: string, env: Record<string, string> = {}) =>
  promisify(execFile)(command, args, {
    cwd,
    env: { PATH: process.env["PATH"], HOME: process.env["HOME"], ...env },
    maxBuffer: 8 * 1024 * 1024,
  });

/** A program for both kinds of modules. */
const program = (load: string) => `
${load}
const main = async (): Promise<void> => {
  const client = createClient({ url: process.env["EWMS_URL"] ?? "" });
  const body = ${WORKFLOW_REQUEST_JSON};
  const { workflow } = await unwrapResponse(client.POST("/v1/workflows", { body }));
  const id: string = workflow.workflow_id;
  for await (const { workflow_id, priority } of client.query("workflows", { query: { workflow_id: id } }))
    console.log(workflow_id === id, priority);
  try {
    await unwrapResponse(client.GET("/v1/workflows/{workflow_id}", { params: { path: { workflow_id: "WF-1" } } }));
  } catch (error) {
    if (error instanceof ApiError) console.log(error.status);
  }
  // @ts-expect-error: the API has no such route
  await client.GET("/v1/nothing");
};
void main();
`;

const COMPILERS = { "5.9": "client/node_modules/typescript/bin/tsc", "7": "node_modules/typescript/bin/tsc" } as const;

describe("the tarball of the client, installed into an empty folder", () => {
  let folder: string;
  let service: TestService;
  const removals: (() => Promise<void>)[] = [];
  afterAll(() => Promise.all([service?.close(), ...removals.map((remove) => remove())]));
  beforeAll(async () => {
    service = await startTestService();
    folder = await temporaryFolder((remove) => void removals.push(remove));
    const packed = await run(
      "npm",
      ["pack", "--json", "--ignore-scripts", "--pack-destination", folder],
      join(inject("built"), "client"),
    );
    const [{ filename, files }] = JSON.parse(packed.stdout) as [{ filename: string; files: { path: string }[] }];
    const paths = files.map(({ path }) => path);
    expect(paths).toEqual(expect.arrayContaining(["README.md", "LICENSE", "package.json", "bin/ewms.js"]));
    expect(paths.filter((path) => /\.map$|^src\/|node_modules/.test(path))).toEqual([]);
    await writeFile(join(folder, "package.json"), '{"private": true}');
    // The packages that it needs are in npm's cache since the tests were installed.
    await run("npm", ["install", "--prefer-offline", "--no-audit", "--no-fund", `./${filename}`], folder);
    await writeFile(
      join(folder, "import.mts"),
      program('import { ApiError, createClient, unwrapResponse } from "ewms";'),
    );
    const require = 'import ewms = require("ewms");\nconst { ApiError, createClient, unwrapResponse } = ewms;';
    await writeFile(join(folder, "require.cts"), program(require));
    for (const block of parseBlocks("docs/client.md"))
      if (block.kind === "file") await writeFile(join(folder, block.name.replace(/\.mjs$/, ".mts")), block.content);
  }, 120_000);

  it.each(Object.entries(COMPILERS))(
    "type-checks under strict with TypeScript %s, by import and require, as does the example of docs/client.md",
    async (_, compiler) => {
      const types = ["--types", "node", "--typeRoots", resolve("node_modules/@types")];
      const options = ["--strict", "--module", "nodenext", "--target", "es2023", "--skipLibCheck", "false", ...types];
      const files = ["import.mts", "require.cts", "tonight.mts"];
      const check = await run(
        process.execPath,
        [resolve(compiler), ...options, "--outDir", "out", ...files],
        folder,
      ).catch(({ stdout }: { stdout: string }) => ({ stdout }));
      expect(check.stdout).toBe("");
      for (const file of ["out/import.mjs", "out/require.cjs"]) {
        const { stdout } = await run(process.execPath, [file], folder, { EWMS_URL: service.url });
        expect(stdout).toBe("true 50\n404\n");
      }
    },
    120_000,
  );

  it("has the command ewms", async () => {
    const { version } = JSON.parse(readFileSync("client/package.json", "utf8")) as { version: string };
    const ewms = (...args: string[]) =>
      run("npx", ["--no-install", "ewms", ...args], folder, { EWMS_URL: service.url });
    expect((await ewms("--version")).stdout).toBe(`${version}\n`);
    expect((await ewms("query", "workflows", "--limit", "1", "--fields", "priority")).stdout).toBe('{"priority":50}\n');
  });
});

it("the client's licence is that of the repository", () => {
  expect(readFileSync("client/LICENSE", "utf8")).toBe(readFileSync("LICENSE", "utf8"));
});
