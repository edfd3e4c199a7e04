/**
 * Records scripts/recording.sh on a terminal for the README, as an animated SVG:
 *
 *   npm run recording        needs Debian's termtosvg
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { startBuiltService } from "./startService.js";

const OUTPUT_FILE = "docs/screenshots/command-line.svg";
const TERMINAL_SIZE = "100x24";
/** Milliseconds: shorter frames are merged into the next one; the last frame has the other duration. */
const FRAME_MS = { shortest: 150, last: 4000 };
/** The schedd of examples/workflow.json. */
const SCHEDD = "grid-submitter.icecube.wisc.edu";

const service = await startBuiltService();
try {
  const { url: EWMS_URL } = service;
  const frames = `-m ${FRAME_MS.shortest} -D ${FRAME_MS.last}`;
  const recorder = `termtosvg ${OUTPUT_FILE} -c 'bash scripts/recording.sh' -g ${TERMINAL_SIZE} ${frames}`;
  // The recorder needs a terminal, which `script` provides.
  const terminal = spawn("script", ["-qec", recorder, "/dev/null"], {
    env: { ...process.env, EWMS_URL, WMS_SCHEDD: SCHEDD, TERM: "xterm-256color" },
    stdio: ["pipe", "inherit", "inherit"],
  });
  const [code] = await once(terminal, "exit");
  process.exitCode = code as number;
} finally {
  await service.stop();
}
