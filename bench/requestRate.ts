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
  const started = performance.now();
  let last = started;
  const { errors, timeouts, non2xx } = await new Promise<autocannon.Result>((resolve, reject) => {
    const running = autocannon({ url, connections, amount, requests }, (error, result) =>
      error ? reject(error) : resolve(result),
    );
    // autocannon ends at a whole second, which is too coarse for rounds of one or two seconds.
    running.on("response", () => {
      last = performance.now();
    });
  });
  if (errors + timeouts + non2xx > 0)
    throw new Error(`${url}: ${non2xx} responses without a 2xx, ${errors} errors, ${timeouts} time-outs`);
  return (1000 * amount) / (last - started);
}
