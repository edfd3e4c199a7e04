import { useState } from "preact/hooks";
import { fetchWebhooks } from "../api/webhookRequests.ts";
import { useRefreshable } from "../live/useRefreshable.ts";
import { EmptyNotice, Loaded } from "../parts/Notices.tsx";
import { PagedList } from "../parts/Pager.tsx";
import { View } from "../parts/View.tsx";
import { mayChangeWorkflows } from "../session/permissions.ts";
import { AddWebhookDialog } from "./AddWebhookDialog.tsx";
import { WebhookItem } from "./WebhookItem.tsx";

/** The view of the addresses that the service calls at events of workflows. */
export function NotificationsView() {
  const webhooks = useRefreshable(fetchWebhooks, "webhooks");
  const [isAdding, setIsAdding] = useState(false);
  const [message, setMessage] = useState("");
  const onDone = (done: string) => {
    setMessage(done);
    webhooks.refresh();
  };
  return (
    <View title="Notifications">
      <p class="quiet-text">
        The service calls these addresses, or sends e-mail, when a workflow needs attention, completed, was aborted or
        finished, or has dead letters.
      </p>
      {mayChangeWorkflows && (
        <div class="buttons">
          <button type="button" class="primary" onClick={() => setIsAdding(true)}>
            Add an address…
          </button>
        </div>
      )}
      <p class="message" role="status">
        {message}
      </p>
      {isAdding && <AddWebhookDialog close={() => setIsAdding(false)} onAdded={webhooks.refresh} />}
      <Loaded from={webhooks} what="addresses">
        {({ webhooks: list }) =>
          list.length === 0 ? (
            <EmptyNotice title="No addresses yet">
              <p>
                Add one here, or with <code>ewms webhooks add https://… --event completed</code>.
              </p>
            </EmptyNotice>
          ) : (
            <PagedList what="addresses" list={list} listClass="webhooks">
              {(webhook) => <WebhookItem key={webhook.webhook_id} webhook={webhook} onDone={onDone} />}
            </PagedList>
          )
        }
      </Loaded>
    </View>
  );
}
