import { parseArgs } from "node:util";

/** What a run of the failover driver is told. */
export interface FailoverOptions {
  kind: "cluster" | "sentinels";
  /** Each master has two replicas, and takes writes only while one of them follows (`min-replicas-to-write 1`). */
  isSafe: boolean;
  /** Seconds for which replicas are stopped before the master is killed; 0: they follow until then. */
  behind: number;
  /** How many of the master's replicas are stopped. */
  lagging: number;
  /** Seconds: `min-replicas-max-lag`. */
  maxLag: number;
}

/** @throws Error when an argument is none of them */
export function failoverOptions(args: string[]): FailoverOptions {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: { behind: { type: "string" }, lagging: { type: "string" }, "max-lag": { type: "string" } },
  });
  const [kind = "cluster", ...how] = positionals;
  if (kind !== "cluster" && kind !== "sentinels") throw new Error(`${kind}: neither cluster nor sentinels`);
  const [unknown] = how.filter((word) => word !== "safe");
  if (unknown !== undefined) throw new Error(`${unknown}: expected safe or nothing`);
  const isSafe = how.length > 0;
  return {
    kind,
    isSafe,
    behind: seconds("behind", values.behind ?? "0"),
    lagging: seconds("lagging", values.lagging ?? String(replicasOf(isSafe))),
    maxLag: seconds("max-lag", values["max-lag"] ?? "10"),
  };
}

/** Replicas of each master. The one that is left after a failover needs one that follows, to take writes. */
export const replicasOf = (isSafe: boolean): number => (isSafe ? 2 : 1);

function seconds(name: string, text: string): number {
  const number = Number(text);
  if (!(number >= 0)) throw new Error(`--${name} ${text}: expected a number`);
  return number;
}
