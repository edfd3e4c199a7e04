import { vi } from "vitest";

/** Milliseconds by which the simulated clocks are ahead. */
let aheadMs = 0;

/** Simulates the date and the monotonic clock, which {@link advanceClocks} moves. Timers run normally. */
export function simulateClocks(): void {
  aheadMs = 0;
  const now = performance.now.bind(performance);
  vi.useFakeTimers({ toFake: ["Date"] });
  vi.spyOn(performance, "now").mockImplementation(() => now() + aheadMs);
}

export function advanceClocks(seconds: number): void {
  aheadMs += 1000 * seconds;
  vi.setSystemTime(Date.now() + 1000 * seconds);
}

/** Ends {@link simulateClocks}. */
export function restoreClocks(): void {
  vi.mocked(performance.now).mockRestore();
  vi.useRealTimers();
}
