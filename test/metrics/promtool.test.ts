import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, it } from "vitest";

const run = promisify(execFile);

/** Whether a program is on the PATH. The packages `prometheus` and `prometheus-alertmanager` of Debian have these. */
const isInstalled = (program: string): Promise<boolean> =>
  run(program, ["--version"]).then(
    () => true,
    () => false,
  );

const [hasPromtool, hasAmtool] = await Promise.all(["promtool", "amtool"].map(isInstalled));

/** Time for a few thousand evaluations of all rules on a busy machine. */
const TIMEOUT_MS = 120_000;

it.runIf(hasPromtool)(
  "each alert fires for its cause, and only then (needs promtool on the PATH)",
  async () => {
    const { stdout } = await run("promtool", ["test", "rules", "ops/prometheus/alerts.test.yml"]);
    expect(stdout).toContain("SUCCESS");
  },
  TIMEOUT_MS,
);

it.runIf(hasAmtool)("Alertmanager accepts the example configuration (needs amtool on the PATH)", async () => {
  const { stdout } = await run("amtool", ["check-config", "ops/prometheus/alertmanager.yml"]);
  expect(stdout).toContain("SUCCESS");
});
