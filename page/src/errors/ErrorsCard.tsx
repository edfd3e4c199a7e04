import type { ComponentChildren } from "preact";
import { useEffect, useMemo, useRef } from "preact/hooks";
import type { ErrorGroup } from "../../../client/src/foldErrors.js";
import { formatCount, formatNumber } from "../../../client/src/format.js";
import type { Summary } from "../api/apiTypes.ts";
import { coalesceCalls } from "../live/coalesceCalls.ts";
import { createRefreshable } from "../live/refreshable.ts";
import { CopyButton } from "../parts/Copy.tsx";
import { shortId } from "../parts/format.ts";
import { Loaded } from "../parts/Notices.tsx";
import { RelativeTime } from "../parts/Times.tsx";
import { Section } from "../parts/View.tsx";
import { scheddUrl, workflowUrl } from "../paths/workflowAddress.ts";
import { errorSignature, type GroupedErrors, MAX_READ_TASKFORCES, readErrors } from "./readErrors.ts";

/** Milliseconds until the errors of a changed summary are read. */
const RELOAD_DELAY_MS = 5000;
/** Maximum number of links and texts in a group. */
const MAX_LISTED = 20;
/** A longer text scrolls. */
const MAX_TEXT_LINES = 12;
const MAX_TEXT_LENGTH = 1500;

interface ErrorsCardProps {
  summary: Summary;
  /** Selects taskforces of the workflow. */
  filter: Record<string, unknown>;
  isNarrowed: boolean;
}

/** The errors of workers and the failed attempts: texts that differ only in ids and numbers together. */
export function ErrorsCard({ summary, filter, isNarrowed }: ErrorsCardProps) {
  const latest = useRef(summary);
  latest.current = summary;
  const errors = useMemo(() => {
    const refreshable = createRefreshable((signal) => readErrors(filter, latest.current, signal));
    return { ...refreshable, refreshSoon: coalesceCalls(RELOAD_DELAY_MS, refreshable.refresh) };
  }, [JSON.stringify(filter)]);
  useEffect(() => {
    errors.refresh();
    return () => {
      errors.refreshSoon.cancel();
      errors.dispose();
    };
  }, [errors]);
  const signature = errorSignature(summary);
  const readSignature = useRef(signature);
  useEffect(() => {
    // A failed first load is repeated with the next summary.
    if (readSignature.current === signature && errors.value.value !== undefined) return;
    readSignature.current = signature;
    errors.refreshSoon();
  }, [summary, errors]);
  return (
    <Section title="Errors">
      <Loaded from={errors} what="errors">
        {(grouped) => <Groups grouped={grouped} summary={summary} isNarrowed={isNarrowed} />}
      </Loaded>
    </Section>
  );
}

function Groups({ grouped, summary, isNarrowed }: Omit<ErrorsCardProps, "filter"> & { grouped: GroupedErrors }) {
  const { groups, groupCount, ungroupedCount, isComplete } = grouped;
  if (groups.length === 0)
    return (
      <p class="quiet-text">
        {isNarrowed ? "No errors in this selection." : "No task has reported an error, and no attempt has failed."}
      </p>
    );
  return (
    <>
      <ol class="errors">
        {groups.map((group) => (
          <Group key={`${group.failedPhase} ${group.pattern}`} group={group} summary={summary} />
        ))}
      </ol>
      {groupCount > groups.length && (
        <p class="quiet-text">and {formatCount(groupCount - groups.length, "rarer error")} more</p>
      )}
      {ungroupedCount > 0 && <p class="quiet-text">and {formatNumber(ungroupedCount)} errors with other texts</p>}
      {!isComplete && (
        <p class="quiet-text">
          Only the first {formatNumber(MAX_READ_TASKFORCES)} taskforces with errors are counted. Select a task or schedd
          to see the others.
        </p>
      )}
    </>
  );
}

function Group({ group, summary }: { group: ErrorGroup; summary: Summary }) {
  const texts = [...group.texts].sort(([, one], [, other]) => other - one);
  const text = texts[0]?.[0] ?? group.pattern;
  const taskforces = [...group.taskforces];
  const schedds = [...group.schedds];
  return (
    <li>
      <p class="section-head">
        <span>
          <b>{formatNumber(group.count)} ×</b>{" "}
          {group.failedPhase === null ? "worker error" : <>failed attempt of {group.failedPhase}</>}{" "}
          <span class="quiet-text">
            <Seen group={group} summary={summary} />
          </span>
        </span>
        <CopyButton text={text} what="the error" />
      </p>
      <ErrorText text={text} />
      <p class="small-text">
        {formatCount(taskforces.length, "taskforce")} at{" "}
        <Listed items={schedds}>{(schedd) => <a href={scheddUrl(schedd)}>{schedd}</a>}</Listed>
      </p>
      <details>
        <summary>
          Taskforces{texts.length > 1 && " and texts"}
          <span class="visually-hidden"> of this error</span>
        </summary>
        <p>
          <Listed items={taskforces}>
            {(uuid) => (
              <a href={workflowUrl(summary.workflow_id, { taskforce: uuid })} title={uuid}>
                <code>{shortId(uuid)}</code>
              </a>
            )}
          </Listed>
        </p>
        {texts.length > 1 && (
          <ul class="groups">
            {texts.map(([each, count]) => (
              <li key={each}>
                <span class="small-text">{formatNumber(count)} ×</span>
                <ErrorText text={each} />
              </li>
            ))}
          </ul>
        )}
      </details>
    </li>
  );
}

function Seen({ group: { firstSeen, lastSeen }, summary: { last_change } }: { group: ErrorGroup; summary: Summary }) {
  // A report of worker errors contains no times.
  if (firstSeen === null || lastSeen === null)
    return (
      <>
        in reports up to <RelativeTime at={last_change ?? 0} />
      </>
    );
  if (firstSeen === lastSeen) return <RelativeTime at={lastSeen} />;
  return (
    <>
      first <RelativeTime at={firstSeen} />, last <RelativeTime at={lastSeen} />
    </>
  );
}

function ErrorText({ text }: { text: string }) {
  const isLong = text.length > MAX_TEXT_LENGTH || text.split("\n").length > MAX_TEXT_LINES;
  // Focusable, so that the keyboard can scroll it.
  const scrolling = isLong ? { tabIndex: 0, role: "region" as const, "aria-label": "Text of the error" } : {};
  return (
    <pre class="error-text" {...scrolling}>
      {text}
    </pre>
  );
}

/** Items with commas between them. */
function Listed({ items, children }: { items: readonly string[]; children: (item: string) => ComponentChildren }) {
  return (
    <>
      {items.slice(0, MAX_LISTED).map((item, n) => (
        <span key={item}>
          {n > 0 && ", "}
          {children(item)}
        </span>
      ))}
      {items.length > MAX_LISTED && ` and ${formatNumber(items.length - MAX_LISTED)} more`}
    </>
  );
}
