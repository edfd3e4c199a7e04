import { once } from "node:events";
import { createServer } from "node:net";

/**
 * Below those that the kernel gives to outgoing connections: whoever listens here can leave a port for a while and have it back, and
 * nobody who tries to connect meanwhile gets connected to himself.
 */
const FIRST_PORT = 20_000;
const LAST_PORT = 29_999;

/** A port of 127.0.0.1 that stays free for whoever asked. */
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
