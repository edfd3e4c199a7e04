/**
 * Records the command line on a terminal for the README, as an animated SVG: scripts/recording.sh, run for real.
 *
 *   npm run recording        needs Debian's termtosvg
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { startService } from "./startService.js";

const FILE = "docs/screenshots/command-line.svg";
const SIZE = "100x24";
/** Milliseconds: a shorter frame becomes a part of the next, and the last one stays for the other. */
const FRAME = { shortest: 150, last: 4000 };
/** The access point of examples/workflow.json. */
const SCHEDD = "grid-submitter.icecube.wisc.edu";

const service = await startService();
try {
  const { url: EWMS_URL } = service;
  const command = ["-c", "bash scripts/recording.sh", "-g", SIZE];
  const frames = ["-m", String(FRAME.shortest), "-D", String(FRAME.last)];
  const recorder = spawn("termtosvg", [FILE, ...command, ...frames], {
    env: { ...process.env, EWMS_URL, WMS_SCHEDD: SCHEDD, TERM: "xterm-256color" },
    stdio: "inherit",
  });
  const [code] = await once(recorder, "exit");
  process.exitCode = code as number;
} finally {
  await service.stop();
}
