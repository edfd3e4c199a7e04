import { describeRoutes } from "../../src/api/app.js";
import type { OpenApiDocument } from "../../src/api/openapi/document.js";

/** Placeholder for every dependency of the route handlers. Describing the routes never calls a handler. */
const unusedDependency = new Proxy(
  {},
  {
    get(_, name) {
      throw new Error(`describing the API reads ${String(name)}`);
    },
  },
) as never;

/** Creates the OpenAPI document of a service with the embedded MQS, without starting one. */
export const createApiDocument = (): Promise<OpenApiDocument> =>
  describeRoutes({
    wms: unusedDependency,
    readiness: unusedDependency,
    embeddedMqs: unusedDependency,
    events: unusedDependency,
  }).document();
