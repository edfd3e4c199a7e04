import { monitorEventLoopDelay } from "node:perf_hooks";
import { Redis } from "ioredis";

/** The longest waits of other work during a step, in milliseconds. */
export interface BlockingTimes {
  /** For the reply to a PING. */
  redisMs: number;
  /** For the event loop of this process. */
  eventLoopMs: number;
}

/** A step that takes longer blocks other clients. Milliseconds. */
export const MAX_BLOCKING_MS = 50;

/** Runs work, and measures the longest delay of PINGs and of the event loop during it. */
export async function measureBlocking<T>(
  redisUrl: string,
  work: () => Promise<T>,
): Promise<{ result: T } & BlockingTimes> {
  const probe = new Redis(redisUrl);
  await probe.ping();
  const loop = monitorEventLoopDelay({ resolution: 1 });
  let longestPingMs = 0;
  let ended = false;
  const pinging = (async () => {
    while (!ended) {
      const began = performance.now();
      await probe.ping();
      longestPingMs = Math.max(longestPingMs, performance.now() - began);
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
  })();
  loop.enable();
  try {
    const result = await work();
    return { result, redisMs: longestPingMs, eventLoopMs: loop.max / 1e6 };
  } finally {
    loop.disable();
    ended = true;
    await pinging;
    probe.disconnect();
  }
}
