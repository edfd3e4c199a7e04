#!/usr/bin/env node
import { existsSync } from "node:fs";

const program = new URL("../dist/cli/main.js", import.meta.url);
if (existsSync(program)) await import(program.href);
else {
  console.error("ewms: client/dist is missing: run `npm run build` in the root folder of the repository.");
  process.exitCode = 1;
}
