import type { Logger } from "pino";
import { BOARD_PATH } from "../api/dashboard/operatorPaths.js";
import type { BrowserAuthenticator } from "../api/http/authorize.js";
import { createBrowserAuthenticator } from "../api/operatorAuth/browserAuthenticator.js";
import {
  denyAllAuthenticator,
  localhostAuthenticator,
  passwordAuthenticator,
} from "../api/operatorAuth/operatorAuthenticators.js";
import {
  createOperatorGuard,
  type OperatorAuthenticator,
  type OperatorGuard,
} from "../api/operatorAuth/operatorGuard.js";
import { LoginFailureLog } from "../auth/loginFailures.js";
import type { OidcProvider } from "../auth/oidcProvider.js";
import { createPasswordCheck } from "../auth/passwordCheck.js";
import type { TokenVerifier } from "../auth/tokenVerifier.js";
import type { AccessConfig } from "../config/accessConfig.js";

/** What the operators' first page leads to. */
const PAGE_LINKS = [
  { label: "Workflows and schedds", href: "/" },
  { label: "Queues", href: BOARD_PATH },
];

/** Who gets in, as the HTTP door asks for it. */
export interface CallerAuth {
  /** Undefined: tokens are not checked. */
  verifyToken: TokenVerifier | undefined;
  operators: OperatorGuard;
  /** Whom the page at `/` counts as when it asks the API. */
  authenticateBrowser: BrowserAuthenticator;
}

/** Sets up what checks callers, as the settings say, and loads no more than that takes. Nothing waits for the identity provider. */
export async function createCallerAuth(access: AccessConfig, log: Logger): Promise<CallerAuth> {
  const { openIdUrl, publicUrl } = access;
  const provider = openIdUrl === undefined ? undefined : await createProvider(openIdUrl, log);
  const authenticator = await createOperatorAuthenticator(access, provider, log);
  return {
    verifyToken: provider && (await loadTokenCheck(access, provider, log)),
    operators: createOperatorGuard(authenticator, { publicUrl, links: PAGE_LINKS }),
    authenticateBrowser: createBrowserAuthenticator(authenticator, publicUrl, log),
  };
}

async function createProvider(url: string, log: Logger): Promise<OidcProvider> {
  const { OidcProvider } = await import("../auth/oidcProvider.js");
  const provider = new OidcProvider(url, log);
  void provider.warmUp();
  return provider;
}

async function loadTokenCheck(
  { tokens, roleRules }: AccessConfig,
  provider: OidcProvider,
  log: Logger,
): Promise<TokenVerifier | undefined> {
  if (tokens === undefined) return undefined;
  const { createTokenVerifier } = await import("../auth/tokenVerifier.js");
  return createTokenVerifier({ provider, audience: tokens.audience, roleRules, log });
}

async function createOperatorAuthenticator(
  { operators, roleRules }: AccessConfig,
  provider: OidcProvider | undefined,
  log: Logger,
): Promise<OperatorAuthenticator> {
  const failures = new LoginFailureLog(log);
  if (operators.by === "password") {
    const { user, password } = operators;
    return passwordAuthenticator(user, createPasswordCheck(user, password), failures);
  }
  if (operators.by === "login" && provider !== undefined) {
    const { OperatorLogin } = await import("../auth/operatorLogin.js");
    const { CookieCipher } = await import("../auth/cookieCipher.js");
    const { CALLBACK_PATH, loginAuthenticator } = await import("../api/operatorAuth/loginAuthenticator.js");
    const { publicUrl, clientId, clientSecret, sessionSecret } = operators;
    const redirectUri = publicUrl + CALLBACK_PATH;
    const login = new OperatorLogin({ provider, clientId, clientSecret, redirectUri, roleRules });
    return loginAuthenticator({ login, cookieCipher: new CookieCipher(sessionSecret), publicUrl, failures });
  }
  return operators.by === "this machine" ? localhostAuthenticator : denyAllAuthenticator;
}
