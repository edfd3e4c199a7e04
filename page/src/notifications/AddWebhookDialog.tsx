import { useState } from "preact/hooks";
import type { NewWebhook } from "../api/apiTypes.ts";
import { postWebhook } from "../api/webhookRequests.ts";
import { useAsyncAction } from "../live/useAsyncAction.ts";
import { Dialog, FormEnd } from "../parts/Dialog.tsx";
import { isOperator } from "../session/permissions.ts";
import { EVENT_LABELS } from "./eventLabels.ts";

type Events = NewWebhook["events"];

const EVENTS = (Object.keys(EVENT_LABELS) as (keyof typeof EVENT_LABELS)[]).filter((event) => event !== "ping");

/** Registers an address, and then shows its secret once. */
export function AddWebhookDialog({ close, onAdded }: { close: () => void; onAdded: () => void }) {
  const { isRunning, error, run } = useAsyncAction();
  const [scope, setScope] = useState<"owner" | "label" | "all">("owner");
  const [secret, setSecret] = useState<string>();
  const add = (event: SubmitEvent) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget as HTMLFormElement);
    const url = String(form.get("url")).trim();
    const label = String(form.get("label") ?? "").trim();
    run(async () => {
      const created = await postWebhook({
        url,
        events: form.getAll("event") as Events,
        scope: scope === "owner" ? { owner: "me" } : scope === "all" ? { all: true } : { label },
      });
      onAdded();
      if (url.startsWith("mailto:")) close();
      else setSecret(created.secret);
    });
  };
  // One dialog for both steps: the end of the first one would close the second.
  if (secret !== undefined)
    return (
      <Dialog title="The secret of this address" close={close}>
        <Secret secret={secret} close={close} />
      </Dialog>
    );
  return (
    <Dialog title="Add an address" close={close}>
      <form onSubmit={add}>
        <label>
          Address: https://…, or mailto: and an e-mail address
          <input name="url" required placeholder="https://hooks.example.org/ewms" />
        </label>
        <fieldset>
          <legend>Events</legend>
          {EVENTS.map((event) => (
            <label key={event} class="check">
              <input type="checkbox" name="event" value={event} defaultChecked={event !== "deactivated"} />{" "}
              {EVENT_LABELS[event]}
            </label>
          ))}
        </fieldset>
        <label>
          Workflows
          <select value={scope} onChange={(event) => setScope(event.currentTarget.value as typeof scope)}>
            <option value="owner">my own</option>
            <option value="label">those with a label</option>
            {isOperator && <option value="all">all</option>}
          </select>
        </label>
        {scope === "label" && (
          <label>
            Label, such as season=IC86
            <input name="label" required pattern="[^,=]+=[^,]*" />
          </label>
        )}
        <FormEnd error={error} isRunning={isRunning} label="Add" close={close} />
      </form>
    </Dialog>
  );
}

const Secret = ({ secret, close }: { secret: string; close: () => void }) => (
  <>
    <p>With it the receiver verifies the signature of each call. It is not shown again.</p>
    <p>
      <code class="path">{secret}</code>
    </p>
    <div class="buttons">
      <button type="button" class="primary" onClick={close}>
        I have copied it
      </button>
    </div>
  </>
);
