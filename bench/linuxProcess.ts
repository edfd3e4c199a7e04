import { readFileSync, writeFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";

/** Linux counts processor time in hundredths of a second. */
const TICKS_PER_SECOND = 100;
/** A process is idle when it used less than a tenth of a core for this time. */
const IDLE_SPAN_MS = 200;
const IDLE_FRACTION = 0.1;

function readProcFile(pid: number, name: string): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/${name}`, "utf8");
  } catch {
    return undefined;
  }
}

/** Seconds of processor time that a process used so far; undefined when it has ended. */
export function processCpuSeconds(pid: number): number | undefined {
  const stat = readProcFile(pid, "stat");
  if (stat === undefined) return undefined;
  // The name of the program may contain blanks, but the fields after its bracket do not.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

/** The largest resident memory of a process since its start or the last reset, in bytes; undefined when it has ended. */
export function peakResidentBytes(pid: number): number | undefined {
  const [, kilobytes] = /^VmHWM:\s+(\d+) kB/m.exec(readProcFile(pid, "status") ?? "") ?? [];
  return kilobytes === undefined ? undefined : Number(kilobytes) * 1024;
}

/** Sets the largest resident memory of a process to the present one. */
export function resetPeakResident(pid: number): void {
  writeFileSync(`/proc/${pid}/clear_refs`, "5");
}

/** Waits until a process is idle. @returns milliseconds until then; undefined when the time is up or the process has ended */
export async function waitUntilIdle(pid: number, timeoutMs: number): Promise<number | undefined> {
  const beganMs = performance.now();
  for (;;) {
    const startedMs = performance.now();
    const before = processCpuSeconds(pid);
    await delay(IDLE_SPAN_MS);
    const after = processCpuSeconds(pid);
    if (before === undefined || after === undefined) return undefined;
    const spanSeconds = (performance.now() - startedMs) / 1000;
    if ((after - before) / spanSeconds < IDLE_FRACTION) return startedMs - beganMs;
    if (performance.now() - beganMs > timeoutMs) return undefined;
  }
}
