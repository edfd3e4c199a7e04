// Preloaded into a process of the service: writes the address of every module that it loads to stderr.
import { createRequire, register } from "node:module";
import { MessageChannel } from "node:worker_threads";

const hooks = `
  let port;
  export const initialize = (data) => { port = data.port; };
  export async function resolve(specifier, context, next) {
    const resolved = await next(specifier, context);
    port.postMessage(resolved.url);
    return resolved;
  }
`;
const { port1, port2 } = new MessageChannel();
const logLoaded = (loaded) => process.stderr.write(`loads ${loaded}\n`);
port1.on("message", logLoaded).unref();
register(`data:text/javascript,${encodeURIComponent(hooks)}`, {
  data: { port: port2 },
  transferList: [port2],
});

const Module = createRequire(import.meta.url)("node:module");
const resolveFilename = Module._resolveFilename;
Module._resolveFilename = function (...request) {
  const resolved = resolveFilename.apply(this, request);
  logLoaded(resolved);
  return resolved;
};
