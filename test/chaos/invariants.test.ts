import { describe, expect, test } from "vitest";
import type { Phase, PhaseChange } from "../../src/domain/phases.js";
import type { Taskforce } from "../../src/domain/taskforce.js";
import type { Evidence, Interval } from "./evidence.js";
import { leasesAreExclusive } from "./invariants/leaseInvariants.js";
import {
  endedWorkflowsRunNothing,
  phasesFollowTheGraph,
  startedTaskforcesHaveCluster,
} from "./invariants/phaseInvariants.js";
import {
  reportsAreVisible,
  requestsTakeEffectOnce,
  statusesAreTheNewest,
  timestampsAreReal,
} from "./invariants/writeInvariants.js";
import { separateLostWrites } from "./lostWrites.js";
import type { Attempts } from "./recordingClient.js";
import { type RecordedRequest, RequestHistory, type RequestKind } from "./requestHistory.js";
import { SimulatedCondor } from "./simulatedCondor.js";
import type { UserExpectations } from "./simulatedUser.js";

const UUID = "TF-65f00000-00000000-00000000-00000000";

const exchange = (kind: RequestKind, sent: number, more: Partial<RecordedRequest> = {}): RecordedRequest => ({
  kind,
  subject: UUID,
  sentAtMs: sent,
  endedAtMs: sent + 10,
  outcome: "done",
  status: 200,
  body: undefined,
  ...more,
});

const entry = (target_phase: Phase, was_successful = true): PhaseChange => ({
  target_phase,
  timestamp: 1,
  was_successful,
  source_event_time: null,
  source_entity: "TMS",
  context: "",
});

const taskforce = (phases: Phase[], more: Partial<Taskforce> = {}): Taskforce =>
  ({
    taskforce_uuid: UUID,
    workflow_id: "WF-65f00000-00000000",
    cluster_id: null,
    phase: phases.at(-1),
    phase_change_log: phases.map((phase) => entry(phase)),
    compound_statuses: {},
    top_task_errors: {},
    ...more,
  }) as Taskforce;

/** Creates the evidence that the checks of this file read. */
function evidence(parts: {
  exchanges?: RecordedRequest[];
  taskforces?: Taskforce[];
  directives?: object[];
  deactivated?: string;
  condor?: SimulatedCondor;
  deletions?: number[];
  keyless?: [string, Attempts][];
  refused?: (Attempts & { workflow: string })[];
  losses?: Interval[];
  created?: [string, UserExpectations["workflows"] extends Map<string, infer Created> ? Created : never][];
}): Evidence {
  const history = new RequestHistory();
  history.requests.push(...(parts.exchanges ?? []));
  return {
    history,
    expectations: {
      workflows: new Map(parts.created),
      addedTaskforces: new Map(),
      endedWorkflows: new Map(),
      keylessRequests: new Map(parts.keyless),
      refusedRepetitions: parts.refused ?? [],
      unexpectedResponses: [],
    },
    responseLosses: parts.losses ?? [],
    condors: parts.condor === undefined ? [] : [parts.condor],
    queueDeletionTimesMs: parts.deletions ?? [],
    apiView: {
      workflows: new Map([["WF-65f00000-00000000", { deactivated: parts.deactivated ?? null }]]),
      directives: new Map((parts.directives ?? []).map((each, index) => [String(index), each])),
      taskforces: new Map((parts.taskforces ?? []).map((each) => [each.taskforce_uuid, each])),
    },
  } as unknown as Evidence;
}

