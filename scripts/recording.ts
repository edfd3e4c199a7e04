/**
 * Records the command line on a terminal for the README, as an animated SVG: scripts/recording.sh, run for real.
 *
 *   npm run recording        needs Debian's termtosvg
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { startBuiltService } from "./startService.js";

const OUTPUT_FILE = "docs/screenshots/command-line.svg";
const TERMINAL_SIZE = "100x24";
/** Milliseconds: a shorter frame becomes a part of the next, and the last one stays for the other. */
const FRAME_MS = { shortest: 150, last: 4000 };
/** The access point of examples/workflow.json. */
const SCHEDD = "grid-submitter.icecube.wisc.edu";

const service = await startBuiltService();
try {
  const { url: EWMS_URL } = service;
  const frames = `-m ${FRAME_MS.shortest} -D ${FRAME_MS.last}`;
  const recorder = `termtosvg ${OUTPUT_FILE} -c 'bash scripts/recording.sh' -g ${TERMINAL_SIZE} ${frames}`;
  // The recorder reads its own terminal, and ends with it: `script` gives it one.
  const terminal = spawn("script", ["-qec", recorder, "/dev/null"], {
    env: { ...process.env, EWMS_URL, WMS_SCHEDD: SCHEDD, TERM: "xterm-256color" },
    stdio: ["pipe", "inherit", "inherit"],
  });
  const [code] = await once(terminal, "exit");
  process.exitCode = code as number;
} finally {
  await service.stop();
}
