import type { ComponentChildren } from "preact";
import type { ApiRequestError } from "../api/callApi.ts";

/** Something is being read for the first time. */
export function LoadingNotice({ what }: { what: string }) {
  return (
    <p class="note loading" role="status">
      <span class="pulse" aria-hidden="true" />
      Reading {what}…
    </p>
  );
}

/** There is nothing to show, and that is no error. */
export function EmptyNotice({ title, children }: { title: string; children?: ComponentChildren }) {
  return (
    <div class="note empty">
      <p class="note-title">{title}</p>
      {children}
    </div>
  );
}

/** The service said no. */
export function ErrorNotice({ refusal }: { refusal: ApiRequestError }) {
  return (
    <div class="note refused" role="alert">
      <p class="note-title">{refusal.status === 404 ? "There is no such thing here" : "The service said no"}</p>
      <p>{refusal.message}</p>
    </div>
  );
}
