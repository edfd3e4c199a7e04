import { request } from "node:http";
import { setTimeout as delay } from "node:timers/promises";

/** Milliseconds within which a Docker engine must answer a ping. */
const PING_TIMEOUT_MS = 500;
/** Milliseconds for pulling the image and starting the server. */
const START_TIMEOUT_MS = 120_000;

function dockerEndpoint(): { socketPath: string } | { host: string; port: number } {
  const given = process.env["DOCKER_HOST"] ?? "";
  const url = new URL(URL.canParse(given) ? given : "unix:///var/run/docker.sock");
  return url.protocol === "unix:"
    ? { socketPath: url.pathname }
    : { host: url.hostname, port: Number(url.port || 2375) };
}

/** Checks whether a Docker engine answers. A `docker` command on the PATH does not prove that an engine runs. */
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
 * Starts Redis in a container.
 *
 * @param databases number of logical databases
 * @returns undefined when the engine does not start it in time
 */
export async function startRedisContainer(
  databases: number,
): Promise<{ url: string; stop(): Promise<void> } | undefined> {
  // Imported late: the module looks for a container runtime on import, and waits forever on a socket that does not answer.
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
