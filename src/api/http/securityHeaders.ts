import { IncomingMessage, ServerResponse } from "node:http";
import { Socket } from "node:net";
import helmet from "helmet";

/**
 * For answers that are no pages: a browser that is led to one shows nothing of it, runs nothing in it and hands it to no
 * other site.
 */
const apiHelmet = helmet({
  contentSecurityPolicy: {
    useDefaults: false,
    directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] },
  },
  xFrameOptions: { action: "deny" },
  // Whether TLS is in front of it is not for one service to decide for the whole host.
  strictTransportSecurity: false,
  // These are about windows and plug-ins, which need a page.
  crossOriginOpenerPolicy: false,
  originAgentCluster: false,
  xDnsPrefetchControl: false,
  xDownloadOptions: false,
  xPermittedCrossDomainPolicies: false,
  xXssProtection: false,
});

/** What helmet gives to every answer. It depends on nothing, so helmet is asked once. */
export const SECURITY_HEADERS: readonly [name: string, value: string][] = computeHeaders(apiHelmet);

function computeHeaders(middleware: typeof apiHelmet): [string, string][] {
  const request = new IncomingMessage(new Socket());
  const response = new ServerResponse(request);
  middleware(request, response, () => undefined);
  return Object.entries(response.getHeaders()).map(([name, value]) => [name, String(value)]);
}

/** Sets the headers of an answer that is none of a page. Pages replace them by their own. */
export function setSecurityHeaders(response: ServerResponse): void {
  for (const [name, value] of SECURITY_HEADERS) response.setHeader(name, value);
}
