import { request } from "node:http";
import { setTimeout as delay } from "node:timers/promises";

/** Milliseconds that a Docker engine has to say that it is there. */
const PING_PATIENCE = 500;
/** Milliseconds for the image to be pulled and the server to answer. */
const START_PATIENCE = 120_000;

function engine(): { socketPath: string } | { host: string; port: number } {
  const given = process.env["DOCKER_HOST"] ?? "";
  const url = new URL(URL.canParse(given) ? given : "unix:///var/run/docker.sock");
  return url.protocol === "unix:"
    ? { socketPath: url.pathname }
    : { host: url.hostname, port: Number(url.port || 2375) };
}

/** Whether a Docker engine answers. A `docker` command on the PATH would prove nothing. */
export function dockerAnswers(): Promise<boolean> {
  return new Promise((resolve) => {
    const ping = request({ ...engine(), path: "/_ping", timeout: PING_PATIENCE }, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    ping.on("timeout", () => ping.destroy());
    ping.on("error", () => resolve(false));
    setTimeout(() => ping.destroy(), PING_PATIENCE).unref();
    ping.end();
  });
}

/**
 * Starts Redis in a container, or gives undefined when the engine does not manage it in time.
 *
 * @param databases how many logical databases it has
 */
export async function startContainer(
  databases: number,
): Promise<{ url: string; stop(): Promise<void> } | undefined> {
  // Only now: the module looks for a container runtime at once, and waits for ever on a socket that is mute.
  const { GenericContainer } = await import("testcontainers");
  const started = new GenericContainer("redis:8")
    .withCommand(["redis-server", "--databases", String(databases), "--save", "", "--appendonly", "no"])
    .withExposedPorts(6379)
    .withStartupTimeout(START_PATIENCE)
    .start()
    .catch(() => undefined);
  const container = await Promise.race([started, delay(START_PATIENCE, undefined, { ref: false })]);
  if (container === undefined) return undefined;
  return {
    url: `redis://${container.getHost()}:${container.getMappedPort(6379)}`,
    stop: async () => void (await container.stop()),
  };
}
