/**
 * Breaks a running service at random and checks what must hold: `npm run chaos -- --help`.
 *
 * Exit codes: 0 nothing was violated, 1 something was, 2 bad arguments.
 */
import { parseArgs } from "node:util";
import { formatSummary, formatViolations } from "./chaosReport.js";
import { runChaos } from "./runChaos.js";

const HELP = `npm run chaos -- [options]

  --seed N      plans the faults; the same seed plans the same faults (default: random)
  --breaks N    how many (200)
  --minutes N   nothing is broken after so many minutes (20)
  --users N     users who ask for workflows (8)
  --quiet       only the result`;

const OPTIONS = {
  seed: { type: "string", default: String(Math.floor(Math.random() * 1_000_000)) },
  breaks: { type: "string", default: "200" },
  minutes: { type: "string", default: "20" },
  users: { type: "string", default: "8" },
  quiet: { type: "boolean", default: false },
  help: { type: "boolean", default: false },
} as const;

const write = (text: string) => void process.stdout.write(`${text}\n`);

async function main(): Promise<number> {
  const { values } = parseArgs({ options: OPTIONS });
  if (values.help) {
    write(HELP);
    return 0;
  }
  const number = (name: "seed" | "breaks" | "minutes" | "users") => {
    const value = Number(values[name]);
    if (!(value >= 0)) throw new TypeError(`--${name} must be a number from 0 on`);
    return value;
  };
  const result = await runChaos({
    seed: number("seed"),
    faultCount: number("breaks"),
    minutes: number("minutes"),
    users: number("users"),
    built: process.cwd(),
    log: (line) => {
      if (!values.quiet) write(`${new Date().toISOString().slice(11, 23)} ${line}`);
    },
  });
  write(formatSummary(result));
  if (result.violations.length > 0) write(formatViolations(result));
  return result.violations.length > 0 ? 1 : 0;
}

try {
  process.exitCode = await main();
} catch (error) {
  if (!(error instanceof TypeError)) throw error;
  console.error(`chaos: ${error.message}`);
  process.exitCode = 2;
}
