import { request } from "node:http";
import { setTimeout as delay } from "node:timers/promises";

/** Milliseconds that a Docker engine has to say that it is there. */
const PING_TIMEOUT_MS = 500;
/** Milliseconds for the image to be pulled and the server to answer. */
const START_TIMEOUT_MS = 120_000;

function dockerEndpoint(): { socketPath: string } | { host: string; port: number } {
  const given = process.env["DOCKER_HOST"] ?? "";
  const url = new URL(URL.canParse(given) ? given : "unix:///var/run/docker.sock");
  return url.protocol === "unix:"
    ? { socketPath: url.pathname }
    : { host: url.hostname, port: Number(url.port || 2375) };
}

/** Whether a Docker engine answers. A `docker` command on the PATH would prove nothing. */
export function isDockerAvailable(): Promise<boolean> {
  return new Promise((resolve) => {
    const ping = request({ ...dockerEndpoint(), path: "/_ping", timeout: PING_TIMEOUT_MS }, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    ping.on("timeout", () => ping.destroy());
    ping.on("error", () => resolve(false));
    setTimeout(() => ping.destroy(), PING_TIMEOUT_MS).unref();
    ping.end();
  });
}

/**
 * Starts Redis in a container, or gives undefined when the engine does not manage it in time.
 *
 * @param databases how many logical databases it has
 */
export async function startRedisContainer(
  databases: number,
): Promise<{ url: string; stop(): Promise<void> } | undefined> {
  // Only now: the module looks for a container runtime at once, and waits for ever on a socket that is mute.
  const { GenericContainer } = await import("testcontainers");
  const started = new GenericContainer("redis:8")
    .withCommand(["redis-server", "--databases", String(databases), "--save", "", "--appendonly", "no"])
    .withExposedPorts(6379)
    .withStartupTimeout(START_TIMEOUT_MS)
    .start()
    .catch(() => undefined);
  const container = await Promise.race([started, delay(START_TIMEOUT_MS, undefined, { ref: false })]);
  if (container === undefined) return undefined;
  return {
    url: `redis://${container.getHost()}:${container.getMappedPort(6379)}`,
    stop: async () => void (await container.stop()),
  };
}