describe("leases", () => {
  const twice = [
    exchange("lease-starter", 0, { handedOutUuid: UUID }),
    exchange("lease-starter", 3000, { handedOutUuid: UUID }),
  ];
  const found = (parts: Parameters<typeof evidence>[0]) => leasesAreExclusive(evidence(parts)).length;

  test("a second lease of a taskforce within the first one is a violation", () => {
    expect(found({ exchanges: twice })).toBe(1);
  });

  test("a new lease after a report, after a lost report or after expiry is allowed", () => {
    expect(found({ exchanges: [...twice, exchange("submit-failed", 1000)] })).toBe(0);
    const lost = { outcome: "lost", ended: Number.POSITIVE_INFINITY } as const;
    expect(found({ exchanges: [...twice, exchange("submit-failed", 1000, lost)] })).toBe(0);
    expect(
      found({
        exchanges: [twice[0] as RecordedRequest, { ...(twice[1] as RecordedRequest), sentAtMs: 9000, endedAtMs: 9010 }],
      }),
    ).toBe(0);
  });

  test("a report before the first or after the second lease does not allow the second", () => {
    expect(found({ exchanges: [...twice, exchange("submit-failed", -1000)] })).toBe(1);
    expect(found({ exchanges: [...twice, exchange("submit", 4000)] })).toBe(1);
  });

  test("deleting the keys of a queue ends its leases", () => {
    expect(found({ exchanges: twice, deletions: [2000] })).toBe(0);
    expect(found({ exchanges: twice, deletions: [4000] })).toBe(1);
  });
});

describe("phases", () => {
  const found = (...phases: Phase[]) => phasesFollowTheGraph(evidence({ taskforces: [taskforce(phases)] })).length;

  test("the paths of the contract are allowed", () => {
    expect(
      found(
        "pre-mq-activation",
        "pre-launch",
        "pending-starter",
        "condor-submit",
        "pending-stopper",
        "condor-rm",
        "condor-complete",
      ),
    ).toBe(0);
    expect(found("pre-mq-activation", "pending-stopper")).toBe(0);
    expect(found("pre-mq-activation", "pre-launch", "pending-starter", "condor-submit", "condor-complete")).toBe(0);
  });

  test("a skipped phase, a step back and a step after the final phase are violations", () => {
    expect(found("pre-mq-activation", "pending-starter")).toBe(1);
    expect(found("pre-mq-activation", "pending-stopper", "pre-launch")).toBe(1);
    expect(found("pre-mq-activation", "condor-complete", "condor-rm")).toBe(1);
  });

  test("a phase that differs from the last one in the log is a violation", () => {
    const odd = taskforce(["pre-mq-activation", "pre-launch"], { phase: "condor-submit" });
    expect(phasesFollowTheGraph(evidence({ taskforces: [odd] }))).toHaveLength(1);
  });

  test("a started taskforce without a cluster is a violation", () => {
    const started = taskforce(["pre-mq-activation", "pre-launch", "pending-starter", "condor-submit"]);
    expect(startedTaskforcesHaveCluster(evidence({ taskforces: [started] }))).toHaveLength(1);
  });
});

describe("clusters", () => {
  test("a cluster that runs after its workflow has ended is a violation until it is removed", () => {
    const condor = new SimulatedCondor(1);
    const { id } = condor.submit(UUID);
    const parts = {
      condor,
      deactivated: "ABORTED",
      taskforces: [taskforce(["pre-mq-activation"], { cluster_id: id })],
    };
    expect(endedWorkflowsRunNothing(evidence(parts))).toHaveLength(1);
    condor.remove(id);
    expect(endedWorkflowsRunNothing(evidence(parts))).toHaveLength(0);
  });
});

