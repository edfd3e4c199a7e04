import autocannon from "autocannon";

/** A request, or a sequence of requests that each connection repeats. */
export type LoadRequests = autocannon.Request[];

/**
 * Sends a number of requests over several connections. Each connection waits for a response before its next request.
 *
 * @param amount total number of requests
 * @returns responses per second
 * @throws Error if a response is missing or not a 2xx
 */
export async function measureRequestRate(
  url: string,
  connections: number,
  amount: number,
  requests: LoadRequests,
): Promise<number> {
  const began = performance.now();
  let [responses, failures] = [0, 0];
  await new Promise<void>((resolve, reject) => {
    const running = autocannon({ url, connections, amount, requests }, (error) => (error ? reject(error) : resolve()));
    // autocannon ends at a whole second, which is too coarse for rounds of one or two seconds.
    running.on("response", (_client, status) => {
      responses++;
      if (status < 200 || status > 299) failures++;
      if (responses === amount) resolve();
    });
  });
  const tookMs = performance.now() - began;
  if (responses !== amount || failures > 0)
    throw new Error(`${url}: ${amount - responses} responses are missing, ${failures} are not a 2xx`);
  return (1000 * amount) / tookMs;
}
