// Bundles src/ to dist/ and copies its Lua scripts there, builds the page to dist/page, and compiles client/src/ to client/dist/
// with its types.
//
//   node scripts/build.mjs [<folder>]   the folder for dist/ and client/dist/; default: the repository
import { execFileSync } from "node:child_process";
import { cpSync, rmSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";

const target = resolve(process.argv[2] ?? ".");

/** @param {string[]} args the path of a tool in the repository, and its arguments */
const run = (...args) => execFileSync(process.execPath, args, { stdio: "inherit" });

/**
 * @param {string} root the folder of the vite.config.ts
 * @param {string} out the output folder, whose files are deleted first
 */
const bundle = (root, out) =>
  run("node_modules/vite/bin/vite.js", "build", root, "--outDir", out, "--emptyOutDir", "--logLevel", "warn");

bundle(".", `${target}/dist`);
for (const folder of ["store", "queues"])
  cpSync(`src/${folder}/scripts`, `${target}/dist/scripts`, { recursive: true });
bundle("page", `${target}/dist/page`);

rmSync(`${target}/client/dist`, { recursive: true, force: true });
run("node_modules/typescript/bin/tsc", "-p", "client", "--outDir", `${target}/client/dist`);
cpSync("client/src/schema.d.ts", `${target}/client/dist/schema.d.ts`);
// For `require`: Node loads the same modules, so that an ApiError is one class however a program imports it.
writeFileSync(`${target}/client/dist/index.cjs`, 'module.exports = require("./index.js");\n');
writeFileSync(`${target}/client/dist/index.d.cts`, 'export * from "./index.js";\n');
