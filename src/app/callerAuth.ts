import type { Logger } from "pino";
import { BOARD_PATH } from "../api/dashboard/operatorPaths.js";
import type { ApiAuthentication } from "../api/http/mountRoutes.js";
import {
  denyAllAuthenticator,
  localhostAuthenticator,
  passwordAuthenticator,
} from "../api/operatorAuth/operatorAuthenticators.js";
import {
  createBrowserAuthenticator,
  createOperatorGuard,
  type OperatorGuard,
  type PageAuthenticator,
} from "../api/operatorAuth/operatorGuard.js";
import { LoginFailures } from "../auth/loginFailures.js";
import type { OidcProvider } from "../auth/oidcProvider.js";
import { createPasswordCheck } from "../auth/passwordCheck.js";
import type { AccessConfig } from "../config/accessConfig.js";
import type { UpstreamOutcomes } from "../domain/upstreamOutcomes.js";
import type { RedisClient } from "../redis/redisClient.js";
import { AuditTrail } from "../store/auditTrail.js";

/** Links of the page `/admin/`. */
const PAGE_LINKS = [
  { label: "Workflows and schedds", href: "/" },
  { label: "Queues", href: BOARD_PATH },
];

/** What authenticates the callers of the API and the people at the pages. */
export interface CallerAuth {
  authentication: ApiAuthentication;
  operators: OperatorGuard;
}

/** Returns the identity provider at an address. The API and the login of people share one. */
type LoadProvider = (openIdUrl: string) => Promise<OidcProvider>;

/**
 * Sets up authentication. It loads only the modules that the settings need, and does not wait for the identity provider.
 *
 * @param redis holds the sessions and failed logins, for all web processes
 * @param outcomes records whether the identity provider answers
 */
export async function createCallerAuth(
  access: AccessConfig,
  redis: RedisClient,
  log: Logger,
  outcomes?: UpstreamOutcomes,
): Promise<CallerAuth> {
  let provider: OidcProvider | undefined;
  const otherIssuers = access.authentication.kind === "tokens" ? access.authentication.otherIssuers : [];
  const loadProvider: LoadProvider = async (openIdUrl) => {
    if (provider !== undefined) return provider;
    const { OidcProvider } = await import("../auth/oidcProvider.js");
    provider = new OidcProvider(openIdUrl, log, { outcomes, otherIssuers });
    void provider.warmUp();
    return provider;
  };
  const authenticator = await createPageAuthenticator(access, loadProvider, redis, log);
  return {
    authentication: await createApiAuthentication(access, authenticator, loadProvider, log, new AuditTrail(redis)),
    operators: createOperatorGuard(authenticator, { publicOrigin: access.publicOrigin, links: PAGE_LINKS }),
  };
}

async function createApiAuthentication(
  { authentication, roleRules, groupRules, publicOrigin }: AccessConfig,
  authenticator: PageAuthenticator,
  loadProvider: LoadProvider,
  log: Logger,
  trail: AuditTrail,
): Promise<ApiAuthentication> {
  if (authentication.kind === "open") return { kind: "open" };
  const { openIdUrl, audience } = authentication;
  const { createTokenVerifier } = await import("../auth/tokenVerifier.js");
  return {
    kind: "tokens",
    verifyToken: createTokenVerifier({ provider: await loadProvider(openIdUrl), audience, roleRules, groupRules, log }),
    authenticateBrowser: createBrowserAuthenticator(authenticator, publicOrigin, log, trail),
  };
}

async function createPageAuthenticator(
  { operators, roleRules, groupRules }: AccessConfig,
  loadProvider: LoadProvider,
  redis: RedisClient,
  log: Logger,
): Promise<PageAuthenticator> {
  const createFailures = async () => {
    const { createLoginFailureCounter } = await import("../redis/loginFailureCounter.js");
    return new LoginFailures(createLoginFailureCounter(redis), log);
  };
  switch (operators.kind) {
    case "password": {
      const { user, password } = operators;
      return passwordAuthenticator(user, createPasswordCheck(user, password), await createFailures());
    }
    case "login": {
      const { ProviderLogin } = await import("../auth/providerLogin.js");
      const { CookieCipher } = await import("../auth/cookieCipher.js");
      const { CALLBACK_PATH, loginAuthenticator, SIGNED_OUT_PATH } = await import(
        "../api/operatorAuth/loginAuthenticator.js"
      );
      const { createLoginSessions } = await import("../redis/loginSessions.js");
      const { openIdUrl, publicUrl, clientId, clientSecret, sessionSecret } = operators;
      const provider = await loadProvider(openIdUrl);
      const redirectUri = publicUrl + CALLBACK_PATH;
      const signedOutUri = publicUrl + SIGNED_OUT_PATH;
      return loginAuthenticator({
        login: new ProviderLogin({
          provider,
          clientId,
          clientSecret,
          redirectUri,
          signedOutUri,
          roleRules,
          groupRules,
        }),
        sessions: createLoginSessions(redis),
        cookieCipher: new CookieCipher(sessionSecret),
        publicUrl,
        failures: await createFailures(),
      });
    }
    case "localhost":
      return localhostAuthenticator;
    case "denied":
      return denyAllAuthenticator;
  }
}
