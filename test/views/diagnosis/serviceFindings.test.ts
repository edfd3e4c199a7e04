import { describe, expect, it } from "vitest";
import { type FindingCode, toDiagnosis } from "../../../src/domain/diagnosis.js";
import type { RedisServerState, SystemProcess, SystemQueue } from "../../../src/domain/system.js";
import { findInService, type ServiceFacts } from "../../../src/views/diagnosis/serviceFindings.js";

/** 2023-11-14 22:13:20 UTC */
const NOW = 1_700_000_000;

const processOf = (role: string) => ({ role }) as SystemProcess;

const queueOf = (name: string, changes: Partial<SystemQueue> = {}): SystemQueue => ({
  name,
  kind: "background",
  schedd: null,
  paused: false,
  waiting: 0,
  active: 0,
  delayed: 0,
  dead: 0,
  oldest_waiting_seconds: null,
  ...changes,
});

/** The starter queue of a schedd. */
const starterOf = (schedd: string, changes: Partial<SystemQueue>): SystemQueue =>
  queueOf(`starter-${schedd}`, { kind: "starter", schedd, oldest_waiting_seconds: 0, ...changes });

const redisWith = ({
  persistence,
  ...changes
}: Partial<Omit<RedisServerState, "persistence">> & {
  persistence?: Partial<RedisServerState["persistence"]>;
}): RedisServerState => ({
  address: null,
  version: "8.0.0",
  role: "master",
  used_memory_bytes: 1,
  max_memory_bytes: 0,
  replicas: [],
  ...changes,
  persistence: {
    aof_enabled: true,
    rdb_enabled: false,
    last_save_ok: true,
    last_save: null,
    last_aof_write_ok: true,
    last_fork_us: null,
    aof_delayed_fsyncs: null,
    ...persistence,
  },
});

/** A service that nothing hinders, except as given. */
function findingsOf(system: Partial<ServiceFacts["system"]>, facts: Partial<ServiceFacts> = {}): string[] {
  const found = findInService({
    nowSeconds: NOW,
    clusters: { here: { schedd: "A" } },
    polls: new Map([["A", NOW]]),
    unknownPolls: [],
    strayClusters: [],
    ...facts,
    system: {
      processes: [processOf("web worker")],
      versions: ["1.0.0"],
      redis: [redisWith({})],
      upstreams: { mqs: null, identity_provider: null, pilot_images: null },
      reconcile: null,
      retention: null,
      queues: [queueOf("mq-activation"), starterOf("A", {})],
      layout: { version: 1, partitions: 1 },
      clock_difference_seconds: 0.1,
      ...system,
    },
  });
  return toDiagnosis(found).findings.map(({ code, sentence }) => `${code}: ${sentence}`);
}

it("a service that works has no findings", () => {
  expect(findingsOf({})).toEqual([]);
});

const failing = { last_success: NOW - 900, failing_since: NOW - 600, latency_ms: 3 };
const stray = {
  id: "1",
  schedd: "A",
  cluster_id: 7,
  taskforce_uuid: "",
  workflow_id: null,
  reason: "no longer pending-starter" as const,
  first_report: NOW,
  last_report: NOW,
};
const unknownPoll = (schedd: string) => ({ schedd, first_poll: NOW - 60, last_poll: NOW });

