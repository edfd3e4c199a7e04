import type { WorkflowId } from "../../domain/ids.js";
import type { NewestDeadLetter, WorkflowSummary } from "../../domain/summary.js";
import type { NotifiedDeadLetter, WebhookEvent } from "../../domain/webhook.js";
import type { Deactivation } from "../../domain/workflow.js";
import { findAttentionFacts } from "../diagnosis/attention.js";
import { findCompletion } from "../diagnosis/taskforceFindings.js";
import { countTaskforces } from "../diagnosis/wording.js";

/** Dead letters that a notification names. */
const MAX_DEAD_LETTERS = 5;

/** An event of a workflow that one of its summaries shows for the first time. */
export interface Occurrence {
  event: WebhookEvent;
  /** When it happened, in epoch seconds. */
  atSeconds: number;
  /** The same whenever the same event is found again, because a process died before it saved the summary. */
  key: string;
  sentence: string | null;
  deadLetters?: NotifiedDeadLetter[];
}

/** Two successive summaries of a workflow, and what else its events depend on. */
export interface SummaryChange {
  workflow: WorkflowId;
  /** Undefined: this is the first summary. */
  before: WorkflowSummary | undefined;
  after: WorkflowSummary;
  /** Whether the former summary counted the workflow among those that need attention. */
  neededAttention: boolean;
  deactivated: Deactivation | undefined;
  deactivatedSeconds: number | undefined;
  nowSeconds: number;
}

/** Finds the events that happened between two summaries. */
export function findOccurrences(change: SummaryChange): Occurrence[] {
  const { deactivated, before } = change;
  const found = [...findDeadLetters(change), ...(deactivated === undefined ? findWhileActive(change) : [])];
  if (deactivated !== undefined && before?.notified?.deactivated !== true) {
    const atSeconds = change.deactivatedSeconds ?? change.nowSeconds;
    const sentence = `the workflow was ${deactivated.toLowerCase()}`;
    found.push({ event: "deactivated", atSeconds, key: String(atSeconds), sentence });
  }
  return found;
}

const keyOf = ({ before }: SummaryChange): string => `after-${before?.updated ?? 0}`;

function findWhileActive(change: SummaryChange): Occurrence[] {
  const { workflow, before, after, neededAttention, nowSeconds } = change;
  const subject = { kind: "workflow", id: workflow } as const;
  const found: Occurrence[] = [];
  const [attention] = neededAttention ? [] : findAttentionFacts(after, nowSeconds);
  if (attention !== undefined)
    found.push({
      event: "needs-attention",
      atSeconds: nowSeconds,
      key: keyOf(change),
      sentence: attention.sentence,
    });
  const [completion] = findCompletion(after, subject);
  const wasComplete = before !== undefined && findCompletion(before, subject).length > 0;
  if (completion !== undefined && !wasComplete)
    found.push({
      event: "completed",
      atSeconds: after.last_change ?? nowSeconds,
      key: keyOf(change),
      sentence: completion.sentence,
    });
  return found;
}

/** All taskforces that became dead letters between two summaries are one event: there may be thousands. */
function findDeadLetters(change: SummaryChange): Occurrence[] {
  const { before, after } = change;
  const idOf = ({ taskforce_uuid, since }: NewestDeadLetter) => `${taskforce_uuid} ${since}`;
  const known = new Set(before?.waits.newest_dead?.map(idOf));
  const fresh = after.waits.newest_dead?.filter((letter) => !known.has(idOf(letter))) ?? [];
  const [newest] = fresh;
  if (newest === undefined) return [];
  const total = after.waits.dead.reduce((sum, { n }) => sum + n, 0);
  const sentence = `taskforce ${newest.taskforce_uuid} failed too often at schedd ${newest.schedd}`;
  const others = total > 1 ? `; ${countTaskforces(total)} of the workflow are dead letters` : "";
  const error = newest.error === null ? "" : `: ${newest.error}`;
  return [
    {
      event: "dead-letter",
      atSeconds: newest.since,
      key: keyOf(change),
      sentence: `${sentence}${others}${error}`,
      deadLetters: fresh
        .slice(0, MAX_DEAD_LETTERS)
        .map(({ taskforce_uuid, schedd, error: text }) => ({ taskforce_uuid, schedd, error: text })),
    },
  ];
}
