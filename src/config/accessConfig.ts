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
  operators: OperatorAccess;
  /** Where browsers reach the service, without a slash at the end; undefined: not told. */
  publicUrl: string | undefined;
}

/** How operators get at their pages. */
export type OperatorAccess =
  | { by: "password"; user: string; password: string }
  /** Through the identity provider. Without a secret every process makes one, and knows its own sessions only. */
  | {
      by: "login";
      clientId: string;
      clientSecret: string | undefined;
      publicUrl: string;
      sessionSecret: string | undefined;
    }
  /** Whoever sits at this machine. */
  | { by: "this machine" }
  /** Nobody does. */
  | { by: "nothing" };

/**
 * Checks what is exposed to whom.
 *
 * @throws ConfigError for what would expose the service by mistake, and for settings that miss others
 */
export function readAccessConfig(env: Settings): AccessConfig {
  const { AUTH_OPENID_URL: openIdUrl, AUTH_DISABLED: disabled, AUTH_AUDIENCE: audience } = env;
  const tokens = openIdUrl === undefined || disabled ? undefined : { audience };
  if (tokens === undefined && !disabled) requireAuthentication(env);
  return {
    openIdUrl,
    tokens,
    roleRules: {
      user: env.AUTH_ROLE_USER,
      "system-tms": env.AUTH_ROLE_SYSTEM_TMS,
      operator: env.AUTH_ROLE_OPERATOR,
    },
    operators: readOperatorAccess(env, tokens !== undefined),
    publicUrl: env.PUBLIC_URL,
  };
}

function requireAuthentication({ NODE_ENV: environment, REST_HOST: host }: Settings): void {
  const remedy = "or AUTH_DISABLED=true when something else guards the port";
  if (environment === "production") throw new ConfigError(`AUTH_OPENID_URL: must be set in production, ${remedy}`);
  if (!isLoopback(host))
    throw new ConfigError(
      `REST_HOST: others can reach this address, and tokens are not checked; set AUTH_OPENID_URL, ${remedy}`,
    );
}

function readOperatorAccess(env: Settings, tokensChecked: boolean): OperatorAccess {
  const password = readPasswordAccess(env);
  const login = readLoginAccess(env);
  if (password !== undefined && login !== undefined)
    throw new ConfigError("ADMIN_USER, ADMIN_CLIENT_ID: operators get in by one of them; unset the other");
  const isLocalDevelopment = !tokensChecked && env.NODE_ENV !== "production" && isLoopback(env.REST_HOST);
  return password ?? login ?? { by: isLocalDevelopment ? "this machine" : "nothing" };
}

function readPasswordAccess({ ADMIN_USER: user, ADMIN_PASSWORD: password }: Settings): OperatorAccess | undefined {
  if (user === undefined && password === undefined) return undefined;
  if (user === undefined || password === undefined)
    throw new ConfigError("ADMIN_USER, ADMIN_PASSWORD: must be set both, or neither");
  return { by: "password", user, password };
}

function readLoginAccess(env: Settings): OperatorAccess | undefined {
  const { ADMIN_CLIENT_ID: clientId, AUTH_OPENID_URL: openIdUrl, PUBLIC_URL: publicUrl } = env;
  if (clientId === undefined) {
    if (env.ADMIN_CLIENT_SECRET === undefined) return undefined;
    throw new ConfigError("ADMIN_CLIENT_ID: must be set when ADMIN_CLIENT_SECRET is");
  }
  if (openIdUrl === undefined || publicUrl === undefined)
    throw new ConfigError("AUTH_OPENID_URL, PUBLIC_URL: must be set when ADMIN_CLIENT_ID is");
  return {
    by: "login",
    clientId,
    clientSecret: env.ADMIN_CLIENT_SECRET,
    publicUrl,
    sessionSecret: env.SESSION_SECRET,
  };
}
