import { parseArgs } from "node:util";

/** An invalid argument. The message is one sentence for the terminal. */
export class TmsUsageError extends Error {
  override name = "TmsUsageError";
}

/** The options of the command line. Times are seconds. */
export interface TmsArguments {
  url: string;
  schedd: string;
  concurrency: number;
  failRate: number;
  seed: number | undefined;
  intervalSeconds: number;
  token: string | undefined;
  once: boolean;
  dieAfterLease: boolean;
  quiet: boolean;
}

/** The output of `--help`. */
export const HELP_TEXT = `Usage: npm run simulate-tms -- --schedd NAME [options]

Simulates the TMS of one HTCondor access point: takes taskforces from the WMS, pretends to
submit and to stop their clusters, and reports what becomes of them, until Ctrl-C.

  --schedd NAME        the access point, such as SCHEDD1 (required)
  --url URL            address of the WMS (http://127.0.0.1:8080)
  --concurrency N      pollers at a time, for starting and for stopping (1)
  --fail-rate RATE     share of submissions and removals that fail, 0 to 1 (0)
  --interval SECONDS   pause between two rounds (2)
  --once               one round: submit and stop what waits, send statuses, exit
  --die-after-lease    take one taskforce and die at once, so that its lease runs out
  --seed NUMBER        play the same pool again
  --token JWT          bearer token with the role system-tms
  --quiet              show failures only
  --help               show this`;

/**
 * Reads the command line.
 *
 * @param argv the arguments after the script's name
 * @returns `help` for `--help`
 * @throws TmsUsageError for an invalid argument
 */
export function parseTmsArguments(argv: readonly string[]): TmsArguments | "help" {
  const options = parseOptions(argv);
  if (options.help) return "help";
  if (!options.schedd) throw new TmsUsageError("--schedd is missing: name the access point to simulate.");
  return {
    url: parseHttpUrl("--url", options.url ?? "http://127.0.0.1:8080"),
    schedd: options.schedd,
    concurrency: parseInteger("--concurrency", options.concurrency ?? "1", 1, 1000),
    failRate: parseNumber("--fail-rate", options["fail-rate"] ?? "0", 0, 1),
    seed: options.seed === undefined ? undefined : parseInteger("--seed", options.seed, 0, Number.MAX_SAFE_INTEGER),
    intervalSeconds: parseNumber("--interval", options.interval ?? "2", 0.01, 86_400),
    token: options.token,
    once: options.once ?? false,
    dieAfterLease: options["die-after-lease"] ?? false,
    quiet: options.quiet ?? false,
  };
}

function parseOptions(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      options: {
        schedd: { type: "string" },
        url: { type: "string" },
        concurrency: { type: "string" },
        "fail-rate": { type: "string" },
        interval: { type: "string" },
        once: { type: "boolean" },
        "die-after-lease": { type: "boolean" },
        seed: { type: "string" },
        token: { type: "string" },
        quiet: { type: "boolean" },
        help: { type: "boolean" },
      },
    }).values;
  } catch (error) {
    // Only the first sentence of Node's error names the argument.
    const [sentence = "bad arguments"] = (error instanceof Error ? error.message : String(error)).split(/\.\s|\n/);
    throw new TmsUsageError(`${sentence.replace(/\.$/, "")}.`);
  }
}

function parseNumber(name: string, text: string, min: number, max: number): number {
  const value = Number(text);
  if (text.trim() === "" || !Number.isFinite(value) || value < min || value > max)
    throw new TmsUsageError(`${name} must be a number from ${min} to ${max}, not "${text}".`);
  return value;
}

function parseInteger(name: string, text: string, min: number, max: number): number {
  const value = parseNumber(name, text, min, max);
  if (!Number.isInteger(value)) throw new TmsUsageError(`${name} must be a whole number, not "${text}".`);
  return value;
}

function parseHttpUrl(name: string, text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol !== "http:" && url?.protocol !== "https:")
    throw new TmsUsageError(`${name} must be an http or https address, not "${text}".`);
  return text;
}
