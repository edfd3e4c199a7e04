import { describe, expect, it } from "vitest";
import { type Finding, toDiagnosis } from "../../../src/domain/diagnosis.js";
import type { Phase } from "../../../src/domain/phases.js";
import type { QueueWaitReason, WaitReasons } from "../../../src/domain/summary.js";
import type { Deactivation } from "../../../src/domain/workflow.js";
import type {
  BackgroundFacts,
  DiagnosisFacts,
  LeasedQueueFacts,
  ScheddFacts,
} from "../../../src/views/diagnosis/facts.js";
import { findInTaskforces } from "../../../src/views/diagnosis/taskforceFindings.js";

/** 2023-11-14 22:13:20 UTC */
const NOW = 1_700_000_000;

const SUBJECT = { kind: "workflow" as const, id: "WF-1" };

interface Situation {
  waits?: Partial<WaitReasons>;
  phases?: Partial<Record<Phase, number>>;
  total?: number;
  deactivated?: Deactivation;
  background?: Partial<BackgroundFacts>;
  schedds?: Record<string, Partial<ScheddFacts>>;
  strayClusters?: DiagnosisFacts["strayClusters"];
}

/** Diagnoses six taskforces of a workflow. Every schedd is polled and configured, except as given. */
function findingsOf({
  waits,
  phases = {},
  total = 6,
  deactivated,
  background,
  schedds = {},
  strayClusters = [],
}: Situation): Finding[] {
  const taskforces = {
    n_taskforces: total,
    taskforces_by_phase: phases,
    waits: { activation: null, starter: [], dead: [], stopper: [], never_started: 0, workers: {}, ...waits },
  };
  const idle: LeasedQueueFacts = { pause: undefined, leases: undefined, ahead: undefined };
  const known = { isConfigured: true, lastPoll: NOW - 299, starter: idle, stopper: idle };
  const facts = {
    nowSeconds: NOW,
    deactivated,
    strayClusters,
    background: { workerCount: 1, pauses: new Map(), isActivationDead: false, ...background },
    schedds: new Map(["a", "b", "c"].map((schedd) => [schedd, { ...known, ...schedds[schedd] }])),
  };
  return toDiagnosis(findInTaskforces(taskforces, SUBJECT, facts)).findings;
}

const sentencesOf = (situation: Situation): string[] =>
  findingsOf(situation).map(({ code, sentence }) => `${code}: ${sentence}`);

const at = (schedd: string, n: number, seconds: number, more: Partial<QueueWaitReason> = {}): QueueWaitReason => ({
  schedd,
  n,
  since: NOW - seconds,
  error: null,
  ...more,
});

const queue = (facts: Partial<LeasedQueueFacts>): LeasedQueueFacts => ({
  pause: undefined,
  leases: undefined,
  ahead: undefined,
  ...facts,
});

it.each([
  [59, "59 s"],
  [60, "1 min"],
  [3599, "59 min"],
  [3600, "1 h"],
  [47.9 * 3600, "47 h"],
  [48 * 3600, "2 days"],
  // Another machine's clock is ahead.
  [-5, "0 s"],
])("a wait of %d seconds is formatted as %s", (seconds, formatted) => {
  expect(sentencesOf({ waits: { starter: [at("a", 1, seconds)] } })).toEqual([
    `schedd-waiting: 1 of 6 taskforces is waiting for schedd a, for ${formatted}`,
  ]);
});

