import type { RequestHandler } from "express";
import helmet from "helmet";

const dashboardHelmet = helmet({
  contentSecurityPolicy: {
    useDefaults: false,
    directives: {
      defaultSrc: ["'self'"],
      scriptSrc: ["'self'"],
      // The board positions its menus by inline styles.
      styleSrc: ["'self'", "'unsafe-inline'"],
      imgSrc: ["'self'", "data:"],
      objectSrc: ["'none'"],
      baseUri: ["'self'"],
      formAction: ["'self'"],
      // Prevents clickjacking.
      frameAncestors: ["'none'"],
    },
  },
  frameguard: { action: "deny" },
  referrerPolicy: { policy: "no-referrer" },
  // It would apply to the whole host, and a proxy decides whether that uses TLS.
  strictTransportSecurity: false,
});

/** Scripts and styles of the board, whose names change with their contents. */
const STATIC_PATHS = /^\/queues\/static\//;

/** Sets the security headers of the operator pages, and forbids caching except for static files. */
export const dashboardHeaders: RequestHandler = (request, response, next) => {
  if (!STATIC_PATHS.test(request.path)) response.setHeader("cache-control", "no-store");
  dashboardHelmet(request, response, next);
};
