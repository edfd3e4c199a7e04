import { IncomingMessage, type RequestListener, ServerResponse } from "node:http";
import type { Express } from "express";

/** The classes of which a server makes its requests and answers. */
export interface MessageClasses {
  IncomingMessage: typeof IncomingMessage;
  ServerResponse: typeof ServerResponse<IncomingMessage>;
}

/**
 * Classes whose instances have the prototype that an Express app wants from the start.
 *
 * Express gives every request and every answer of Node's another prototype. For V8, an object whose prototype was changed has a shape
 * that no other has: whatever touches it later, in Express, in Node and here, is looked up anew each time, and that was
 * half the time of a small request. An object that has the right prototype keeps its shape, for to set the same one again changes nothing.
 *
 * @param app an Express app takes over the new prototypes; any other listener gets Node's own classes
 */
export function messageClasses(app: RequestListener | Express): MessageClasses {
  if (!isExpress(app)) return { IncomingMessage, ServerResponse };
  // Classes of their own, not functions with a prototype put in: only for these V8 remembers what their instances look like.
  class AppRequest extends IncomingMessage {}
  class AppResponse extends ServerResponse {}
  app.request = Object.setPrototypeOf(AppRequest.prototype, app.request);
  app.response = Object.setPrototypeOf(AppResponse.prototype, app.response);
  return { IncomingMessage: AppRequest, ServerResponse: AppResponse };
}

const isExpress = (app: RequestListener | Express): app is Express => "request" in app && "response" in app;
