import { useState } from "preact/hooks";
import { formatCount } from "../../../client/src/format.js";
import type { WorkflowDigest } from "../api/apiTypes.ts";
import { useAsyncAction } from "../live/useAsyncAction.ts";
import { Dialog, FormEnd } from "../parts/Dialog.tsx";
import { ErrorNotice } from "../parts/Notices.tsx";
import { type BulkOutcome, deactivateAll, labelAll } from "./bulkActions.ts";

type Action = "abort" | "finished" | "label";

const VERBS = { abort: "Abort", finished: "Finish", label: "Label" } as const;
const PARTICIPLES = { abort: "Aborted", finished: "Finished", label: "Labelled" } as const;

interface BulkBarProps {
  selected: readonly WorkflowDigest[];
  clear: () => void;
  /** Called when workflows have changed. */
  onChanged: () => void;
}

/** The actions on the selected workflows, and the outcome of the last one. */
export function BulkBar({ selected, clear, onChanged }: BulkBarProps) {
  const [action, setAction] = useState<Action>();
  const [outcome, setOutcome] = useState<{ action: Action; of: BulkOutcome }>();
  const finish = (of: BulkOutcome) => {
    if (action !== undefined) setOutcome({ action, of });
    setAction(undefined);
    clear();
    onChanged();
  };
  const open = (next: Action) => {
    setOutcome(undefined);
    setAction(next);
  };
  return (
    <>
      {selected.length > 0 && (
        <div class="buttons bulk" role="group" aria-label="Selected workflows">
          <span>{formatCount(selected.length, "workflow")} selected</span>
          <button type="button" onClick={() => open("label")}>
            Label…
          </button>
          <button type="button" onClick={() => open("finished")}>
            Finish…
          </button>
          <button type="button" class="danger" onClick={() => open("abort")}>
            Abort…
          </button>
          <button type="button" class="quiet" onClick={clear}>
            Clear the selection
          </button>
        </div>
      )}
      <div class="outcome" role="status">
        {outcome !== undefined && <Outcome {...outcome} onChanged={onChanged} close={() => setOutcome(undefined)} />}
      </div>
      {action === "label" && <LabelDialog rows={selected} close={() => setAction(undefined)} onDone={finish} />}
      {(action === "abort" || action === "finished") && (
        <DeactivateDialog action={action} rows={selected} close={() => setAction(undefined)} onDone={finish} />
      )}
    </>
  );
}

interface OutcomeProps {
  action: Action;
  of: BulkOutcome;
  onChanged: () => void;
  close: () => void;
}

function Outcome({ action, of: { done, failed, undo }, onChanged, close }: OutcomeProps) {
  const { isRunning, error, run } = useAsyncAction();
  const takeBack = () =>
    run(async () => {
      await undo?.();
      close();
      onChanged();
    });
  return (
    <div class="message">
      <p>
        {PARTICIPLES[action]}: {formatCount(done.length, "workflow")}
        {failed.length > 0 && `; failed: ${formatCount(failed.length, "workflow")}`}.{" "}
        {undo !== undefined && done.length > 0 && (
          <button type="button" disabled={isRunning} onClick={takeBack}>
            Undo
          </button>
        )}{" "}
        <button type="button" class="quiet" onClick={close}>
          Close
        </button>
      </p>
      {error && <ErrorNotice error={error} />}
      {failed.length > 0 && (
        <ul>
          {failed.map(({ row, error: reason }) => (
            <li key={row.workflow_id}>
              {titleOf(row)}: {reason}
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

const titleOf = ({ name, workflow_id }: WorkflowDigest): string =>
  name === null ? workflow_id : `${name} (${workflow_id})`;

interface BulkDialogProps {
  rows: readonly WorkflowDigest[];
  close: () => void;
  onDone: (outcome: BulkOutcome) => void;
}

/** The workflows that an action changes. */
const Affected = ({ rows }: { rows: readonly WorkflowDigest[] }) => (
  <ul class="affected" tabIndex={0} aria-label="Affected workflows">
    {rows.map((row) => (
      <li key={row.workflow_id}>
        {titleOf(row)}, {formatCount(row.n_taskforces, "taskforce")}
      </li>
    ))}
  </ul>
);

function DeactivateDialog({ action, rows, close, onDone }: BulkDialogProps & { action: "abort" | "finished" }) {
  const { isRunning, error, run } = useAsyncAction();
  const active = rows.filter(({ deactivated }) => deactivated === null);
  const skipped = rows.length - active.length;
  const start = () => run(async () => onDone(await deactivateAll(active, action)));
  return (
    <Dialog title={`${VERBS[action]} ${formatCount(active.length, "workflow")}?`} close={close} wide>
      <p>
        No taskforce of these workflows starts any more, and running ones are stopped. This can't be undone.
        {skipped > 0 && ` ${formatCount(skipped, "selected workflow")} ended before, and will be left alone.`}
      </p>
      <Affected rows={active} />
      {error && <ErrorNotice error={error} />}
      <div class="buttons">
        <button type="button" onClick={close}>
          Keep them running
        </button>
        <button
          type="button"
          class={action === "abort" ? "danger" : "primary"}
          disabled={isRunning || active.length === 0}
          onClick={start}
        >
          {VERBS[action]} {formatCount(active.length, "workflow")}
        </button>
      </div>
    </Dialog>
  );
}

function LabelDialog({ rows, close, onDone }: BulkDialogProps) {
  const { isRunning, error, run } = useAsyncAction();
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    const [, key = "", value = ""] =
      /^([^=]*)=?(.*)$/s.exec(String(new FormData(event.currentTarget as HTMLFormElement).get("label")).trim()) ?? [];
    run(async () => onDone(await labelAll(rows, key, value)));
  };
  return (
    <Dialog title={`Label ${formatCount(rows.length, "workflow")}`} close={close} wide>
      <form onSubmit={submit}>
        <label>
          Label, such as season=IC86
          <input name="label" required pattern="[^,]+" />
        </label>
        <Affected rows={rows} />
        <FormEnd error={error} isRunning={isRunning} label="Add the label" close={close} />
      </form>
    </Dialog>
  );
}
