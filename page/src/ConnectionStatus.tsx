import { isSignedOut } from "./api/callApi.ts";
import { connectionState, lastResponseMs } from "./live/connection.ts";
import { formatTime } from "./parts/format.ts";

const CONNECTION_LABELS = { live: "Live", asking: "Every few seconds", away: "Service away" };

/** How the page learns what happens. */
export function ConnectionStatus() {
  const state = connectionState.value;
  return (
    <span class={`connection is-${state}`} role="status">
      <span class="connection-dot" aria-hidden="true" />
      {CONNECTION_LABELS[state]}
    </span>
  );
}

/** What keeps the page from being up to date. */
export function ConnectionAlert() {
  if (isSignedOut.value)
    return (
      <p class="trouble" role="alert">
        You are signed out.{" "}
        <button type="button" onClick={() => location.reload()}>
          Load the page again
        </button>{" "}
        to sign in.
      </p>
    );
  if (connectionState.value !== "away") return null;
  return (
    <p class="trouble" role="alert">
      The service does not answer. What you see is how things stood at {formatTime(lastResponseMs.value / 1000)}; it
      goes on by itself once the service is back.
    </p>
  );
}
