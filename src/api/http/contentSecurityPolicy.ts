import helmet, { type HelmetOptions } from "helmet";

type Source = "'none'" | "'self'" | "'unsafe-inline'" | "data:" | `'sha256-${string}'`;

/** What a browser may load, submit and frame, as helmet names the directives. Their order is kept. */
export type ContentSecurityPolicy = Partial<
  Record<
    | "defaultSrc"
    | "scriptSrc"
    | "styleSrc"
    | "connectSrc"
    | "imgSrc"
    | "objectSrc"
    | "baseUri"
    | "formAction"
    | "frameAncestors",
    Source[]
  >
>;

/** For the user interfaces of other projects, which have styles and icons inside their documents. */
export const THIRD_PARTY_UI_POLICY: ContentSecurityPolicy = {
  defaultSrc: ["'self'"],
  scriptSrc: ["'self'"],
  styleSrc: ["'self'", "'unsafe-inline'"],
  imgSrc: ["'self'", "data:"],
  objectSrc: ["'none'"],
  baseUri: ["'self'"],
};

/** Creates a handler that sets security headers with a policy. `frameAncestors` is none by default. */
export const securityHeaders = (
  { frameAncestors = ["'none'"], ...sources }: ContentSecurityPolicy,
  options: HelmetOptions = {},
) =>
  helmet({
    contentSecurityPolicy: { useDefaults: false, directives: { ...sources, frameAncestors } },
    xFrameOptions: { action: frameAncestors.includes("'none'") ? "deny" : "sameorigin" },
    // It would bind the whole host to TLS, which is the operator's decision.
    strictTransportSecurity: false,
    ...options,
    // Each option has an old name, too; helmet's types forbid both, and TypeScript cannot follow a spread.
  } as HelmetOptions);

/** The value of the header `Content-Security-Policy`. */
export const policyText = (policy: ContentSecurityPolicy): string =>
  Object.entries(policy)
    .map(([name, sources]) => `${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)} ${sources.join(" ")}`)
    .join("; ");
