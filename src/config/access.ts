import type { RoleRules } from "../domain/claimRules.js";
import { isLoopback } from "../domain/loopback.js";
import { ConfigError } from "./configError.js";
import type { Settings } from "./settings.js";

/** Who may do what. */
export interface AccessConfig {
  /** The identity provider. */
  openIdUrl: string | undefined;
  /** How bearer tokens are checked; undefined: not at all. */
  tokens: { audience: string | undefined } | undefined;
  roleRules: RoleRules;
}

/**
 * Checks what is exposed to whom.
 *
 * @throws ConfigError for what would expose the service by mistake, and for settings that miss others
 */
export function readAccess(env: Settings): AccessConfig {
  const { AUTH_OPENID_URL: openIdUrl, AUTH_DISABLED: disabled, AUTH_AUDIENCE: audience } = env;
  const tokens = openIdUrl === undefined || disabled ? undefined : { audience };
  if (tokens === undefined && !disabled) refuseToExpose(env);
  return {
    openIdUrl,
    tokens,
    roleRules: {
      user: env.AUTH_ROLE_USER,
      "system-tms": env.AUTH_ROLE_SYSTEM_TMS,
      operator: env.AUTH_ROLE_OPERATOR,
    },
  };
}

function refuseToExpose({ NODE_ENV: environment, REST_HOST: host }: Settings): void {
  const remedy = "or AUTH_DISABLED=true when something else guards the port";
  if (environment === "production")
    throw new ConfigError(`AUTH_OPENID_URL: must be set in production, ${remedy}`);
  if (!isLoopback(host))
    throw new ConfigError(
      `REST_HOST: is ${host}, where others can reach it, and tokens are not checked; set AUTH_OPENID_URL, ${remedy}`,
    );
}
