import { parseArgs } from "node:util";

/** Options of a run of the failover driver. */
export interface FailoverOptions {
  kind: "cluster" | "sentinels";
  /** Each master has two replicas, and accepts writes only while one is connected (`min-replicas-to-write 1`). */
  isSafe: boolean;
  /** Seconds for which replicas are stopped before the kill of the master; 0: they are not stopped. */
  pauseSeconds: number;
  /** Number of stopped replicas of the master. */
  pausedReplicas: number;
  /** `min-replicas-max-lag` in seconds. */
  maxLagSeconds: number;
}

/** @throws Error for an unknown argument */
export function parseFailoverOptions(args: string[]): FailoverOptions {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: { behind: { type: "string" }, lagging: { type: "string" }, "max-lag": { type: "string" } },
  });
  const [kind = "cluster", ...how] = positionals;
  if (kind !== "cluster" && kind !== "sentinels") throw new Error(`${kind}: expected cluster or sentinels`);
  const [unknown] = how.filter((word) => word !== "safe");
  if (unknown !== undefined) throw new Error(`${unknown}: expected safe or nothing`);
  const isSafe = how.length > 0;
  return {
    kind,
    isSafe,
    pauseSeconds: parseNonNegativeNumber("behind", values.behind ?? "0"),
    pausedReplicas: parseNonNegativeNumber("lagging", values.lagging ?? String(replicasPerMaster(isSafe))),
    maxLagSeconds: parseNonNegativeNumber("max-lag", values["max-lag"] ?? "10"),
  };
}

/** Replicas of each master. With `safe`, the new master needs a replica of its own to accept writes. */
export const replicasPerMaster = (isSafe: boolean): number => (isSafe ? 2 : 1);

function parseNonNegativeNumber(name: string, text: string): number {
  const number = Number(text);
  if (!(number >= 0)) throw new Error(`--${name} ${text}: expected a number`);
  return number;
}
