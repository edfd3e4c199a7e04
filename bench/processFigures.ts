import type { Redis } from "ioredis";

/** Figures of a process of the service, from its metrics. */
export interface ProcessFigures {
  /** Bytes. */
  rssBytes: number;
  heapBytes: number;
  /** Open file descriptors, sockets among them. */
  descriptors: number;
  /** Timers, sockets and other resources that keep Node running. */
  resources: number;
  /** Seconds of processor time so far. */
  cpuSeconds: number;
}

/** Reads the figures of a process. @param url address of its metrics, without the path */
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

/** Formats bytes in MiB for a table. */
export const formatMib = (bytes: number): string => (bytes / 1024 / 1024).toFixed(1);

/** The slope of the regression line through equidistant numbers: the growth from one to the next. */
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

/** Seconds of processor time of a Redis server so far. */
export async function redisCpuSeconds(redis: Redis): Promise<number> {
  const info = await redis.info("cpu");
  const seconds = (name: string) => Number(new RegExp(`^used_cpu_${name}:(\\S+)`, "m").exec(info)?.[1]);
  return seconds("user") + seconds("sys");
}
