import type { Redis } from "ioredis";

/** Figures of a process of the service, from its metrics. */
export interface ProcessFigures {
  /** Bytes. */
  rssBytes: number;
  heapBytes: number;
  /** Open file descriptors, sockets among them. */
  descriptors: number;
  /** Timers, sockets and whatever else keeps Node running. */
  resources: number;
  /** Seconds of processor time so far. */
  cpuSeconds: number;
}

/** Reads them. @param url where the metrics are, without the path */
export async function readProcessFigures(url: string): Promise<ProcessFigures> {
  const text = await (await fetch(`${url}/metrics`)).text();
  const value = (name: string) => Number(new RegExp(`^${name} (\\S+)`, "m").exec(text)?.[1]);
  return {
    rssBytes: value("process_resident_memory_bytes"),
    heapBytes: value("nodejs_heap_size_used_bytes"),
    descriptors: value("process_open_fds"),
    resources: value("nodejs_active_resources_total"),
    cpuSeconds: value("process_cpu_seconds_total"),
  };
}

/** Bytes as a table shows them, in MiB. */
export const formatMib = (bytes: number): string => (bytes / 1024 / 1024).toFixed(1);

/** The slope of a line through some numbers that were taken at equal distances: growth from one to the next. */
export function linearSlope(numbers: readonly number[]): number {
  const middle = (numbers.length - 1) / 2;
  const mean = numbers.reduce((sum, each) => sum + each, 0) / numbers.length;
  let [above, below] = [0, 0];
  for (const [index, each] of numbers.entries()) {
    above += (index - middle) * (each - mean);
    below += (index - middle) ** 2;
  }
  return below === 0 ? 0 : above / below;
}

/** Seconds of processor time that a Redis has taken so far. */
export async function redisCpuSeconds(redis: Redis): Promise<number> {
  const info = await redis.info("cpu");
  const seconds = (name: string) => Number(new RegExp(`^used_cpu_${name}:(\\S+)`, "m").exec(info)?.[1]);
  return seconds("user") + seconds("sys");
}