const CASES: [name: string, situation: Situation, sentences: string[]][] = [
  [
    "a paused starter queue",
    {
      waits: { starter: [at("a", 6, 240)] },
      schedds: { a: { starter: queue({ pause: { by: "ada", since: NOW - 60 } }) } },
    },
    [
      "queue-paused: the starter queue of a is paused (by ada, since 22:12 UTC); " +
        "6 taskforces are waiting for schedd a, longest 4 min",
    ],
  ],
  [
    "a queue that another tool paused",
    {
      deactivated: "FINISHED",
      waits: { stopper: [at("a", 1, 5)] },
      schedds: { a: { stopper: queue({ pause: { by: null, since: null } }) } },
    },
    [
      "queue-paused: the stopper queue of a is paused; 1 HTCondor cluster is waiting to be removed by schedd a, for 5 s",
    ],
  ],
  [
    "no worker process",
    {
      waits: { activation: { n: 4, since: NOW - 60, error: null } },
      phases: { "pre-mq-activation": 4, "pre-launch": 2 },
      background: { workerCount: 0 },
    },
    ["no-worker: no worker process is running; 6 taskforces are waiting for it"],
  ],
  [
    "a paused background queue",
    {
      waits: { activation: { n: 6, since: NOW - 60, error: null } },
      background: { pauses: new Map([["mq-activation", { by: null, since: null }]]) },
    },
    ["queue-paused: the queue mq-activation is paused; 6 taskforces are waiting in it"],
  ],
  [
    "an activation that the MQS has not answered",
    { waits: { activation: { n: 6, since: NOW - 60, error: null } } },
    ["activation-waiting: 6 taskforces are waiting for the MQS to activate the message queues, longest 1 min"],
  ],
  [
    "a failed activation",
    { waits: { activation: { n: 1, since: NOW - 60, error: "ERROR: the MQS cannot be reached" } } },
    [
      "activation-failing: 1 of 6 taskforces is waiting for the MQS to activate the message queues, for 1 min, " +
        "which failed: the MQS cannot be reached",
    ],
  ],
  [
    "a refused activation",
    {
      waits: { activation: { n: 6, since: NOW - 60, error: "unknown queue" } },
      background: { isActivationDead: true },
    },
    [
      "activation-refused: 6 taskforces are waiting for the MQS to activate the message queues, longest 1 min, " +
        "which it refused: unknown queue; an operator can retry it",
    ],
  ],
  [
    "taskforces that a worker is launching",
    { phases: { "pre-launch": 1 } },
    ["launching: 1 of 6 taskforces is waiting to be put into the queue of a schedd"],
  ],
  [
    "a lease",
    {
      waits: { starter: [at("a", 1, 300)] },
      schedds: { a: { starter: queue({ leases: { n: 1, oldestSince: NOW - 120, nextExpiry: NOW + 180 } }) } },
    },
    [
      "handed-out: 1 of 6 taskforces was handed out to the TMS of a, 2 min ago, and is not reported yet; " +
        "it is offered again at 22:16 UTC",
    ],
  ],
  [
    "leases of some of the waiting taskforces",
    {
      waits: { starter: [at("a", 6, 300)] },
      schedds: { a: { starter: queue({ leases: { n: 2, oldestSince: NOW - 5, nextExpiry: NOW + 295 } }) } },
    },
    [
      "handed-out: 2 of 6 taskforces were handed out to the TMS of a, the first 5 s ago, and are not reported yet; " +
        "they are offered again at 22:18 UTC",
      "schedd-waiting: 4 of 6 taskforces are waiting for schedd a, longest 5 min",
    ],
  ],
  [
    "hand-outs without a report",
    {
      total: 1,
      waits: { starter: [at("a", 1, 900, { expired_leases: 3, unreported: 1, last_expired: NOW - 80 })] },
    },
    [
      "hand-outs-unreported: 1 taskforce was handed out to the TMS of a 3 times without a report, last until 22:12 UTC",
      "schedd-waiting: 1 taskforce is waiting for schedd a, for 15 min",
    ],
  ],
  [
    "silent schedds",
    {
      waits: { starter: [at("a", 2, 4000), at("b", 1, 100)] },
      schedds: { a: { lastPoll: NOW - 3600 }, b: { lastPoll: undefined } },
    },
    [
      "schedd-silent: 2 of 6 taskforces are waiting for schedd a, longest 1 h; no TMS has asked for work there for 1 h",
      "schedd-silent: 1 of 6 taskforces is waiting for schedd b, for 1 min; no TMS has asked for work there yet",
    ],
  ],
  [
    "a schedd that was removed from the configuration",
    {
      waits: { starter: [at("a", 6, 240)] },
      schedds: { a: { isConfigured: false, lastPoll: NOW - 86_400 } },
    },
    [
      "schedd-removed: 6 taskforces are waiting for schedd a, longest 4 min; a is no longer configured; " +
        "its TMS was last seen at 2023-11-13 22:13 UTC",
    ],
  ],
  [
    "failed submissions",
    { waits: { starter: [at("a", 1, 5, { error: "ERROR: no space\n left." })] } },
    [
      "submissions-failing: 1 of 6 taskforces is waiting for schedd a, for 5 s, after a failed submission: no space left",
    ],
  ],
  [
    "other taskforces that are handed out first",
    {
      waits: { starter: [at("a", 6, 5)] },
      schedds: {
        a: { starter: queue({ ahead: { n: 31, isAtLeast: false, lowestPriority: 60, handedOutLastHour: 12 } }) },
      },
    },
    [
      "jobs-ahead: 6 taskforces are waiting for schedd a, longest 5 s; 31 taskforces are ahead (priority 60 or higher); " +
        "about 12 were handed out there in the last hour",
    ],
  ],
  [
    "more of them than are searched",
    {
      waits: { starter: [at("a", 6, 5)] },
      schedds: {
        a: { starter: queue({ ahead: { n: 1000, isAtLeast: true, lowestPriority: undefined, handedOutLastHour: 1 } }) },
      },
    },
    [
      "jobs-ahead: 6 taskforces are waiting for schedd a, longest 5 s; at least 1000 taskforces are ahead; " +
        "about 1 was handed out there in the last hour",
    ],
  ],
  [
    "dead letters",
    { waits: { dead: [{ ...at("b", 2, 90), failures: 3 }] } },
    ["dead-letters: 2 taskforces were given up at schedd b after 3 failed submissions; an operator can retry them"],
  ],
  [
    "workers of which most are held",
    { waits: { workers: { RUNNING: 2, "HELD: disk full": 90, "HELD: no memory": 8, COMPLETED: 500, REMOVED: 500 } } },
    ["workers-held: 98 of 100 workers are held: disk full (90), no memory (8)"],
  ],
  ["the only worker, held", { waits: { workers: { HELD: 1 } } }, ["workers-held: the only worker is held"]],
  ["few held workers", { waits: { workers: { RUNNING: 98, HELD: 2 } } }, []],
  [
    "idle and held workers",
    { waits: { workers: { IDLE: 90, "HELD: disk full": 10 } } },
    ["workers-idle: 90 of 100 workers are idle, 10 are held: disk full"],
  ],
  ["idle workers", { waits: { workers: { IDLE: 100 } } }, ["workers-idle: all 100 workers are idle"]],
  ["idle workers beside running ones", { waits: { workers: { IDLE: 99, RUNNING: 1 } } }, []],
  [
    "an open workflow that has completed",
    { phases: { "condor-complete": 6 } },
    ["all-completed: all 6 taskforces completed; finish the workflow"],
  ],
  [
    "one with removed taskforces",
    { phases: { "condor-complete": 5, "condor-rm": 1 } },
    ["all-completed: 5 of 6 taskforces completed, the others were removed; finish the workflow"],
  ],
  ["a finished workflow", { phases: { "condor-complete": 6 }, deactivated: "FINISHED" }, []],
  [
    "an abort before any cluster existed",
    { deactivated: "ABORTED", phases: { "pending-stopper": 6 }, waits: { never_started: 6 } },
    ["never-started: all 6 taskforces never started, so there is nothing to stop"],
  ],
  [
    "an abort under way",
    {
      deactivated: "ABORTED",
      phases: { "pending-starter": 2, "pending-stopper": 4 },
      waits: { starter: [at("a", 2, 5)], stopper: [at("b", 1, 5, { error: "schedd is down" })], never_started: 3 },
    },
    [
      "removals-failing: 1 HTCondor cluster is waiting to be removed by schedd b, for 5 s, which failed: schedd is down",
      "deactivation-under-way: the abort has yet to reach 2 of 6 taskforces",
      "never-started: 3 of 6 taskforces never started: they have nothing to stop",
    ],
  ],
  [
    "an abort that has not reached the only taskforce",
    { total: 1, deactivated: "ABORTED", phases: { "pending-starter": 1 } },
    ["deactivation-under-way: the abort has yet to reach the only taskforce"],
  ],
  [
    "an abort without workers",
    { deactivated: "ABORTED", phases: { "pending-starter": 2 }, background: { workerCount: 0 } },
    ["no-worker: no worker process is running; the abort has yet to reach 2 of 6 taskforces"],
  ],
  [
    "stray clusters",
    {
      strayClusters: [7, 8].map((cluster_id) => ({
        id: `${cluster_id}`,
        schedd: "a",
        cluster_id,
        taskforce_uuid: "",
        workflow_id: SUBJECT.id,
        reason: "no longer pending-starter",
        first_report: NOW - 60,
        last_report: NOW,
      })),
    },
    ["stray-clusters: HTCondor runs 2 clusters whose report was rejected: 7 on a, 8 on a"],
  ],
  [
    "a finish whose queue is paused",
    {
      deactivated: "FINISHED",
      phases: { "pending-starter": 2 },
      background: { pauses: new Map([["workflow-deactivation", { by: "ada", since: null }]]) },
    },
    ["queue-paused: the queue workflow-deactivation is paused (by ada); the finish has yet to reach 2 of 6 taskforces"],
  ],
];

