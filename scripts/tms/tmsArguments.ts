import { parseArgs } from "node:util";

/** An argument that can't be used; the message is one sentence for the person at the terminal. */
export class UsageError extends Error {
  override name = "UsageError";
}

/** What the command line asks for. Times are seconds. */
export interface Settings {
  url: string;
  schedd: string;
  concurrency: number;
  failRate: number;
  seed: number | undefined;
  interval: number;
  token: string | undefined;
  once: boolean;
  dieAfterLease: boolean;
  quiet: boolean;
}

/** What `--help` shows. */
export const HELP = `Usage: npm run simulate-tms -- --schedd NAME [options]

Plays the TMS of one HTCondor access point: takes taskforces from the WMS, pretends to
submit and to stop their clusters, and reports what becomes of them, until Ctrl-C.

  --schedd NAME        the access point, such as SCHEDD1 (required)
  --url URL            where the WMS is (http://127.0.0.1:8080)
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
 * @returns `help` when help was asked for
 * @throws UsageError
 */
export function readArguments(argv: readonly string[]): Settings | "help" {
  const given = parse(argv);
  if (given.help) return "help";
  if (!given.schedd) throw new UsageError("--schedd is missing: say which access point to play.");
  return {
    url: httpUrl("--url", given.url ?? "http://127.0.0.1:8080"),
    schedd: given.schedd,
    concurrency: integer("--concurrency", given.concurrency ?? "1", 1, 1000),
    failRate: within("--fail-rate", given["fail-rate"] ?? "0", 0, 1),
    seed: given.seed === undefined ? undefined : integer("--seed", given.seed, 0, Number.MAX_SAFE_INTEGER),
    interval: within("--interval", given.interval ?? "2", 0.01, 86_400),
    token: given.token,
    once: given.once ?? false,
    dieAfterLease: given["die-after-lease"] ?? false,
    quiet: given.quiet ?? false,
  };
}

function parse(argv: readonly string[]) {
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
    // Node's own words go on to explain how to pass such a text on; the first sentence names the argument.
    const [sentence = "bad arguments"] = (error instanceof Error ? error.message : String(error)).split(
      /\.\s|\n/,
    );
    throw new UsageError(`${sentence.replace(/\.$/, "")}.`);
  }
}

function within(name: string, text: string, min: number, max: number): number {
  const value = Number(text);
  if (text.trim() === "" || !Number.isFinite(value) || value < min || value > max)
    throw new UsageError(`${name} must be a number from ${min} to ${max}, not "${text}".`);
  return value;
}

function integer(name: string, text: string, min: number, max: number): number {
  const value = within(name, text, min, max);
  if (!Number.isInteger(value)) throw new UsageError(`${name} must be a whole number, not "${text}".`);
  return value;
}

function httpUrl(name: string, text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol !== "http:" && url?.protocol !== "https:")
    throw new UsageError(`${name} must be an http or https address, not "${text}".`);
  return text;
}
