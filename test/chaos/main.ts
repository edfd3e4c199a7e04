/**
 * Injects random faults into a running service and checks invariants: `npm run chaos -- --help`.
 *
 * Exit codes: 0 no violation, 1 a violation, 2 bad arguments.
 */
import { parseArgs } from "node:util";
import { formatSummary, formatViolations } from "./chaosReport.js";
import { FAULT_KINDS } from "./faultPlan.js";
import { REDIS_KINDS } from "./redis/redisSystem.js";
import { runChaos } from "./runChaos.js";

const HELP = `npm run chaos -- [options]

  --seed N      seed of the fault plan; the same seed plans the same faults (default: random)
  --breaks N    number of faults (200)
  --minutes N   minutes after which no more fault starts (20)
  --users N     number of simulated users (8)
  --on KIND     single: one Redis (default); sentinels: with two replicas; cluster: three masters and their replicas
  --kinds LIST  kinds of faults, separated by commas (default: all)
  --quiet       print only the result`;

const OPTIONS = {
  seed: { type: "string", default: String(Math.floor(Math.random() * 1_000_000)) },
  breaks: { type: "string", default: "200" },
  minutes: { type: "string", default: "20" },
  users: { type: "string", default: "8" },
  on: { type: "string", default: "single" },
  kinds: { type: "string", default: FAULT_KINDS.join() },
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
    if (!(value >= 0)) throw new TypeError(`--${name} must be a number of at least 0`);
    return value;
  };
  const on = REDIS_KINDS.find((kind) => kind === values.on);
  if (on === undefined) throw new TypeError(`--on must be one of ${REDIS_KINDS.join(", ")}`);
  const kinds = values.kinds.split(",").map((name) => {
    const kind = FAULT_KINDS.find((each) => each === name);
    if (kind === undefined) throw new TypeError(`--kinds: ${name} is none of ${FAULT_KINDS.join(", ")}`);
    return kind;
  });
  const result = await runChaos({
    seed: number("seed"),
    faultCount: number("breaks"),
    minutes: number("minutes"),
    users: number("users"),
    built: process.cwd(),
    on,
    kinds,
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
