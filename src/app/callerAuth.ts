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
  type OperatorAuthenticator,
  type OperatorGuard,
} from "../api/operatorAuth/operatorGuard.js";
import { LoginFailureLog } from "../auth/loginFailures.js";
import type { OidcProvider } from "../auth/oidcProvider.js";
import { createPasswordCheck } from "../auth/passwordCheck.js";
import type { AccessConfig } from "../config/accessConfig.js";

/** Links of the page `/admin/`. */
const PAGE_LINKS = [
  { label: "Workflows and schedds", href: "/" },
  { label: "Queues", href: BOARD_PATH },
];

/** What authenticates the callers of the API and the operators. */
export interface CallerAuth {
  authentication: ApiAuthentication;
  operators: OperatorGuard;
}

/** Returns the identity provider at an address. The API and the operators' login share one. */
type LoadProvider = (openIdUrl: string) => Promise<OidcProvider>;

/**
 * Sets up authentication. It loads only the modules that the settings need, and does not wait for the identity provider.
 */
export async function createCallerAuth(access: AccessConfig, log: Logger): Promise<CallerAuth> {
  let provider: OidcProvider | undefined;
  const loadProvider: LoadProvider = async (openIdUrl) => {
    if (provider !== undefined) return provider;
    const { OidcProvider } = await import("../auth/oidcProvider.js");
    provider = new OidcProvider(openIdUrl, log);
    void provider.warmUp();
    return provider;
  };
  const authenticator = await createOperatorAuthenticator(access, loadProvider, log);
  return {
    authentication: await createApiAuthentication(access, authenticator, loadProvider, log),
    operators: createOperatorGuard(authenticator, { publicUrl: access.publicUrl, links: PAGE_LINKS }),
  };
}

async function createApiAuthentication(
  { authentication, roleRules, publicUrl }: AccessConfig,
  authenticator: OperatorAuthenticator,
  loadProvider: LoadProvider,
  log: Logger,
): Promise<ApiAuthentication> {
  if (authentication.kind === "open") return { kind: "open" };
  const { openIdUrl, audience } = authentication;
  const { createTokenVerifier } = await import("../auth/tokenVerifier.js");
  return {
    kind: "tokens",
    verifyToken: createTokenVerifier({ provider: await loadProvider(openIdUrl), audience, roleRules, log }),
    authenticateBrowser: createBrowserAuthenticator(authenticator, publicUrl, log),
  };
}

async function createOperatorAuthenticator(
  { operators, roleRules }: AccessConfig,
  loadProvider: LoadProvider,
  log: Logger,
): Promise<OperatorAuthenticator> {
  const failures = new LoginFailureLog(log);
  switch (operators.kind) {
    case "password": {
      const { user, password } = operators;
      return passwordAuthenticator(user, createPasswordCheck(user, password), failures);
    }
    case "login": {
      const { OperatorLogin } = await import("../auth/operatorLogin.js");
      const { CookieCipher } = await import("../auth/cookieCipher.js");
      const { CALLBACK_PATH, loginAuthenticator } = await import("../api/operatorAuth/loginAuthenticator.js");
      const { openIdUrl, publicUrl, clientId, clientSecret, sessionSecret } = operators;
      const provider = await loadProvider(openIdUrl);
      const redirectUri = publicUrl + CALLBACK_PATH;
      const login = new OperatorLogin({ provider, clientId, clientSecret, redirectUri, roleRules });
      return loginAuthenticator({ login, cookieCipher: new CookieCipher(sessionSecret), publicUrl, failures });
    }
    case "localhost":
      return localhostAuthenticator;
    case "denied":
      return denyAllAuthenticator;
  }
}
