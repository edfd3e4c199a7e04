import { describedRoutes } from "../../src/api/app.js";
import type { Document } from "../../src/api/http/openapi.js";

/** Stands for whatever the handlers of routes use, of every type: a description is made without calling them. */
const uncalled = new Proxy(
  {},
  {
    get(_, name) {
      throw new Error(`describing the API reads ${String(name)}`);
    },
  },
) as never;

/** The OpenAPI document as a service with the embedded MQS serves it; none has to run. */
export const apiDocument = (): Promise<Document> =>
  describedRoutes({ wms: uncalled, readiness: uncalled, embeddedMqs: uncalled, events: uncalled }).document();
