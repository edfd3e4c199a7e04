import { once } from "node:events";
import { createServer } from "node:net";

/**
 * Below the ports that the kernel assigns to outgoing connections. So a server can release its port for a while and listen
 * there again, and a client that connects meanwhile does not get connected to itself.
 */
const FIRST_PORT = 20_000;
const LAST_PORT = 29_999;

/** Finds a port of 127.0.0.1 that no program uses, for a server that may restart there. */
export async function pickFreePort(): Promise<number> {
  for (;;) {
    const port = FIRST_PORT + Math.floor(Math.random() * (LAST_PORT - FIRST_PORT + 1));
    const probe = createServer();
    try {
      probe.listen(port, "127.0.0.1");
      await once(probe, "listening");
      return port;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EADDRINUSE") throw error;
    } finally {
      probe.close();
    }
  }
}
