import { type Caller, displayNameOf, type Role } from "../../domain/caller.js";
import { truncateText } from "../../domain/truncateText.js";

/** Characters of a subject or name in an error: a provider may issue long ones. */
const MAX_SUBJECT_CHARS = 200;

/**
 * Names the needed roles and those of the caller, who has none of the needed ones. The service's clients may rely on the
 * beginning of the text.
 *
 * @param credentials where the caller's roles come from
 */
export function missingRoleMessage(needed: readonly Role[], caller: Caller, credentials: "token" | "session"): string {
  const roles = [...caller.roles];
  const has = roles.length === 0 ? "no role of this service" : roles.join(" and ");
  const label = roles.length === 1 ? "the role " : roles.length > 1 ? "the roles " : "";
  const who =
    credentials === "token"
      ? `your token has ${has} (subject ${truncateText(caller.subject, MAX_SUBJECT_CHARS)})`
      : `you are signed in as ${truncateText(displayNameOf(caller), MAX_SUBJECT_CHARS)} with ${label}${has}`;
  return `only for the role ${needed.join(" or ")}; ${who}`;
}
