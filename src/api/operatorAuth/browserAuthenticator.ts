import type { Logger } from "pino";
import { isSafeOrSameOrigin } from "../../auth/sameOrigin.js";
import type { BrowserAuthenticator } from "../http/mountRoutes.js";
import { HttpError } from "../http/responses.js";
import { createApiAudit } from "./audit.js";
import type { OperatorAuthenticator } from "./operatorGuard.js";

/** Gives the page at `/` the role of a user when an operator is signed in, and audits its changes. */
export function createBrowserAuthenticator(
  authenticator: OperatorAuthenticator,
  publicUrl: string | undefined,
  log: Logger,
): BrowserAuthenticator {
  const audit = createApiAudit(log);
  return async (request, response) => {
    const { cookie, authorization } = request.headers;
    if (cookie === undefined && authorization === undefined) return undefined;
    const subject = await authenticator.authenticate(request);
    if (subject === undefined) return undefined;
    audit(subject, request, response);
    if (!isSafeOrSameOrigin(request, publicUrl))
      throw new HttpError(403, "without a token, only pages of this service may send this request");
    return { subject, roles: new Set(["operator", "user"]) };
  };
}
