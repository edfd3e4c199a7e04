import type { FindingSubject, FoundFact } from "../../domain/diagnosis.js";
import { STOPPABLE_PHASES } from "../../domain/phases.js";
import type { WaitReasons } from "../../domain/summary.js";
import type { Deactivation } from "../../domain/workflow.js";
import { BACKGROUND_QUEUE_NAMES } from "../../queues/queues.js";
import type { DiagnosedTaskforces, DiagnosisFacts, Pause } from "./facts.js";
import {
  describeDeadLetters,
  describePause,
  findStarterWaits,
  findStopperWaits,
  findStrayClusters,
  formatWait,
} from "./scheddFindings.js";
import { areWord, countTaskforces, countTaskforcesOf } from "./wording.js";
import { findIdleWorkers } from "./workerFindings.js";

/** Finds why taskforces are waiting, and what needs attention. @param subject the workflow, or the taskforce */
export const findInTaskforces = (
  taskforces: DiagnosedTaskforces,
  subject: FindingSubject,
  facts: DiagnosisFacts,
): FoundFact[] => [
  ...(facts.deactivated === undefined
    ? findWhileActive(taskforces, subject, facts)
    : findWhileEnding(taskforces, subject, facts, facts.deactivated)),
  ...findStrayClusters(facts.strayClusters, subject),
];

function findWhileActive(taskforces: DiagnosedTaskforces, subject: FindingSubject, facts: DiagnosisFacts): FoundFact[] {
  const { waits, n_taskforces: total } = taskforces;
  const { nowSeconds, schedds } = facts;
  return [
    ...findBackgroundWaits(taskforces, subject, facts),
    ...waits.starter.flatMap((wait) => findStarterWaits(wait, schedds.get(wait.schedd), { total, nowSeconds })),
    ...findDeadLetters(waits),
    ...findIdleWorkers(waits.workers, subject),
    ...findCompletion(taskforces, subject),
  ];
}

/** Finds that all taskforces of an active workflow ended. */
export function findCompletion(
  { taskforces_by_phase, n_taskforces: total }: Pick<DiagnosedTaskforces, "taskforces_by_phase" | "n_taskforces">,
  subject: FindingSubject,
): FoundFact[] {
  const completed = taskforces_by_phase["condor-complete"] ?? 0;
  const ended = completed + (taskforces_by_phase["condor-rm"] ?? 0);
  if (total === 0 || ended < total || completed === 0) return [];
  return [{ code: "all-completed", sentence: describeCompleted(completed, total), since: null, subject }];
}

/** Finds taskforces that failed to be submitted too often. */
export const findDeadLetters = ({ dead }: WaitReasons): FoundFact[] =>
  dead.map((letters) => ({
    code: "dead-letters",
    sentence: describeDeadLetters(letters),
    since: letters.since,
    subject: { kind: "schedd", id: letters.schedd },
  }));

function describeCompleted(completed: number, total: number): string {
  if (completed < total)
    return `${completed} of ${countTaskforces(total)} completed, the others were removed; finish the workflow`;
  return `${total === 1 ? "the only taskforce" : `all ${countTaskforces(total)}`} completed; finish the workflow`;
}

/** Finds what the taskforces wait for before they are in the queue of a schedd. */
function findBackgroundWaits(
  { waits, taskforces_by_phase, n_taskforces: total }: DiagnosedTaskforces,
  subject: FindingSubject,
  { nowSeconds, background }: DiagnosisFacts,
): FoundFact[] {
  const amount = (n: number) => countTaskforcesOf(n, total);
  const launching = taskforces_by_phase["pre-launch"] ?? 0;
  const { activation } = waits;
  const before = launching + (activation?.n ?? 0);
  if (before === 0) return [];
  if (background.workerCount === 0) return [findMissingWorkers(`${amount(before)} ${areWord(before)} waiting for it`)];
  const pause = background.pauses.get(BACKGROUND_QUEUE_NAMES.activation);
  if (pause !== undefined)
    return [
      findPausedBackground(
        BACKGROUND_QUEUE_NAMES.activation,
        pause,
        nowSeconds,
        `${amount(before)} ${areWord(before)} waiting in it`,
      ),
    ];
  const found: FoundFact[] = [];
  if (launching > 0)
    found.push({
      code: "launching",
      sentence: `${amount(launching)} ${areWord(launching)} waiting to be put into the queue of a schedd`,
      since: null,
      subject,
    });
  if (activation !== null)
    found.push({
      code: background.isActivationDead
        ? "activation-refused"
        : activation.error === null
          ? "activation-waiting"
          : "activation-failing",
      sentence:
        `${amount(activation.n)} ${areWord(activation.n)} waiting for the MQS to activate the message queues, ` +
        formatWait(activation, background.isActivationDead ? "which it refused" : "which failed", nowSeconds) +
        (background.isActivationDead ? "; an operator can retry it" : ""),
      since: activation.since,
      subject,
    });
  return found;
}

/** No worker process is running. @param consequence what waits for one */
export const findMissingWorkers = (consequence: string): FoundFact => ({
  code: "no-worker",
  sentence: `no worker process is running; ${consequence}`,
  since: null,
  subject: { kind: "service", id: "" },
});

/** A background queue is paused. @param consequence what waits in it */
export const findPausedBackground = (
  queue: string,
  pause: Pause,
  nowSeconds: number,
  consequence?: string,
): FoundFact => ({
  code: "queue-paused",
  sentence: [
    describePause(`the queue ${queue}`, pause, nowSeconds),
    ...(consequence === undefined ? [] : [consequence]),
  ].join("; "),
  since: pause.since,
  subject: { kind: "queue", id: queue },
});

function findWhileEnding(
  { waits, taskforces_by_phase, n_taskforces: total }: DiagnosedTaskforces,
  subject: FindingSubject,
  { nowSeconds, schedds, background }: DiagnosisFacts,
  deactivated: Deactivation,
): FoundFact[] {
  const remaining = STOPPABLE_PHASES.reduce((sum, phase) => sum + (taskforces_by_phase[phase] ?? 0), 0);
  const ending = deactivated === "ABORTED" ? "abort" : "finish";
  const rest = total === 1 ? "the only taskforce" : `${remaining} of ${countTaskforces(total)}`;
  const sentence = `the ${ending} has yet to reach ${rest}`;
  const pause = background.pauses.get(BACKGROUND_QUEUE_NAMES.deactivation);
  const { never_started } = waits;
  return [
    ...(remaining === 0
      ? []
      : background.workerCount === 0
        ? [findMissingWorkers(sentence)]
        : pause !== undefined
          ? [findPausedBackground(BACKGROUND_QUEUE_NAMES.deactivation, pause, nowSeconds, sentence)]
          : [{ code: "deactivation-under-way" as const, sentence, since: null, subject }]),
    ...waits.stopper.flatMap((wait) => findStopperWaits(wait, schedds.get(wait.schedd), nowSeconds)),
    ...(never_started === 0
      ? []
      : [
          {
            code: "never-started" as const,
            sentence: describeNeverStarted(never_started, total),
            since: null,
            subject,
          },
        ]),
  ];
}

const describeNeverStarted = (n: number, total: number): string =>
  n === total
    ? `${n === 1 ? "the only taskforce" : `all ${countTaskforces(n)}`} never started, so there is nothing to stop`
    : `${n} of ${countTaskforces(total)} never started: ${n === 1 ? "it has" : "they have"} nothing to stop`;
