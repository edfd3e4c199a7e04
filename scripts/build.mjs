// Bundles src/ to dist/ and lays beside it the Lua scripts that it reads; builds the page to dist/page; compiles client/src/ to
// client/dist/ with its types.
//
//   node scripts/build.mjs [<folder>]   another folder for dist/ and client/dist/ than the repository
import { execFileSync } from "node:child_process";
import { cpSync, rmSync } from "node:fs";
import { resolve } from "node:path";

const target = resolve(process.argv[2] ?? ".");

/** @param {string[]} args a tool of the repository and what it gets */
const run = (...args) => execFileSync(process.execPath, args, { stdio: "inherit" });

/**
 * @param {string} root where the vite.config.ts is
 * @param {string} out a folder, which is emptied wherever it is
 */
const bundle = (root, out) =>
  run("node_modules/vite/bin/vite.js", "build", root, "--outDir", out, "--emptyOutDir", "--logLevel", "warn");

bundle(".", `${target}/dist`);
cpSync("src/store/scripts", `${target}/dist/scripts`, { recursive: true });
bundle("page", `${target}/dist/page`);

rmSync(`${target}/client/dist`, { recursive: true, force: true });
run("node_modules/typescript/bin/tsc", "-p", "client", "--outDir", `${target}/client/dist`);
cpSync("client/src/schema.d.ts", `${target}/client/dist/schema.d.ts`);
