import { ATTENTION_CODES, type FoundFact, worstSeverity } from "../../domain/diagnosis.js";
import type { Attention } from "../../store/summaries.js";
import type { DiagnosedTaskforces } from "./facts.js";
import { findStarterWaits } from "./scheddFindings.js";
import { findDeadLetters } from "./taskforceFindings.js";
import { findIdleWorkers } from "./workerFindings.js";

/** The findings about an active workflow that need attention and are counted, by importance. */
export function findAttentionFacts(taskforces: DiagnosedTaskforces, nowSeconds: number): FoundFact[] {
  const found = findInSummary(taskforces, nowSeconds);
  return ATTENTION_CODES.flatMap((code) => found.filter((fact) => fact.code === code));
}

/** What follows from the summary of an active workflow alone. */
function findInSummary({ waits, n_taskforces: total }: DiagnosedTaskforces, nowSeconds: number): FoundFact[] {
  return [
    ...findDeadLetters(waits),
    ...waits.starter.flatMap((wait) => findStarterWaits(wait, undefined, { total, nowSeconds })),
    ...findIdleWorkers(waits.workers, { kind: "workflow", id: "" }),
  ];
}

/** What needs attention in an active workflow, as far as its summary shows. */
export function assessAttention(taskforces: DiagnosedTaskforces, nowSeconds: number): Attention {
  const codes = findInSummary(taskforces, nowSeconds).map(({ code }) => code);
  const isActivationFailing = (taskforces.waits.activation?.error ?? null) !== null;
  const worst = worstSeverity(isActivationFailing ? [...codes, "activation-failing"] : codes);
  return {
    codes: ATTENTION_CODES.filter((code) => codes.includes(code)),
    severity: worst === "info" ? undefined : worst,
  };
}
