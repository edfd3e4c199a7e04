// Compiles src/ to dist/ and lays the Lua scripts beside the code that reads them; client/src/ to client/dist/ with its types;
// builds the page to dist/page.
//
//   node scripts/build.mjs [<folder>]   another folder for dist/ and client/dist/ than the repository
import { execFileSync } from "node:child_process";
import { cpSync, rmSync } from "node:fs";
import { resolve } from "node:path";

const target = resolve(process.argv[2] ?? ".");

/** @param {string[]} args a tool of the repository and what it gets */
const run = (...args) => execFileSync(process.execPath, args, { stdio: "inherit" });

/** @param {string} folder where the tsconfig.json is */
function compile(folder) {
  const out = `${target}/${folder}/dist`;
  rmSync(out, { recursive: true, force: true });
  run("node_modules/typescript/bin/tsc", "-p", folder, "--outDir", out);
}

compile(".");
cpSync("src/store/scripts", `${target}/dist/store/scripts`, { recursive: true });
compile("client");
cpSync("client/src/schema.d.ts", `${target}/client/dist/schema.d.ts`);
// The folder is emptied wherever it is.
const page = ["--outDir", `${target}/dist/page`, "--emptyOutDir", "--logLevel", "warn"];
run("node_modules/vite/bin/vite.js", "build", "page", ...page);
