/**
 * Plays the TMS of one HTCondor access point against a running WMS: `npm run simulate-tms -- --help`.
 *
 * Exit codes: 0 ended in order, 1 the WMS can't be reached or refused (with --once), 2 bad arguments.
 */
import { setTimeout as wait } from "node:timers/promises";
import { describeAction, type TmsAction } from "./tms/tmsActions.js";
import { HELP, readArguments, type Settings, UsageError } from "./tms/tmsArguments.js";
import { seededRandom } from "./tms/random.js";
import { createTms, type Tms } from "./tms/simulatedTms.js";

const FAILURES = new Set<TmsAction["kind"]>([
  "submit-failed",
  "remove-failed",
  "refused",
  "stray",
  "retrying",
]);

function logger(schedd: string, quiet: boolean): (action: TmsAction) => void {
  return (action) => {
    if (!quiet || FAILURES.has(action.kind)) say(schedd, describeAction(action));
  };
}

function say(schedd: string, text: string): void {
  console.log(`${new Date().toISOString().slice(11, 23)} ${schedd} ${text}`);
}

/** Ends the process as a crash would: no handler runs, nothing is reported. */
function die(): void {
  process.kill(process.pid, "SIGKILL");
}

async function round(tms: Tms): Promise<void> {
  await Promise.all([tms.drainStarters(), tms.drainStoppers()]);
  await tms.watch();
}

/** Rounds until told to stop. A WMS that is away is tried again in the next round, as long as it takes. */
async function run(tms: Tms, { interval, schedd }: Settings, stop: AbortSignal): Promise<void> {
  let found = false;
  while (!stop.aborted) {
    try {
      if (!found) await tms.adopt();
      found = true;
      await round(tms);
    } catch (error) {
      say(schedd, `gives this round up: ${messageOf(error)}`);
    }
    await wait(interval * 1000, undefined, { signal: stop }).catch(() => {});
  }
}

/** The first Ctrl-C lets reports go out; the second one is obeyed at once. */
function stopOnSignal(schedd: string): AbortSignal {
  const stop = new AbortController();
  const onSignal = () => {
    if (stop.signal.aborted) process.exit(130);
    say(schedd, "ends after what it has in hand; press Ctrl-C again to end now");
    stop.abort();
  };
  process.on("SIGINT", onSignal).on("SIGTERM", onSignal);
  return stop.signal;
}

async function main(settings: Settings): Promise<void> {
  const { schedd, seed, once, quiet, dieAfterLease } = settings;
  const stop = stopOnSignal(schedd);
  const log = logger(schedd, quiet);
  const tms = createTms({
    ...settings,
    random: seed === undefined ? undefined : seededRandom(seed),
    signal: stop,
    onAction: (action) => {
      log(action);
      if (dieAfterLease && action.kind === "took-starter") die();
    },
  });
  say(schedd, `plays the TMS for ${settings.url}`);
  if (once) {
    await tms.adopt();
    await round(tms);
  } else await run(tms, settings, stop);
  say(schedd, "ended");
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

function fail(message: string, code: number): never {
  console.error(`simulate-tms: ${message}`);
  process.exit(code);
}

try {
  const settings = readArguments(process.argv.slice(2));
  if (settings === "help") console.log(HELP);
  else await main(settings);
} catch (error) {
  fail(messageOf(error), error instanceof UsageError ? 2 : 1);
}
