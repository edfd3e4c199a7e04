import type { LoginFailures } from "../../auth/loginFailures.js";
import type { createPasswordCheck } from "../../auth/passwordCheck.js";
import { operatorCaller } from "../../domain/caller.js";
import { isLoopback } from "../../domain/loopback.js";
import { HttpError } from "../http/responses.js";
import { loginSourceOf, rejectUntil } from "./loginThrottle.js";
import type { PageAuthenticator } from "./operatorGuard.js";

/** Browsers ask for the password, and send it with each request until they are closed. */
const BASIC_CHALLENGE = { "www-authenticate": 'Basic realm="EWMS WMS operators", charset="UTF-8"' };

/** Accepts one name and password. */
export const passwordAuthenticator = (
  user: string,
  checkPassword: ReturnType<typeof createPasswordCheck>,
  failures: LoginFailures,
): PageAuthenticator => ({
  async authenticate(request) {
    const given = checkPassword(request.headers.authorization);
    if (given === undefined) return undefined;
    const source = { ...loginSourceOf(request), name: given.name };
    // A command for Redis follows the check at once, so concurrent guesses can't outrun their count.
    rejectUntil(
      given.isCorrect
        ? await failures.secondsUntilAllowed(source)
        : await failures.record(source, "wrong name or password"),
    );
    return given.isCorrect ? operatorCaller(user) : undefined;
  },
  async challenge() {
    throw new HttpError(401, "operators need a name and a password", BASIC_CHALLENGE);
  },
});

/**
 * Accepts every request to localhost. The check of `Host` prevents DNS rebinding: another site's name may resolve to
 * localhost.
 */
export const localhostAuthenticator: PageAuthenticator = {
  async authenticate({ headers: { host = "" } }) {
    const name = URL.canParse(`http://${host}`) ? new URL(`http://${host}`).hostname : "";
    return isLoopback(name) ? operatorCaller("localhost") : undefined;
  },
  async challenge() {
    throw new HttpError(403, "operator pages are served to localhost only: open them at http://localhost");
  },
};

/** Rejects every request. */
export const denyAllAuthenticator: PageAuthenticator = {
  async authenticate() {
    return undefined;
  },
  async challenge() {
    throw new HttpError(
      403,
      "operator pages are disabled: set ADMIN_USER and ADMIN_PASSWORD, or ADMIN_CLIENT_ID and PUBLIC_URL",
    );
  },
};
