#!/usr/bin/env node
import { existsSync } from "node:fs";

const program = new URL("../dist/cli/main.js", import.meta.url);
if (existsSync(program)) await import(program.href);
else {
  console.error("ewms: this copy has not been compiled yet: run `npm run build` where package.json of the service is.");
  process.exitCode = 1;
}
