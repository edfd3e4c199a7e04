// Compiles src/ to dist/ and lays the Lua scripts beside the code that reads them; client/src/ to client/dist/ with its types;
// builds the page to dist/page.
import { execFileSync } from "node:child_process";
import { cpSync, rmSync } from "node:fs";

/** @param {string} folder where the tsconfig.json and the dist/ are */
function compile(folder) {
  rmSync(`${folder}/dist`, { recursive: true, force: true });
  execFileSync(process.execPath, ["node_modules/typescript/bin/tsc", "-p", folder], { stdio: "inherit" });
}

compile(".");
cpSync("src/store/scripts", "dist/store/scripts", { recursive: true });
compile("client");
cpSync("client/src/schema.d.ts", "client/dist/schema.d.ts");
execFileSync(process.execPath, ["node_modules/vite/bin/vite.js", "build", "page", "--logLevel", "warn"], {
  stdio: "inherit",
});
