// Compiles src/ to dist/, lays the Lua scripts beside the code that reads them, and builds the page to dist/page.
import { execFileSync } from "node:child_process";
import { cpSync, rmSync } from "node:fs";

rmSync("dist", { recursive: true, force: true });
execFileSync(process.execPath, ["node_modules/typescript/bin/tsc", "-p", "tsconfig.json"], {
  stdio: "inherit",
});
cpSync("src/store/scripts", "dist/store/scripts", { recursive: true });
execFileSync(process.execPath, ["node_modules/vite/bin/vite.js", "build", "page", "--logLevel", "warn"], {
  stdio: "inherit",
});
