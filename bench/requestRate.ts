import autocannon from "autocannon";

/** One kind of request, or a chain of them that each connection goes through again and again. */
export type LoadRequests = autocannon.Request[];

/**
 * Sends a number of requests over some connections, each waiting for its answer before it sends the next.
 *
 * @param amount requests in all
 * @returns requests answered for each second
 * @throws Error when any was not answered with a 2xx
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
    // Its own end comes with the next tick of a second, which is no measure for rounds of a second or two.
    running.on("response", () => {
      last = performance.now();
    });
  });
  if (errors + timeouts + non2xx > 0)
    throw new Error(`${url}: ${non2xx} bad answers, ${errors} errors, ${timeouts} time-outs`);
  return (1000 * amount) / (last - started);
}