const CASES: [code: FindingCode, sentence: string, found: string[]][] = [
  [
    "pilot-images-missing",
    "the directory of pilot images has been failing since 22:03 UTC: ENOENT",
    findingsOf({
      upstreams: {
        mqs: null,
        identity_provider: null,
        pilot_images: { ...failing, last_error: { at: NOW, message: "ENOENT" } },
      },
    }),
  ],
  [
    "no-worker",
    "no worker process is running; queues are not activated and taskforces not launched",
    findingsOf({ processes: [processOf("web")] }),
  ],
  [
    "mqs-failing",
    "the MQS has been failing since 22:03 UTC: connect ECONNREFUSED",
    findingsOf({
      upstreams: {
        mqs: { ...failing, last_error: { at: NOW, message: "connect ECONNREFUSED" } },
        identity_provider: null,
        pilot_images: null,
      },
    }),
  ],
  [
    "identity-provider-failing",
    "the identity provider has been failing since 22:03 UTC",
    // Users do not see the error.
    findingsOf({
      upstreams: {
        mqs: null,
        identity_provider: { ...failing, last_error: { at: NOW, message: null } },
        pilot_images: null,
      },
    }),
  ],
  [
    "queue-paused",
    "the queue status-fanout is paused (by ada, since 22:12 UTC)",
    findingsOf({ queues: [queueOf("status-fanout", { paused: { by: "ada", since: NOW - 60 } })] }),
  ],
  [
    "queue-paused",
    "the starter queue of A is paused; 3 taskforces are waiting in it",
    // No TMS asks: nothing else is said about a paused queue.
    findingsOf(
      { queues: [starterOf("A", { paused: { by: null, since: null }, waiting: 2, delayed: 1 })] },
      { polls: new Map() },
    ),
  ],
  [
    "queue-paused",
    "the stopper queue of A is paused; 1 HTCondor cluster is waiting in it",
    findingsOf({
      queues: [starterOf("A", { name: "stopper-A", kind: "stopper", paused: { by: null, since: null }, waiting: 1 })],
    }),
  ],
  [
    "schedd-removed",
    "1 taskforce is waiting for schedd B; B is no longer configured; no TMS has asked for work there",
    // Delayed: how long it waits is not known.
    findingsOf({ queues: [starterOf("B", { delayed: 1 })] }),
  ],
  [
    "schedd-removed",
    "2 taskforces are waiting for schedd B, longest 1 min; B is no longer configured; no TMS has asked for work there",
    findingsOf({ queues: [starterOf("B", { waiting: 2, oldest_waiting_seconds: 90 })] }),
  ],
  [
    "schedd-silent",
    "2 taskforces are waiting for schedd A, longest 1 min; no TMS has asked for work there for 5 min",
    findingsOf(
      { queues: [starterOf("A", { waiting: 2, oldest_waiting_seconds: 90 })] },
      { polls: new Map([["A", NOW - 300]]) },
    ),
  ],
  [
    "dead-letters",
    "1 taskforce was given up at schedd A; an operator can retry it",
    findingsOf({ queues: [starterOf("A", { dead: 1 })] }),
  ],
  [
    "activation-refused",
    "the MQS refused to activate the message queues of 2 workflows; an operator can retry them",
    findingsOf({ queues: [queueOf("mq-activation", { dead: 2 })] }),
  ],
  [
    "stray-clusters",
    "HTCondor runs 1 cluster whose report was rejected: 7 on A",
    findingsOf({}, { strayClusters: [stray, { ...stray, schedd: "elsewhere" }] }),
  ],
  [
    "stray-clusters",
    "HTCondor runs 1 cluster whose report was rejected: 7",
    // The uuid of its taskforce is unknown, so its schedd is, too.
    findingsOf({}, { strayClusters: [{ ...stray, schedd: null }] }),
  ],
  [
    "unknown-schedd-polls",
    "TMSes have asked for work of schedd x, y, z, …, which are not configured, since 22:12 UTC",
    findingsOf({}, { unknownPolls: ["x", "y", "z", "q"].map(unknownPoll) }),
  ],
  [
    "redis-memory-short",
    "Redis uses 86 % of its memory limit",
    findingsOf({ redis: [redisWith({ used_memory_bytes: 86, max_memory_bytes: 100 })] }),
  ],
  [
    "redis-not-persistent",
    "Redis could not write its data to disk",
    findingsOf({ redis: [redisWith({ persistence: { last_save_ok: false } })] }),
  ],
  ["clock-differs", "the clocks of two machines differ by 3.5 s", findingsOf({ clock_difference_seconds: 3.51 })],
  [
    "clock-differs",
    "the clocks of two machines differ by 30 days",
    findingsOf({ clock_difference_seconds: 30 * 86_400 - 0.004 }),
  ],
  [
    "versions-differ",
    "processes of several releases are running: 1.0.0, 1.1.0",
    findingsOf({ versions: ["1.0.0", "1.1.0"] }),
  ],
];

describe("the diagnosis of the service finds", () => {
  it.each(CASES)("%s: %s", (code, sentence, found) => {
    expect(found).toEqual([`${code}: ${sentence}`]);
  });
});

it("a silent schedd's finding names unknown schedds that are polled: one may be misspelt", () => {
  const found = findingsOf(
    { queues: [starterOf("A", { waiting: 1, oldest_waiting_seconds: 9 })] },
    { polls: new Map(), unknownPolls: [unknownPoll("a")] },
  );
  expect(found[0]).toBe(
    "schedd-silent: 1 taskforce is waiting for schedd A, for 9 s; no TMS has asked for work there yet; " +
      "unknown names that do poll: a",
  );
});