describe("acknowledged writes", () => {
  test("a missing acknowledged report is a violation", () => {
    const reported = exchange("submit", 0, { body: { cluster_id: 7 } });
    const lost = taskforce(["pre-mq-activation", "pre-launch", "pending-starter"]);
    expect(reportsAreVisible(evidence({ exchanges: [reported], taskforces: [lost] }))).toHaveLength(1);
  });

  test("statuses of an outdated report are a violation, those of a concurrent report are not", () => {
    const statuses = (sent: number, tasking: number) =>
      exchange("statuses", sent, {
        body: {
          compound_statuses_by_taskforce: { [UUID]: { RUNNING: { Tasking: tasking } } },
          top_task_errors_by_taskforce: { [UUID]: {} },
        },
      });
    const shown = taskforce(["pre-mq-activation"], { compound_statuses: { RUNNING: { Tasking: 1 } } });
    const found = (...exchanges: RecordedRequest[]) =>
      statusesAreTheNewest(evidence({ exchanges, taskforces: [shown] })).length;
    expect(found(statuses(0, 1))).toBe(0);
    expect(found(statuses(0, 1), statuses(100, 2))).toBe(1);
    expect(found(statuses(0, 1), statuses(5, 2))).toBe(0);
  });

  const ATTEMPTS: Attempts = { repeated: true, firstSentAtMs: 1000, endedAtMs: 3000 };

  test("a request that took effect twice is a violation, unless it had no key and its response was lost behind the service", () => {
    const made = (workflow_id: string) => ({ task_args: "one mark", workflow_id });
    const found = (parts: Parameters<typeof evidence>[0], ...workflows: string[]) =>
      requestsTakeEffectOnce(evidence({ ...parts, directives: workflows.map(made) })).length;
    const losses = [{ beganAtMs: 2000, endedAtMs: 2500 }];
    const keyless: [string, Attempts][] = [["one mark", ATTEMPTS]];
    expect(found({}, "WF-1", "WF-1")).toBe(0);
    expect(found({ losses }, "WF-1", "WF-2")).toBe(1);
    expect(found({ keyless }, "WF-1", "WF-2")).toBe(1);
    expect(found({ keyless, losses }, "WF-1", "WF-2")).toBe(0);
    expect(found({ keyless, losses: [{ beganAtMs: 4000, endedAtMs: 5000 }] }, "WF-1", "WF-2")).toBe(1);
  });

  test("a refused repetition of an abort is a violation, with the same exception", () => {
    const refused = [{ ...ATTEMPTS, workflow: "WF-1" }];
    expect(requestsTakeEffectOnce(evidence({ refused }))).toHaveLength(1);
    expect(requestsTakeEffectOnce(evidence({ refused, losses: [{ beganAtMs: 0, endedAtMs: 1500 }] }))).toHaveLength(0);
  });

  test("a timestamp that is not the time of its request is a violation", () => {
    const created = (timestamp: number) => ({ ...ATTEMPTS, workflow: "WF-1", timestamp, tasks: [], taskforces: [] });
    const found = (timestamp: number) => timestampsAreReal(evidence({ created: [["a", created(timestamp)]] })).length;
    expect([0.5, 2, 3.5].map(found)).toEqual([0, 0, 0]);
    expect([-0.5, 4.5, 3600].map(found)).toEqual([1, 1, 1]);
  });
});

test("only findings about workflows with a write in an interval of losses are explained by them", () => {
  const other = "TF-65f00001-00000000-00000000-00000000";
  const parts = evidence({ exchanges: [exchange("submit", 5000), exchange("submit", 9000, { subject: other })] });
  const findings = [UUID, other].map((taskforce) => ({ invariant: "any", message: "is missing", taskforce }));
  const explainedBy = (...losses: Interval[]) =>
    separateLostWrites(findings, parts, losses).explained.map(({ taskforce }) => taskforce);
  expect(explainedBy()).toEqual([]);
  expect(explainedBy({ beganAtMs: 4000, endedAtMs: 5005 })).toEqual([UUID]);
  expect(explainedBy({ beganAtMs: 6000, endedAtMs: 8000 })).toEqual([]);
  expect(explainedBy({ beganAtMs: 4000, endedAtMs: 9001 })).toEqual([UUID, other]);
});

test("the taskforces of a report of statuses may have lost it", () => {
  const body = { compound_statuses_by_taskforce: { [UUID]: { RUNNING: {} } } };
  const parts = evidence({ exchanges: [exchange("statuses", 5000, { subject: "", body })] });
  const findings = [{ invariant: "any", message: "its statuses are old", taskforce: UUID }];
  expect(separateLostWrites(findings, parts, [{ beganAtMs: 4000, endedAtMs: 6000 }]).explained).toEqual(findings);
  expect(separateLostWrites(findings, parts, [{ beganAtMs: 1000, endedAtMs: 2000 }]).violations).toEqual(findings);
});
