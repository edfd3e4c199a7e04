import type { ClaimRule, RoleRules } from "../domain/claimRules.js";
import { isLoopback } from "../domain/loopback.js";
import { ConfigError, type Settings } from "./settings.js";

/** How callers are authenticated, and what each role requires. */
export interface AccessConfig {
  authentication: AuthenticationConfig;
  roleRules: RoleRules;
  /** The groups that share the ownership of workflows. */
  groupRules: readonly ClaimRule[];
  operators: OperatorAccess;
  /** The origin under which browsers reach the service; undefined: unknown. */
  publicOrigin: string | undefined;
  /** What the service is called in `Host` and `Origin`; checked while authentication is off. */
  ownAddresses: { restHost: string; publicOrigin: string | undefined; allowedHosts: readonly string[] };
}

/** How the API authenticates its callers. */
export type AuthenticationConfig =
  /** No authentication: every caller has the roles of users and of TMSs. */
  | { kind: "open" }
  /** Bearer tokens of the identity provider at `openIdUrl`. An undefined audience accepts every audience. */
  | { kind: "tokens"; openIdUrl: string; audience: string | undefined; otherIssuers: readonly string[] };

/** How people sign in to the pages: users and viewers by `login` only. */
export type OperatorAccess =
  | { kind: "password"; user: string; password: string }
  /** At the identity provider. Without a session secret each process makes one, and accepts only its own sessions. */
  | {
      kind: "login";
      openIdUrl: string;
      clientId: string;
      clientSecret: string | undefined;
      /** Address of the service for browsers, without a slash at the end. */
      publicUrl: string;
      sessionSecret: string | undefined;
    }
  /** Every request to localhost is an operator's. */
  | { kind: "localhost" }
  | { kind: "denied" };

/**
 * Reads the access settings.
 *
 * @throws ConfigError for settings that would expose the service by mistake, and for incomplete ones
 */
export function readAccessConfig(env: Settings): AccessConfig {
  const authentication = readAuthentication(env);
  const publicOrigin = env.PUBLIC_URL?.origin;
  if (env.OWNERSHIP === "enforced" && authentication.kind === "open")
    throw new ConfigError("OWNERSHIP: cannot be enforced while authentication is off; set AUTH_OPENID_URL");
  return {
    authentication,
    groupRules: env.OWNERSHIP_GROUPS,
    roleRules: {
      user: env.AUTH_ROLE_USER,
      "system-tms": env.AUTH_ROLE_SYSTEM_TMS,
      operator: env.AUTH_ROLE_OPERATOR,
      viewer: env.AUTH_ROLE_VIEWER,
    },
    operators: readOperatorAccess(env, authentication),
    publicOrigin,
    ownAddresses: { restHost: env.REST_HOST, publicOrigin, allowedHosts: env.ALLOWED_HOSTS },
  };
}

/**
 * Reads the path of the service behind a reverse proxy, without a slash at the end; empty: it has none.
 *
 * @throws ConfigError when two settings give different paths
 */
export function readBasePath({ BASE_PATH: basePath, PUBLIC_URL: publicUrl }: Settings): string {
  const publicPath = publicUrl?.basePath ?? "";
  if (basePath !== undefined && publicPath !== "" && publicPath !== basePath)
    throw new ConfigError(`BASE_PATH: the path of PUBLIC_URL is another one, ${publicPath}`);
  return basePath ?? publicPath;
}

function readAuthentication(env: Settings): AuthenticationConfig {
  const { AUTH_OPENID_URL: openIdUrl, AUTH_AUDIENCE: audience, REST_HOST: host } = env;
  if (env.AUTH_DISABLED) return { kind: "open" };
  if (openIdUrl !== undefined) return { kind: "tokens", openIdUrl, audience, otherIssuers: env.AUTH_OPENID_ISSUERS };
  const remedy = "or AUTH_DISABLED=true if something else protects the port";
  if (env.NODE_ENV === "production") throw new ConfigError(`AUTH_OPENID_URL: must be set in production, ${remedy}`);
  if (!isLoopback(host))
    throw new ConfigError(
      `REST_HOST: other hosts can reach this address, and authentication is off; set AUTH_OPENID_URL, ${remedy}`,
    );
  return { kind: "open" };
}

function readOperatorAccess(env: Settings, { kind }: AuthenticationConfig): OperatorAccess {
  const password = readPasswordAccess(env);
  const login = readLoginAccess(env);
  if (password !== undefined && login !== undefined)
    throw new ConfigError("ADMIN_USER, ADMIN_CLIENT_ID: operators sign in by one of them; unset the other");
  const isLocalDevelopment = kind === "open" && env.NODE_ENV !== "production" && isLoopback(env.REST_HOST);
  return password ?? login ?? { kind: isLocalDevelopment ? "localhost" : "denied" };
}

function readPasswordAccess({ ADMIN_USER: user, ADMIN_PASSWORD: password }: Settings): OperatorAccess | undefined {
  if (user === undefined && password === undefined) return undefined;
  if (user === undefined || password === undefined)
    throw new ConfigError("ADMIN_USER, ADMIN_PASSWORD: set both, or neither");
  return { kind: "password", user, password };
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
    kind: "login",
    openIdUrl,
    clientId,
    clientSecret: env.ADMIN_CLIENT_SECRET,
    publicUrl: publicUrl.origin + readBasePath(env),
    sessionSecret: env.SESSION_SECRET,
  };
}
