import { describeRoutes } from "../../src/api/app.js";
import type { OpenApiDocument } from "../../src/api/http/openapi.js";

/** Stands for whatever the handlers of routes use, of every type: a description is made without calling them. */
const unusedDependency = new Proxy(
  {},
  {
    get(_, name) {
      throw new Error(`describing the API reads ${String(name)}`);
    },
  },
) as never;

/** The OpenAPI document as a service with the embedded MQS serves it; none has to run. */
export const createApiDocument = (): Promise<OpenApiDocument> =>
  describeRoutes({
    wms: unusedDependency,
    readiness: unusedDependency,
    embeddedMqs: unusedDependency,
    events: unusedDependency,
  }).document();
