import { useState } from "preact/hooks";
import { deleteStrayCluster, fetchStrayClusters } from "../api/apiRequests.ts";
import type { Finding, StrayCluster } from "../api/apiTypes.ts";
import { useAsyncAction } from "../live/useAsyncAction.ts";
import { useRefreshable } from "../live/useRefreshable.ts";
import { Dialog } from "../parts/Dialog.tsx";
import { ErrorNotice, Loaded } from "../parts/Notices.tsx";
import { PagedList } from "../parts/Pager.tsx";
import { RelativeTime } from "../parts/Times.tsx";
import { Section } from "../parts/View.tsx";
import { hrefOf } from "../paths/basePath.ts";
import { isOperator } from "../session/permissions.ts";
import { TaskforceLink } from "./TaskforceLink.tsx";

/** Whether to show {@link StrayClusters}. */
export const hasStrayClusters = (findings: readonly Finding[]): boolean =>
  findings.some(({ code }) => code === "stray-clusters");

interface StrayClustersProps {
  /** Whose clusters it shows; all without a field. */
  of: { workflow_id?: string; schedd?: string };
  /** Receives a message after an entry was dismissed. */
  onDone: (message: string) => void;
}

/** The clusters that HTCondor runs although their reports were rejected. */
export function StrayClusters({ of, onDone }: StrayClustersProps) {
  const strays = useRefreshable((signal) => fetchStrayClusters(of, signal), Object.values(of).join());
  const onDismissed = ({ cluster_id }: StrayCluster) => {
    strays.refresh();
    onDone(`Dismissed: cluster ${cluster_id}.`);
  };
  return (
    <Section title="Stray clusters">
      <p class="quiet-text">
        HTCondor runs these clusters, and the service never stops them. An operator removes each with condor_rm, then
        dismisses it here.
      </p>
      <Loaded from={strays} what="stray clusters">
        {({ stray_clusters }) => (
          <PagedList what="stray clusters" list={stray_clusters} listClass="strays">
            {(stray) => <StrayItem key={stray.id} stray={stray} onDismissed={() => onDismissed(stray)} />}
          </PagedList>
        )}
      </Loaded>
    </Section>
  );
}

type StrayItemProps = { stray: StrayCluster; onDismissed: () => void };

function StrayItem({ stray, onDismissed }: StrayItemProps) {
  const [isOpen, setIsOpen] = useState(false);
  const { cluster_id, schedd, taskforce_uuid, reason, last_report } = stray;
  return (
    <li>
      <div>
        <p>
          <b>Cluster {cluster_id}</b>
          {schedd !== null && (
            <>
              {" "}
              on <a href={hrefOf(`/schedds/${encodeURIComponent(schedd)}`)}>{schedd}</a>
            </>
          )}
          , reported <RelativeTime at={last_report} />
        </p>
        <p>
          Taskforce <TaskforceLink uuid={taskforce_uuid} />: <span class="error-text">{reason}</span>
        </p>
      </div>
      {isOperator && (
        <button type="button" aria-label={`Dismiss cluster ${cluster_id}…`} onClick={() => setIsOpen(true)}>
          Dismiss…
        </button>
      )}
      {isOpen && <DismissDialog stray={stray} close={() => setIsOpen(false)} onDismissed={onDismissed} />}
    </li>
  );
}

function DismissDialog({ stray: { id, cluster_id }, close, onDismissed }: StrayItemProps & { close: () => void }) {
  const { isRunning, error, run } = useAsyncAction();
  const dismiss = () =>
    run(async () => {
      await deleteStrayCluster(id);
      close();
      onDismissed();
    });
  return (
    <Dialog title={`Dismiss cluster ${cluster_id}?`} close={close}>
      <p>
        Only its entry is removed. HTCondor is not called: run <code>condor_rm {cluster_id}</code> before.
      </p>
      {error && <ErrorNotice error={error} />}
      <div class="buttons">
        <button type="button" onClick={close}>
          Keep the entry
        </button>
        <button type="button" class="danger" disabled={isRunning} onClick={dismiss}>
          Dismiss the entry
        </button>
      </div>
    </Dialog>
  );
}
