import { memberOf, workflowMemberOf } from "../../src/store/keys.js";
import type { Evidence, Interval, Violation } from "./evidence.js";

/**
 * Separates the findings about workflows of which a write was under way when replication may have lost some. Nothing else may
 * be lost: any other finding is a violation.
 *
 * @param losses see `RedisSystem.losses`
 */
export function separateLostWrites(
  findings: readonly Violation[],
  { history, expectations }: Evidence,
  losses: readonly Interval[],
): { violations: Violation[]; explained: Violation[] } {
  const mayBeLost = (sentAtMs: number, endedAtMs: number) =>
    losses.some(({ beganAtMs, endedAtMs: lostUntilMs }) => sentAtMs < lostUntilMs && endedAtMs > beganAtMs);
  /** The workflows' part of all their ids, and the marks of their requests. */
  const affected = new Set<string>();
  for (const { subject, handedOutUuid = "", body, sentAtMs, endedAtMs } of history.requests)
    if (mayBeLost(sentAtMs, endedAtMs))
      for (const id of [subject, handedOutUuid, ...taskforcesOfStatuses(body)])
        if (/^(WF|TK|TF)-/.test(id)) affected.add(workflowMemberOf(memberOf(id)));
  for (const [mark, { workflow, firstSentAtMs, endedAtMs }] of expectations.workflows)
    if (mayBeLost(firstSentAtMs, endedAtMs)) affected.add(memberOf(workflow)).add(mark);
  const isExplained = ({ message, taskforce = "" }: Violation) => {
    const named = `${message} ${taskforce}`;
    return [...affected].some((part) => named.includes(part));
  };
  return {
    violations: findings.filter((finding) => !isExplained(finding)),
    explained: findings.filter(isExplained),
  };
}

/** The taskforces that a report of statuses is about. @param body of any request */
const taskforcesOfStatuses = (body: unknown): string[] =>
  Object.keys((body as { compound_statuses_by_taskforce?: object } | undefined)?.compound_statuses_by_taskforce ?? {});
