import type { ComponentChildren } from "preact";
import { ApiError } from "../../../client/src/clientErrors.js";

/** A first load in progress. */
export function LoadingNotice({ what }: { what: string }) {
  return (
    <p class="note loading" role="status">
      <span class="pulse" aria-hidden="true" />
      Loading {what}…
    </p>
  );
}

/** An empty result. */
export function EmptyNotice({ title, children }: { title: string; children?: ComponentChildren }) {
  return (
    <div class="note">
      <p class="note-title">{title}</p>
      {children}
    </div>
  );
}

/** A failed request. */
export function ErrorNotice({ error }: { error: Error }) {
  return (
    <div class="note" role="alert">
      <p class="note-title">{errorTitle(error)}</p>
      <p>{error.message}</p>
    </div>
  );
}

function errorTitle(error: Error): string {
  if (!(error instanceof ApiError)) return "Disconnected";
  return error.status === 404 ? "Not found" : "Request rejected";
}
