import { signedOut } from "./api/callApi.ts";
import { connection, heard } from "./live/connection.ts";
import { clockTime } from "./parts/format.ts";

const WORDS = { live: "Live", asking: "Every few seconds", away: "Service away" };

/** How the page learns what happens. */
export function ConnectionMark() {
  const how = connection.value;
  return (
    <span class={`connection is-${how}`} role="status">
      <span class="connection-dot" aria-hidden="true" />
      {WORDS[how]}
    </span>
  );
}

/** What keeps the page from being up to date. */
export function Trouble() {
  if (signedOut.value)
    return (
      <p class="trouble" role="alert">
        You are signed out.{" "}
        <button type="button" onClick={() => location.reload()}>
          Load the page again
        </button>{" "}
        to sign in.
      </p>
    );
  if (connection.value !== "away") return null;
  return (
    <p class="trouble" role="alert">
      The service does not answer. What you see is how things stood at {clockTime(heard.value / 1000)}; it
      goes on by itself once the service is back.
    </p>
  );
}
