import type { LoginFailures } from "../../auth/loginFailures.js";
import type { passwordCheck } from "../../auth/passwordCheck.js";
import { isLoopback } from "../../domain/loopback.js";
import { HttpError } from "../http/httpErrors.js";
import type { Door } from "./operatorGuard.js";

/** Browsers ask for it, and send it from then on until they are closed. */
const CHALLENGE = { "www-authenticate": 'Basic realm="EWMS WMS operators", charset="UTF-8"' };

/** Opens to one name and password. */
export const passwordDoor = (
  user: string,
  check: ReturnType<typeof passwordCheck>,
  failures: LoginFailures,
): Door => ({
  async recognize({ headers, ip }) {
    const right = check(headers.authorization);
    if (right === false) failures.note(ip, "wrong name or password");
    return right ? user : undefined;
  },
  async turnAway() {
    throw new HttpError(401, "operators need a name and a password", CHALLENGE);
  },
});

/** Opens to whoever sits at this machine. A page of another site whose name leads here does not. */
export const thisMachineDoor: Door = {
  async recognize({ headers: { host = "" } }) {
    const name = URL.canParse(`http://${host}`) ? new URL(`http://${host}`).hostname : "";
    return isLoopback(name) ? "anybody" : undefined;
  },
  async turnAway() {
    throw new HttpError(403, "operators' pages are for this machine only: ask for localhost");
  },
};

/** Opens to nobody. */
export const closedDoor: Door = {
  async recognize() {
    return undefined;
  },
  async turnAway() {
    throw new HttpError(
      403,
      "operators' pages are closed: set ADMIN_USER and ADMIN_PASSWORD, or ADMIN_CLIENT_ID and PUBLIC_URL",
    );
  },
};
