import type { RequestHandler } from "express";
import helmet from "helmet";

const dashboardHelmet = helmet({
  contentSecurityPolicy: {
    useDefaults: false,
    directives: {
      defaultSrc: ["'self'"],
      scriptSrc: ["'self'"],
      // The board's UI positions its menus by styles in the page.
      styleSrc: ["'self'", "'unsafe-inline'"],
      imgSrc: ["'self'", "data:"],
      objectSrc: ["'none'"],
      baseUri: ["'self'"],
      formAction: ["'self'"],
      // In a foreign frame an operator could be made to click.
      frameAncestors: ["'none'"],
    },
  },
  frameguard: { action: "deny" },
  referrerPolicy: { policy: "no-referrer" },
  // Whether TLS is in front of it is not for these pages to decide for the whole host.
  strictTransportSecurity: false,
});

/** The board's programs and styles, whose names change with their contents. */
const STATIC_PATHS = /^\/queues\/static\//;

/** Headers for pages that act on the service: all comes from this host, nobody frames them, and no cache keeps what they show. */
export const dashboardHeaders: RequestHandler = (request, response, next) => {
  if (!STATIC_PATHS.test(request.path)) response.setHeader("cache-control", "no-store");
  dashboardHelmet(request, response, next);
};
