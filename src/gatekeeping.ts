import type { Logger } from "pino";
import { LoginFailures } from "./access/loginFailures.js";
import { OperatorLogin } from "./access/operatorLogin.js";
import { passwordCheck } from "./access/password.js";
import { Provider } from "./access/provider.js";
import { Seal } from "./access/seal.js";
import { createTokenCheck, type TokenCheck } from "./access/tokens.js";
import { closedDoor, passwordDoor, thisMachineDoor } from "./api/admin/doors.js";
import { CALLBACK_PATH, loginDoor } from "./api/admin/loginDoor.js";
import { type Door, type OperatorGuard, operatorGuard } from "./api/admin/operatorGuard.js";
import { type PageCaller, pageCaller } from "./api/admin/pageCaller.js";
import type { AccessConfig } from "./config/access.js";
import { BOARD_PATH } from "./dashboard/paths.js";

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

/** Sets up what checks callers, as the settings say. Nothing waits for the identity provider. */
export function createGatekeeping(access: AccessConfig, log: Logger): Gatekeeping {
  const { openIdUrl, tokens, roleRules, publicUrl } = access;
  const provider = openIdUrl === undefined ? undefined : new Provider(openIdUrl, log);
  void provider?.greet();
  const door = chooseDoor(access, provider, log);
  return {
    checkToken:
      provider && tokens && createTokenCheck({ provider, audience: tokens.audience, roleRules, log }),
    operators: operatorGuard(door, { publicUrl, links: PAGES }),
    pageCaller: pageCaller(door, publicUrl, log),
  };
}

function chooseDoor(
  { operators, roleRules }: AccessConfig,
  provider: Provider | undefined,
  log: Logger,
): Door {
  const failures = new LoginFailures(log);
  if (operators.by === "password") {
    const { user, password } = operators;
    return passwordDoor(user, passwordCheck(user, password), failures);
  }
  if (operators.by === "login" && provider !== undefined) {
    const { publicUrl, clientId, clientSecret, sessionSecret } = operators;
    const redirectUri = publicUrl + CALLBACK_PATH;
    const login = new OperatorLogin({ provider, clientId, clientSecret, redirectUri, roleRules });
    return loginDoor({ login, seal: new Seal(sessionSecret), publicUrl, failures });
  }
  return operators.by === "this machine" ? thisMachineDoor : closedDoor;
}
