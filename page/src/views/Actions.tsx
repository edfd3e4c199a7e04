import { useState } from "preact/hooks";
import { newIdempotencyKey, postAddWorkers, postDeactivation } from "../api/apiRequests.ts";
import type { Summary, TaskDirective } from "../api/apiTypes.ts";
import { Dialog } from "../parts/Dialog.tsx";
import { formatCount, imageName, shortId } from "../parts/format.ts";

type WorkflowAction = "abort" | "finished" | "add workers";

/** What may be done with a workflow that runs. @param done told of it when it took effect */
export function WorkflowActions({
  summary,
  tasks,
  done,
}: {
  summary: Summary;
  tasks: readonly TaskDirective[];
  done: (said: string) => void;
}) {
  const [openDialog, setOpenDialog] = useState<WorkflowAction>();
  const close = () => setOpenDialog(undefined);
  const finish = (said: string) => {
    close();
    done(said);
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
        <DeactivateDialog action={openDialog} summary={summary} close={close} done={finish} />
      )}
      {openDialog === "add workers" && <AddWorkersDialog tasks={tasks} close={close} done={finish} />}
    </div>
  );
}

interface DialogProps {
  close: () => void;
  done: (said: string) => void;
}

/** Does it, and shows why when it was refused. */
function useAsyncAction(): {
  doing: boolean;
  refusal: string | undefined;
  run: (act: () => Promise<void>) => void;
} {
  const [doing, setDoing] = useState(false);
  const [refusal, setRefusal] = useState<string>();
  const run = (act: () => Promise<void>) => {
    setDoing(true);
    setRefusal(undefined);
    act().catch((error: Error) => {
      setDoing(false);
      setRefusal(error.message);
    });
  };
  return { doing, refusal, run };
}

function ErrorMessage({ reason }: { reason: string | undefined }) {
  return reason ? (
    <p class="refusal" role="alert">
      {reason}
    </p>
  ) : null;
}

function DeactivateDialog({
  action,
  summary,
  close,
  done,
}: DialogProps & { action: "abort" | "finished"; summary: Summary }) {
  const { doing, refusal, run } = useAsyncAction();
  const verb = action === "abort" ? "Abort" : "Finish";
  const end = () =>
    run(async () => {
      const { n_taskforces } = await postDeactivation(summary.workflow_id, action);
      done(`${verb === "Abort" ? "Aborted" : "Finished"}: ${formatCount(n_taskforces, "taskforce")} to be stopped.`);
    });
  return (
    <Dialog title={`${verb} ${summary.workflow_id}?`} close={close}>
      <p>
        {action === "abort" ? "It shall not go on." : "It has done its work."} None of its{" "}
        {formatCount(summary.n_taskforces, "taskforce")} starts any more, and those that run are stopped. This can't be
        undone.
      </p>
      <ErrorMessage reason={refusal} />
      <div class="buttons">
        <button type="button" onClick={close}>
          Keep it running
        </button>
        <button type="button" class={action === "abort" ? "danger" : "primary"} disabled={doing} onClick={end}>
          {verb} the workflow
        </button>
      </div>
    </Dialog>
  );
}

function AddWorkersDialog({ tasks, close, done }: DialogProps & { tasks: readonly TaskDirective[] }) {
  const { doing, refusal, run } = useAsyncAction();
  const [taskId, setTaskId] = useState(tasks[0]?.task_id ?? "");
  const locations = tasks.find(({ task_id }) => task_id === taskId)?.cluster_locations ?? [];
  const [idempotencyKey] = useState(newIdempotencyKey);
  const add = (event: SubmitEvent) => {
    event.preventDefault();
    const formData = new FormData(event.currentTarget as HTMLFormElement);
    run(async () => {
      const workers = Number(formData.get("workers"));
      const { taskforce_uuid } = await postAddWorkers(
        taskId,
        String(formData.get("location")),
        workers,
        idempotencyKey,
      );
      done(`Added ${formatCount(workers, "worker")} as taskforce ${shortId(taskforce_uuid)}.`);
    });
  };
  return (
    <Dialog title="Add workers" close={close}>
      <form onSubmit={add}>
        <p>The task gets one more taskforce, set up as its first one, which overtakes whatever waits.</p>
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
          <input name="location" list="locations" required defaultValue={locations[0] ?? ""} key={taskId} />
          <datalist id="locations">
            {locations.map((location) => (
              <option key={location} value={location} />
            ))}
          </datalist>
        </label>
        <label>
          Workers
          <input name="workers" type="number" min="1" step="1" required defaultValue="1" />
        </label>
        <ErrorMessage reason={refusal} />
        <div class="buttons">
          <button type="button" onClick={close}>
            Cancel
          </button>
          <button type="submit" class="primary" disabled={doing}>
            Add workers
          </button>
        </div>
      </form>
    </Dialog>
  );
}
