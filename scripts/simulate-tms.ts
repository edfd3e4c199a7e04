/**
 * Simulates the TMS of one HTCondor access point against a running WMS: `npm run simulate-tms -- --help`.
 *
 * Exit codes: 0 ended normally, 1 the WMS is unreachable or refused a request (with --once), 2 bad arguments.
 */
import { setTimeout as wait } from "node:timers/promises";
import { seededRandom } from "./tms/random.js";
import { createSimulatedTms, type SimulatedTms } from "./tms/simulatedTms.js";
import { formatTmsAction, type TmsAction } from "./tms/tmsActions.js";
import { HELP_TEXT, parseTmsArguments, type TmsArguments, TmsUsageError } from "./tms/tmsArguments.js";

const FAILURE_KINDS = new Set<TmsAction["kind"]>(["submit-failed", "remove-failed", "refused", "stray", "retrying"]);

function createActionLogger(schedd: string, quiet: boolean): (action: TmsAction) => void {
  return (action) => {
    if (!quiet || FAILURE_KINDS.has(action.kind)) logLine(schedd, formatTmsAction(action));
  };
}

function logLine(schedd: string, text: string): void {
  console.log(`${new Date().toISOString().slice(11, 23)} ${schedd} ${text}`);
}

/** Ends the process as a crash would: no handler runs, nothing is reported. */
function killProcess(): void {
  process.kill(process.pid, "SIGKILL");
}

async function runRound(tms: SimulatedTms): Promise<void> {
  await Promise.all([tms.drainStarters(), tms.drainStoppers()]);
  await tms.advanceAndReport();
}

/** Runs rounds until a signal. The next round retries while the WMS is unreachable. */
async function runRounds(
  tms: SimulatedTms,
  { intervalSeconds: interval, schedd }: TmsArguments,
  stop: AbortSignal,
): Promise<void> {
  let isAdopted = false;
  while (!stop.aborted) {
    try {
      if (!isAdopted) await tms.adoptRunningClusters();
      isAdopted = true;
      await runRound(tms);
    } catch (error) {
      logLine(schedd, `abandons this round: ${errorMessage(error)}`);
    }
    await wait(interval * 1000, undefined, { signal: stop }).catch(() => {});
  }
}

/** Ends after the pending reports on the first Ctrl-C, and at once on the second one. */
function stopOnSignal(schedd: string): AbortSignal {
  const stop = new AbortController();
  const onSignal = () => {
    if (stop.signal.aborted) process.exit(130);
    logLine(schedd, "ends after its pending reports; press Ctrl-C again to end now");
    stop.abort();
  };
  process.on("SIGINT", onSignal).on("SIGTERM", onSignal);
  return stop.signal;
}

async function main(settings: TmsArguments): Promise<void> {
  const { schedd, seed, once, quiet, dieAfterLease } = settings;
  const stop = stopOnSignal(schedd);
  const log = createActionLogger(schedd, quiet);
  const tms = createSimulatedTms({
    ...settings,
    random: seed === undefined ? undefined : seededRandom(seed),
    signal: stop,
    onAction: (action) => {
      log(action);
      if (dieAfterLease && action.kind === "took-starter") killProcess();
    },
  });
  logLine(schedd, `simulates the TMS for ${settings.url}`);
  if (once) {
    await tms.adoptRunningClusters();
    await runRound(tms);
  } else await runRounds(tms, settings, stop);
  logLine(schedd, "ended");
}

const errorMessage = (error: unknown): string => (error instanceof Error ? error.message : String(error));

function exitWithError(message: string, code: number): never {
  console.error(`simulate-tms: ${message}`);
  process.exit(code);
}

try {
  const settings = parseTmsArguments(process.argv.slice(2));
  if (settings === "help") console.log(HELP_TEXT);
  else await main(settings);
} catch (error) {
  exitWithError(errorMessage(error), error instanceof TmsUsageError ? 2 : 1);
}
