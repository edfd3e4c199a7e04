import autocannon from "autocannon";

/** One kind of request, or a chain of them that each connection goes through again and again. */
export type Requests = autocannon.Request[];

/**
 * Sends a number of requests over some connections, each waiting for its answer before it sends the next.
 *
 * @param amount requests in all
 * @returns requests answered for each second
 * @throws Error when any was not answered with a 2xx
 */
export async function load(
  url: string,
  connections: number,
  amount: number,
  requests: Requests,
): Promise<number> {
  const started = performance.now();
  const result = await autocannon({ url, connections, amount, requests });
  const seconds = (performance.now() - started) / 1000;
  if (result.errors + result.timeouts + result.non2xx > 0)
    throw new Error(
      `${url}: ${result.non2xx} bad answers, ${result.errors} errors, ${result.timeouts} time-outs`,
    );
  return amount / seconds;
}
