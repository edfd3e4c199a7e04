import type { ReadonlySignal } from "@preact/signals";
import type { ComponentChildren, RenderableProps } from "preact";
import { ApiError } from "../../../client/src/clientErrors.js";
import { hrefOf } from "../paths/basePath.ts";

/** A first load in progress. */
export const LoadingNotice = ({ what }: { what: string }) => (
  <p class="note loading" role="status">
    <span class="pulse" aria-hidden="true" />
    Loading {what}…
  </p>
);

/** An empty result. */
export const EmptyNotice = ({ title, children }: RenderableProps<{ title: string }>) => (
  <div class="note">
    <p class="note-title">{title}</p>
    {children}
  </div>
);

/** A failed request. */
export function ErrorNotice({ error }: { error: Error }) {
  const errorTitle = error instanceof ApiError && error.status === 404 ? "Not found" : "Request rejected";
  return (
    <div class="note" role="alert">
      <p class="note-title">{error instanceof ApiError ? errorTitle : "Disconnected"}</p>
      <p class="error-text">{error.message}</p>
    </div>
  );
}

interface LoadedProps<T> {
  from: { value: ReadonlySignal<T | undefined>; error: ReadonlySignal<Error | undefined> };
  what: string;
  children: (value: T) => ComponentChildren;
}

/** Shows a value when it is loaded; before, the progress or error of the load. */
export function Loaded<T>({ from, what, children }: LoadedProps<T>) {
  if (from.value.value !== undefined) return <>{children(from.value.value)}</>;
  const error = from.error.value;
  if (error === undefined) return <LoadingNotice what={what} />;
  return (
    <>
      <ErrorNotice error={error} />
      {error instanceof ApiError && error.status === 404 && (
        <p>
          Check the address, or search in <a href={hrefOf("/")}>all workflows</a>.
        </p>
      )}
    </>
  );
}
