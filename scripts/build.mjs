// Compiles src/ to dist/ and lays the Lua scripts beside the code that reads them.
import { execFileSync } from "node:child_process";
import { cpSync, rmSync } from "node:fs";

rmSync("dist", { recursive: true, force: true });
execFileSync(process.execPath, ["node_modules/typescript/bin/tsc", "-p", "tsconfig.json"], {
  stdio: "inherit",
});
cpSync("src/store/scripts", "dist/store/scripts", { recursive: true });
