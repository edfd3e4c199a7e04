// Runs before `npm start` (with `build`), `npm run start:web` and `npm run start:worker`. A tree of `npm ci --omit=dev` has no
// build tools; it starts what was built before.
//
//   node scripts/prepareStart.mjs [build]
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";

const hasBuildTools = ["vite", "typescript", "tsx"].every((name) => existsSync(`node_modules/${name}`));

/** @param {string[]} args the path of a script, and its arguments */
const run = (...args) => {
  try {
    execFileSync(process.execPath, args, { stdio: "inherit" });
  } catch ({ status }) {
    // The script has printed the reason.
    process.exit(status || 1);
  }
};

if (process.argv[2] === "build" && hasBuildTools) {
  run("scripts/build.mjs");
  run("node_modules/tsx/dist/cli.mjs", "scripts/setup-redis.ts");
} else if (!existsSync("dist/main.js")) {
  const install = hasBuildTools ? "" : "npm ci --include=dev && ";
  console.error(`The service is not built: run ${install}npm run build`);
  process.exit(1);
}
