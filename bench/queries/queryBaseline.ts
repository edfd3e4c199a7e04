/**
 * The baseline of the queries: a bare HTTP server that computes the responses of {@link QUERY_CASES} from the service's keys,
 * without validation, planning, limits or a cursor.
 *
 *   node --import tsx bench/queries/queryBaseline.ts <redis url>
 */
import { createServer } from "node:http";
import { Redis } from "ioredis";
import { BareReader } from "./bareReader.js";
import { QUERY_CASES } from "./queryCases.js";
import type { QueryTargets } from "./queryPopulation.js";

const [, , redisUrl = "redis://127.0.0.1:6379"] = process.argv;
const redis = new Redis(redisUrl, { maxRetriesPerRequest: null });
const reader = new BareReader(redis, Number(await redis.hget("wms:layout", "partitions")));
let targets: QueryTargets | undefined;

async function respond(path: string, body: string): Promise<string> {
  const parsed = JSON.parse(body) as unknown;
  if (path === "/targets") {
    targets = parsed as QueryTargets;
    return "{}";
  }
  const each = QUERY_CASES[Number(path.slice(1))];
  if (each === undefined || targets === undefined) throw new Error(`${path}: no such query, or no targets`);
  const texts = await each.bare(reader, targets);
  return `{${JSON.stringify(each.collection.replace("-", "_"))}:[${texts.join()}],"next_after":null}`;
}

const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on("data", (chunk: Buffer) => chunks.push(chunk));
  request.on("end", () => {
    respond(request.url ?? "", Buffer.concat(chunks).toString()).then(
      (text) => {
        const bytes = Buffer.from(text);
        response.writeHead(200, { "content-type": "application/json", "content-length": bytes.length }).end(bytes);
      },
      (error: unknown) => response.writeHead(500).end(String(error)),
    );
  });
});
server.listen(0, "127.0.0.1", () => {
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  process.stdout.write(`listens on http://127.0.0.1:${address.port}\n`);
});
