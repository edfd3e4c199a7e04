import { useState } from "preact/hooks";
import { randomIdempotencyKey } from "../../../client/src/apiCalls.js";
import { formatCount, imageName } from "../../../client/src/format.js";
import { postAddWorkers, postDeactivation, postRetry } from "../api/apiRequests.ts";
import type { Summary, TaskDirective } from "../api/apiTypes.ts";
import { useAsyncAction } from "../live/useAsyncAction.ts";
import { describeLocation, useLocations } from "../live/useLocations.ts";
import { Dialog, FormEnd } from "../parts/Dialog.tsx";
import { shortId } from "../parts/format.ts";
import { ErrorNotice } from "../parts/Notices.tsx";
import { hrefOf } from "../paths/basePath.ts";
import { mayChangeWorkflows } from "../session/permissions.ts";

interface ActionsProps {
  summary: Summary;
  tasks: readonly TaskDirective[];
  onDone: (message: string) => void;
}

/** The actions on a running workflow. @param onDone receives a message after a success */
export function WorkflowActions({ summary, tasks, onDone }: ActionsProps) {
  const [openDialog, setOpenDialog] = useState<"abort" | "finished" | "add workers">();
  const close = () => setOpenDialog(undefined);
  const closeWithMessage = (message: string) => {
    close();
    onDone(message);
  };
  return (
    <div class="buttons">
      <button type="button" onClick={() => setOpenDialog("add workers")}>
        Add workers…
      </button>
      <button type="button" onClick={() => setOpenDialog("finished")}>
        Finish…
      </button>
      <button type="button" class="danger" onClick={() => setOpenDialog("abort")}>
        Abort…
      </button>
      {(openDialog === "abort" || openDialog === "finished") && (
        <DeactivateDialog action={openDialog} summary={summary} close={close} onDone={closeWithMessage} />
      )}
      {openDialog === "add workers" && <AddWorkersDialog tasks={tasks} close={close} onDone={closeWithMessage} />}
    </div>
  );
}

/** A link to the submission of a workflow like this one, for those who may submit one. */
export const CloneLink = ({ workflowId }: { workflowId: string }) =>
  mayChangeWorkflows ? (
    <a class="button" href={hrefOf(`/submit?clone=${workflowId}`)}>
      Clone…
    </a>
  ) : null;

/** Retries all dead letters of a workflow. @param onDone receives a message after a success */
export function RetryButton({ workflow, onDone }: { workflow: string; onDone: (message: string) => void }) {
  const { isRunning, error, run } = useAsyncAction();
  const retry = () =>
    run(async () => {
      const { n_taskforces } = await postRetry(workflow);
      onDone(`Retried: ${formatCount(n_taskforces, "taskforce")}.`);
    });
  return (
    <>
      {error && <ErrorNotice error={error} />}
      <button type="button" disabled={isRunning} onClick={retry}>
        Retry
      </button>
    </>
  );
}

type DialogProps = { close: () => void; onDone: (message: string) => void };

type DeactivateDialogProps = DialogProps & { action: "abort" | "finished"; summary: Summary };

function DeactivateDialog({ action, summary, close, onDone }: DeactivateDialogProps) {
  const { isRunning, error, run } = useAsyncAction();
  const [verb, participle, buttonClass] =
    action === "abort" ? ["Abort", "Aborted", "danger"] : ["Finish", "Finished", "primary"];
  const deactivate = () =>
    run(async () => {
      const { n_taskforces } = await postDeactivation(summary.workflow_id, action);
      onDone(`${participle}: ${formatCount(n_taskforces, "taskforce")} to be stopped.`);
    });
  return (
    <Dialog title={`${verb} ${summary.workflow_id}?`} close={close}>
      <p>
        The workflow has {formatCount(summary.n_taskforces, "taskforce")}. No taskforce starts any more, and running
        ones are stopped. This can't be undone.
      </p>
      {error && <ErrorNotice error={error} />}
      <div class="buttons">
        <button type="button" onClick={close}>
          Keep it running
        </button>
        <button type="button" class={buttonClass} disabled={isRunning} onClick={deactivate}>
          {verb} the workflow
        </button>
      </div>
    </Dialog>
  );
}

function AddWorkersDialog({ tasks, close, onDone }: DialogProps & { tasks: readonly TaskDirective[] }) {
  const { isRunning, error, run } = useAsyncAction();
  const [taskId, setTaskId] = useState(tasks[0]?.task_id ?? "");
  const ownLocations = tasks.find(({ task_id }) => task_id === taskId)?.cluster_locations ?? [];
  const offered = useLocations();
  const locations = [...new Set([...ownLocations, ...offered.map(({ location }) => location)])];
  const [idempotencyKey] = useState(randomIdempotencyKey);
  const add = (event: SubmitEvent) => {
    event.preventDefault();
    const formData = new FormData(event.currentTarget as HTMLFormElement);
    run(async () => {
      const workers = Number(formData.get("workers"));
      const location = String(formData.get("location"));
      const { taskforce_uuid } = await postAddWorkers(taskId, location, workers, idempotencyKey);
      onDone(`Added ${formatCount(workers, "worker")} as taskforce ${shortId(taskforce_uuid)}.`);
    });
  };
  return (
    <Dialog title="Add workers" close={close}>
      <form onSubmit={add}>
        <p>The task gets one more taskforce, configured like its first one. It starts before all waiting taskforces.</p>
        <label>
          Task
          <select name="task" value={taskId} onChange={(event) => setTaskId(event.currentTarget.value)}>
            {tasks.map(({ task_id, task_image }) => (
              <option key={task_id} value={task_id}>
                {imageName(task_image)} ({shortId(task_id)})
              </option>
            ))}
          </select>
        </label>
        <label>
          Cluster location
          <input name="location" list="locations" required defaultValue={ownLocations[0] ?? ""} key={taskId} />
          <datalist id="locations">
            {locations.map((location) => (
              <option key={location} value={location} label={describeLocation(offered, location)} />
            ))}
          </datalist>
        </label>
        <label>
          Workers
          <input name="workers" type="number" min="1" step="1" required defaultValue="1" />
        </label>
        <FormEnd error={error} isRunning={isRunning} label="Add workers" close={close} />
      </form>
    </Dialog>
  );
}
