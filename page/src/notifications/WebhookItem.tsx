import { useState } from "preact/hooks";
import type { Webhook, WebhookDelivery } from "../api/apiTypes.ts";
import { deleteWebhook, fetchWebhook, postWebhookTest } from "../api/webhookRequests.ts";
import { useAsyncAction } from "../live/useAsyncAction.ts";
import { useRefreshable } from "../live/useRefreshable.ts";
import { Dialog } from "../parts/Dialog.tsx";
import { ErrorNotice, Loaded } from "../parts/Notices.tsx";
import { Table } from "../parts/Table.tsx";
import { RelativeTime } from "../parts/Times.tsx";
import { hrefOf } from "../paths/basePath.ts";
import { mayChangeWorkflows } from "../session/permissions.ts";
import { EVENT_LABELS } from "./eventLabels.ts";

interface WebhookItemProps {
  webhook: Webhook;
  /** Receives a message after a change. */
  onDone: (message: string) => void;
}

/** An address with its events, and its last deliveries on request. */
export function WebhookItem({ webhook, onDone }: WebhookItemProps) {
  const { webhook_id, url, events, description, owner, created } = webhook;
  const [isOpen, setIsOpen] = useState(false);
  const [isRemoving, setIsRemoving] = useState(false);
  const [testCount, setTestCount] = useState(0);
  const onTested = () => {
    setTestCount(testCount + 1);
    setIsOpen(true);
    onDone("A test is under way: the outcome appears among the deliveries.");
  };
  return (
    <li class="card">
      <p>
        <b class="path">{url}</b> {description}
      </p>
      <p class="small-text">
        {events.map((event) => EVENT_LABELS[event]).join(", ")} of {scopeText(webhook)}. Added by {owner}{" "}
        <RelativeTime at={created} />. <code>{webhook_id}</code>
      </p>
      <div class="buttons">
        <button type="button" aria-expanded={isOpen} onClick={() => setIsOpen(!isOpen)}>
          Deliveries
        </button>
        {mayChangeWorkflows && (
          <>
            <TestButton key={testCount} id={webhook_id} onTested={onTested} />
            <button type="button" onClick={() => setIsRemoving(true)}>
              Remove…
            </button>
          </>
        )}
      </div>
      {isOpen && <Deliveries id={webhook_id} />}
      {isRemoving && <RemoveDialog webhook={webhook} close={() => setIsRemoving(false)} onDone={onDone} />}
    </li>
  );
}

function TestButton({ id, onTested }: { id: string; onTested: () => void }) {
  const { isRunning, error, run } = useAsyncAction();
  const test = () =>
    run(async () => {
      await postWebhookTest(id);
      onTested();
    });
  return (
    <>
      <button type="button" disabled={isRunning} onClick={test}>
        Test
      </button>
      {error && <ErrorNotice error={error} />}
    </>
  );
}

function scopeText({ scope }: Webhook): string {
  if ("label" in scope) return `workflows with the label ${scope.label}`;
  return "owner" in scope ? `the workflows of ${scope.owner}` : "all workflows";
}

function Deliveries({ id }: { id: string }) {
  const webhook = useRefreshable((signal) => fetchWebhook(id, signal), id);
  return (
    <Loaded from={webhook} what="deliveries">
      {({ deliveries }) =>
        deliveries.length === 0 ? (
          <p class="quiet-text">No deliveries yet.</p>
        ) : (
          <Table
            label="Deliveries"
            rows={deliveries}
            keyOf={({ delivery_id, attempt }) => `${delivery_id} ${attempt}`}
            columns={[
              { name: "When", value: ({ timestamp }) => <RelativeTime at={timestamp} /> },
              { name: "Event", value: ({ event }) => EVENT_LABELS[event] },
              { name: "Workflow", value: WorkflowLink },
              { name: "Attempt", value: ({ attempt }) => attempt },
              { name: "Outcome", value: outcomeText },
            ]}
          />
        )
      }
    </Loaded>
  );
}

const WorkflowLink = ({ workflow_id }: WebhookDelivery) =>
  workflow_id === null ? "–" : <a href={hrefOf(`/workflows/${workflow_id}`)}>{workflow_id}</a>;

function outcomeText({ status, error, is_final }: WebhookDelivery): string {
  if (error === null) return status === null ? "accepted" : `accepted (${status})`;
  return is_final ? error : `${error}; it is repeated`;
}

function RemoveDialog({ webhook, close, onDone }: WebhookItemProps & { close: () => void }) {
  const { isRunning, error, run } = useAsyncAction();
  const remove = () =>
    run(async () => {
      await deleteWebhook(webhook.webhook_id);
      close();
      onDone(`Removed: ${webhook.url}`);
    });
  return (
    <Dialog title="Remove this address?" close={close}>
      <p>
        The service does not call <b class="path">{webhook.url}</b> any more. Deliveries that wait are dropped.
      </p>
      {error && <ErrorNotice error={error} />}
      <div class="buttons">
        <button type="button" onClick={close}>
          Keep it
        </button>
        <button type="button" class="danger" disabled={isRunning} onClick={remove}>
          Remove it
        </button>
      </div>
    </Dialog>
  );
}
