import { httpWithRetry } from "./httpWithRetry.js";

/** Where tokens come from. */
export interface TokenEndpoint {
  url: string;
  /** `discovery`: the setting is an issuer, whose discovery document names it. `setting`: the setting itself. */
  source: "discovery" | "setting";
}

/**
 * Finds the token endpoint of `MQS_TOKEN_URL`. The clients of the existing service get an issuer there and discover its
 * endpoint (OpenID Connect Discovery 1.0, section 4). An address without a discovery document is the endpoint itself.
 *
 * @param deadline ends the search
 * @throws the error of `fetch`, or the reason of the deadline
 */
export async function findTokenEndpoint(tokenUrl: string, deadline: AbortSignal): Promise<TokenEndpoint> {
  const documentUrl = `${tokenUrl.replace(/\/+$/, "")}/.well-known/openid-configuration`;
  const { status, text } = await httpWithRetry(documentUrl, { headers: { accept: "application/json" } }, deadline);
  const discovered = status === 200 ? tokenEndpointOf(text) : undefined;
  return discovered === undefined ? { url: tokenUrl, source: "setting" } : { url: discovered, source: "discovery" };
}

/** The endpoint that a discovery document names; undefined for any other text. */
function tokenEndpointOf(text: string): string | undefined {
  try {
    const { token_endpoint } = JSON.parse(text) as { token_endpoint?: unknown };
    return typeof token_endpoint === "string" && URL.canParse(token_endpoint) ? token_endpoint : undefined;
  } catch {
    return undefined;
  }
}
