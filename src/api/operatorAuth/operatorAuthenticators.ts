import type { LoginFailureLog } from "../../auth/loginFailures.js";
import type { createPasswordCheck } from "../../auth/passwordCheck.js";
import { isLoopback } from "../../domain/loopback.js";
import { HttpError } from "../http/responses.js";
import type { OperatorAuthenticator } from "./operatorGuard.js";

/** Browsers ask for it, and send it from then on until they are closed. */
const BASIC_CHALLENGE = { "www-authenticate": 'Basic realm="EWMS WMS operators", charset="UTF-8"' };

/** Opens to one name and password. */
export const passwordAuthenticator = (
  user: string,
  checkPassword: ReturnType<typeof createPasswordCheck>,
  failures: LoginFailureLog,
): OperatorAuthenticator => ({
  async authenticate({ headers, ip }) {
    const right = checkPassword(headers.authorization);
    if (right === false) failures.record(ip, "wrong name or password");
    return right ? user : undefined;
  },
  async challenge() {
    throw new HttpError(401, "operators need a name and a password", BASIC_CHALLENGE);
  },
});

/** Opens to whoever sits at this machine. A page of another site whose name leads here does not. */
export const localhostAuthenticator: OperatorAuthenticator = {
  async authenticate({ headers: { host = "" } }) {
    const name = URL.canParse(`http://${host}`) ? new URL(`http://${host}`).hostname : "";
    return isLoopback(name) ? "anybody" : undefined;
  },
  async challenge() {
    throw new HttpError(403, "operators' pages are for this machine only: ask for localhost");
  },
};

/** Opens to nobody. */
export const denyAllAuthenticator: OperatorAuthenticator = {
  async authenticate() {
    return undefined;
  },
  async challenge() {
    throw new HttpError(
      403,
      "operators' pages are closed: set ADMIN_USER and ADMIN_PASSWORD, or ADMIN_CLIENT_ID and PUBLIC_URL",
    );
  },
};