describe("a diagnosis names", () => {
  it.each(CASES)("%s", (_, situation, sentences) => {
    expect(sentencesOf(situation)).toEqual(sentences);
  });
});

it("the most important finding comes first, with its severity, subject and action", () => {
  const situation = {
    waits: { starter: [at("a", 1, 5)], dead: [{ ...at("b", 2, 90), failures: 3 }], workers: { IDLE: 1 } },
  };
  const findings = findingsOf(situation);
  expect(findings.map(({ code }) => code)).toEqual(["dead-letters", "workers-idle", "schedd-waiting"]);
  expect(findings[0]).toMatchObject({
    severity: "error",
    since: NOW - 90,
    subject: { kind: "schedd", id: "b" },
    action: expect.stringContaining("retry"),
  });
  expect(findings[1]).toMatchObject({ severity: "info", since: null, subject: SUBJECT, action: null });
});

it("long errors are shortened", () => {
  const starter = [at("a", 1, 5, { error: `ERROR: ${"x".repeat(1000)}` })];
  expect(findingsOf({ waits: { starter } })[0]?.sentence).toMatch(/: x{197}\.\.\.$/);
});

it("a diagnosis has a limited number of findings, and counts the others", () => {
  const found = Array.from({ length: 60 }, (_, n) => ({
    code: "schedd-waiting" as const,
    sentence: `wait ${n}`,
    since: null,
    subject: SUBJECT,
  }));
  const { findings, n_omitted } = toDiagnosis(found);
  expect([findings.length, n_omitted, findings[0]?.sentence]).toEqual([50, 10, "wait 0"]);
});
