import type { Logger } from "pino";
import { Provider } from "./access/provider.js";
import { createTokenCheck, type TokenCheck } from "./access/tokens.js";
import type { AccessConfig } from "./config/access.js";

/** Who gets in, as the HTTP door asks for it. */
export interface Gatekeeping {
  /** Undefined: tokens are not checked. */
  checkToken: TokenCheck | undefined;
}

/** Sets up what checks callers, as the settings say. Nothing waits for the identity provider. */
export function createGatekeeping({ openIdUrl, tokens, roleRules }: AccessConfig, log: Logger): Gatekeeping {
  if (openIdUrl === undefined || tokens === undefined) return { checkToken: undefined };
  const provider = new Provider(openIdUrl, log);
  void provider.greet();
  return { checkToken: createTokenCheck({ provider, audience: tokens.audience, roleRules, log }) };
}
