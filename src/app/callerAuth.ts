import type { Logger } from "pino";
import { LoginFailures } from "../auth/loginFailures.js";
import { passwordCheck } from "../auth/passwordCheck.js";
import type { Provider } from "../auth/oidcProvider.js";
import type { TokenCheck } from "../auth/tokenVerifier.js";
import { closedDoor, passwordDoor, thisMachineDoor } from "../api/operatorAuth/operatorAuthenticators.js";
import { type Door, type OperatorGuard, operatorGuard } from "../api/operatorAuth/operatorGuard.js";
import { type PageCaller, pageCaller } from "../api/operatorAuth/browserAuthenticator.js";
import type { AccessConfig } from "../config/accessConfig.js";
import { BOARD_PATH } from "../api/dashboard/operatorPaths.js";

/** What the operators' first page leads to. */
const PAGES = [
  { label: "Workflows and schedds", href: "/" },
  { label: "Queues", href: BOARD_PATH },
];

/** Who gets in, as the HTTP door asks for it. */
export interface Gatekeeping {
  /** Undefined: tokens are not checked. */
  checkToken: TokenCheck | undefined;
  operators: OperatorGuard;
  /** Whom the page at `/` counts as when it asks the API. */
  pageCaller: PageCaller;
}

/** Sets up what checks callers, as the settings say, and loads no more than that takes. Nothing waits for the identity provider. */
export async function createGatekeeping(access: AccessConfig, log: Logger): Promise<Gatekeeping> {
  const { openIdUrl, publicUrl } = access;
  const provider = openIdUrl === undefined ? undefined : await meetProvider(openIdUrl, log);
  const door = await chooseDoor(access, provider, log);
  return {
    checkToken: provider && (await tokenCheck(access, provider, log)),
    operators: operatorGuard(door, { publicUrl, links: PAGES }),
    pageCaller: pageCaller(door, publicUrl, log),
  };
}

async function meetProvider(url: string, log: Logger): Promise<Provider> {
  const { Provider } = await import("../auth/oidcProvider.js");
  const provider = new Provider(url, log);
  void provider.greet();
  return provider;
}

async function tokenCheck(
  { tokens, roleRules }: AccessConfig,
  provider: Provider,
  log: Logger,
): Promise<TokenCheck | undefined> {
  if (tokens === undefined) return undefined;
  const { createTokenCheck } = await import("../auth/tokenVerifier.js");
  return createTokenCheck({ provider, audience: tokens.audience, roleRules, log });
}

async function chooseDoor(
  { operators, roleRules }: AccessConfig,
  provider: Provider | undefined,
  log: Logger,
): Promise<Door> {
  const failures = new LoginFailures(log);
  if (operators.by === "password") {
    const { user, password } = operators;
    return passwordDoor(user, passwordCheck(user, password), failures);
  }
  if (operators.by === "login" && provider !== undefined) {
    const { OperatorLogin } = await import("../auth/operatorLogin.js");
    const { Seal } = await import("../auth/cookieCipher.js");
    const { CALLBACK_PATH, loginDoor } = await import("../api/operatorAuth/loginAuthenticator.js");
    const { publicUrl, clientId, clientSecret, sessionSecret } = operators;
    const redirectUri = publicUrl + CALLBACK_PATH;
    const login = new OperatorLogin({ provider, clientId, clientSecret, redirectUri, roleRules });
    return loginDoor({ login, seal: new Seal(sessionSecret), publicUrl, failures });
  }
  return operators.by === "this machine" ? thisMachineDoor : closedDoor;
}
