import { isSignedOut } from "./api/apiClient.ts";
import { connectionState, lastResponseMs } from "./live/connection.ts";
import { formatTime } from "./parts/format.ts";

const CONNECTION_LABELS = { live: "Live", polling: "Polling", disconnected: "Disconnected" };

/** The state of the connection to the service. */
export function ConnectionStatus() {
  const state = connectionState.value;
  return (
    <span class={`connection is-${state}`} role="status">
      <span class="connection-dot" aria-hidden="true" />
      {CONNECTION_LABELS[state]}
    </span>
  );
}

/** A warning while the page is out of date. */
export function ConnectionAlert() {
  if (isSignedOut.value)
    return (
      <p class="alert" role="alert">
        You are signed out.{" "}
        <button type="button" onClick={() => location.reload()}>
          Reload the page
        </button>{" "}
        to sign in.
      </p>
    );
  if (connectionState.value !== "disconnected") return null;
  return (
    <p class="alert" role="alert">
      The service is unreachable. This page shows the state of {formatTime(lastResponseMs.value / 1000)} and updates
      when the service is back.
    </p>
  );
}
