import type { Queue } from "bullmq";

/** Reads all jobs of a queue at one instant: live ones, which wait or are leased, and dead letters. */
export async function jobIds({ queue }: { queue: Queue }): Promise<{ live: Set<string>; dead: Set<string> }> {
  const live = ["wait", "active", "prioritized", "delayed"] as const;
  const ranges = (await queue.getBackend().getRanges([...live, "failed"], 0, -1)) as string[][];
  return { live: new Set(ranges.slice(0, live.length).flat()), dead: new Set(ranges[live.length]) };
}

/** Reads all jobs of a queue at one instant. */
export async function allJobIds(of: { queue: Queue }): Promise<Set<string>> {
  const { live, dead } = await jobIds(of);
  return new Set([...live, ...dead]);
}
