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
  const frames = `-m ${FRAME.shortest} -D ${FRAME.last}`;
  const recorder = `termtosvg ${FILE} -c 'bash scripts/recording.sh' -g ${SIZE} ${frames}`;
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
