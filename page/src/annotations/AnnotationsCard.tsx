import { useEffect, useState } from "preact/hooks";
import { formatLabels } from "../../../client/src/annotationHeaders.js";
import { putAnnotations } from "../api/apiRequests.ts";
import type { Annotations, ShownAnnotations } from "../api/apiTypes.ts";
import type { Refreshable } from "../live/refreshable.ts";
import { useAsyncAction } from "../live/useAsyncAction.ts";
import { Dialog, FormEnd } from "../parts/Dialog.tsx";
import { ErrorNotice, Loaded } from "../parts/Notices.tsx";
import { Timestamp } from "../parts/Times.tsx";
import { DescriptionList, Section } from "../parts/View.tsx";
import { hrefOf } from "../paths/basePath.ts";
import { mayChangeWorkflows } from "../session/permissions.ts";
import { parseLabels } from "./annotationTexts.ts";

/** What people wrote about a workflow, and who created it. Those who may change workflows edit it. */
export function AnnotationsCard({ annotations }: { annotations: Refreshable<ShownAnnotations> }) {
  useEffect(annotations.refresh, [annotations]);
  const [isEditing, setEditing] = useState(false);
  const [before, setBefore] = useState<Annotations>();
  const save = async (id: string, now: Annotations, changed: Annotations) => {
    annotations.value.value = await putAnnotations(id, changed);
    setBefore(now);
    setEditing(false);
  };
  const undo = async (id: string, earlier: Annotations) => {
    annotations.value.value = await putAnnotations(id, earlier);
    setBefore(undefined);
  };
  const editButton = mayChangeWorkflows && annotations.value.value !== undefined && (
    <button type="button" onClick={() => setEditing(true)}>
      Edit…
    </button>
  );
  return (
    <Section title="About" aside={editButton}>
      <Loaded from={annotations} what="the annotations">
        {({ workflow_id, name, labels, note, ...origin }) => (
          <>
            <div class="outcome" role="status">
              {before && <UndoMessage undo={() => undo(workflow_id, before)} />}
            </div>
            <Facts {...{ name, labels, note, ...origin }} />
            {isEditing && (
              <EditDialog
                now={{ name, labels, note }}
                save={(changed) => save(workflow_id, { name, labels, note }, changed)}
                close={() => setEditing(false)}
              />
            )}
          </>
        )}
      </Loaded>
    </Section>
  );
}

function Facts({ name, labels, note, owner, client, created }: Omit<ShownAnnotations, "workflow_id">) {
  const pairs = Object.entries(labels);
  const labelLinks = pairs.map(([key, value]) => {
    const text = value === "" ? key : `${key}=${value}`;
    return (
      <a key={key} class="label" href={hrefOf(`/?${new URLSearchParams({ label: `${key}=${value}` })}`)}>
        {text}
      </a>
    );
  });
  return (
    <>
      <DescriptionList
        facts={[
          { name: "Name", value: name ?? "none" },
          { name: "Labels", value: pairs.length === 0 ? "none" : labelLinks },
          { name: "Owner", value: owner === null ? "not recorded" : (owner.name ?? owner.subject) },
          { name: "Created with", value: client ?? "not recorded" },
          { name: "Created", value: <Timestamp at={created} /> },
        ]}
      />
      {note !== null && <p class="note-text">{note}</p>}
    </>
  );
}

function UndoMessage({ undo }: { undo: () => Promise<void> }) {
  const { isRunning, error, run } = useAsyncAction();
  return (
    <div class="message">
      <p>
        Changed.{" "}
        <button type="button" disabled={isRunning} onClick={() => run(undo)}>
          Undo
        </button>
      </p>
      {error && <ErrorNotice error={error} />}
    </div>
  );
}

interface EditDialogProps {
  now: Annotations;
  save: (changed: Annotations) => Promise<void>;
  close: () => void;
}

function EditDialog({ now, save, close }: EditDialogProps) {
  const { isRunning, error, run } = useAsyncAction();
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    const formData = new FormData(event.currentTarget as HTMLFormElement);
    const text = (field: string) => String(formData.get(field)).trim();
    run(async () =>
      save({ name: text("name") || null, labels: parseLabels(text("labels")), note: text("note") || null }),
    );
  };
  return (
    <Dialog title="Name, labels and note" close={close} wide>
      <form onSubmit={submit}>
        <label>
          Name
          <input name="name" maxLength={120} defaultValue={now.name ?? ""} />
        </label>
        <label>
          Labels, such as season=IC86, mc=22345
          <input name="labels" defaultValue={formatLabels(now.labels)} />
        </label>
        <label>
          Note
          <textarea name="note" rows={6} maxLength={4000} defaultValue={now.note ?? ""} />
        </label>
        <FormEnd error={error} isRunning={isRunning} label="Save" close={close} />
      </form>
    </Dialog>
  );
}
