import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { TaskDirective } from "../../src/domain/taskDirective.js";
import { startTestService } from "../setup/testService.js";
import { type ApiFixture, startApiFixture } from "./apiFixture.js";
import { type ConformanceClient, createConformanceClient } from "./conformanceClient.js";

interface Page {
  task_directives: TaskDirective[];
  next_after: string | null;
}

/** Characters of one, two and four bytes in UTF-8. */
const ARGS = `--title "${"é😀".repeat(120)}"`;

let fixture: ApiFixture;
let ids: string[];
beforeAll(async () => {
  fixture = await startApiFixture();
  ids = [];
  for (let n = 0; n < 4; n++) {
    const { task_directives } = await fixture.createWorkflow(fixture.nextLocation(), { task_args: ARGS });
    ids.push(...task_directives.map((directive) => directive.task_id));
  }
});
afterAll(() => fixture.close());

const find = (client: ConformanceClient, body: object) => client.post<Page>("/v1/query/task-directives", body);
const idsOn = ({ task_directives }: Page) => task_directives.map((directive) => directive.task_id);
const bytesOf = (text: string) => Buffer.byteLength(text);

/** Calls a function with a client of a service on the same data that limits its responses. */
async function limitedTo<T>(maxBytes: number, callback: (client: ConformanceClient) => Promise<T>): Promise<T> {
  const { redisUrl } = fixture.service;
  const service = await startTestService({ REDIS_URL: redisUrl, USER_QUERY_MAX_BYTES: String(maxBytes) });
  const client = await createConformanceClient(service.url);
  try {
    return await callback(client);
  } finally {
    client.close();
    await service.close();
  }
}

/** The ids on each page, following `next_after`. */
async function pagesOf(client: ConformanceClient, query: object): Promise<string[][]> {
  const pages: string[][] = [];
  for (let after: string | null | undefined; after !== null; ) {
    const { body } = await find(client, { query, ...(after !== undefined && { after }) });
    pages.push(idsOn(body));
    after = body.next_after;
  }
  return pages;
}

/** The ids on each page of a service that limits its responses. */
const pagesWithin = (maxBytes: number, query: object) => limitedTo(maxBytes, (client) => pagesOf(client, query));

describe("USER_QUERY_MAX_BYTES counts the bytes of the whole response", () => {
  it("a response of exactly so many bytes is one page; with one byte less it is two", async () => {
    const { text } = await find(fixture.client, { query: {} });
    expect(bytesOf(text)).toBeGreaterThan(text.length);
    expect(await pagesWithin(bytesOf(text), {})).toEqual([ids]);
    expect(await pagesWithin(bytesOf(text) - 1, {})).toEqual([ids.slice(0, 3), ids.slice(3)]);
  });

  it("the size of a page includes its cursor", async () => {
    const { text } = await find(fixture.client, { query: {} });
    const page = await limitedTo(bytesOf(text) - 1, (client) => find(client, { query: {} }));
    expect(idsOn(page.body)).toEqual(ids.slice(0, 3));
    expect(page.body.next_after).not.toBeNull();
    expect(await pagesWithin(bytesOf(page.text), {})).toEqual([ids.slice(0, 3), ids.slice(3)]);
    expect(await pagesWithin(bytesOf(page.text) - 1, {})).toEqual([ids.slice(0, 2), ids.slice(2)]);
  });

  it("the last page has no cursor, although entities follow that do not match", async () => {
    const query = { task_id: { $in: ids.slice(0, 2) } };
    const { text } = await find(fixture.client, { query });
    expect(await pagesWithin(bytesOf(text), query)).toEqual([ids.slice(0, 2)]);
    const [first] = await pagesWithin(bytesOf(text), {});
    expect(first).toEqual(ids.slice(0, 1));
  });

  it("a page holds at least one match, and the projection determines the size", async () => {
    const { text } = await find(fixture.client, { query: { task_id: ids[0] } });
    expect(bytesOf(text)).toBeGreaterThan(1024);
    expect(await pagesWithin(1024, {})).toEqual(ids.map((id) => [id]));
    const { body } = await limitedTo(1024, (client) => find(client, { query: {}, projection: ["task_id"] }));
    expect(body).toEqual({ task_directives: ids.map((task_id) => ({ task_id })), next_after: null });
  });
});

it("next_after is null only if nothing more matched at that moment; the last cursor finds later matches", async () => {
  const query = { task_args: "late" };
  const late = async () => {
    const { task_directives } = await fixture.createWorkflow(fixture.nextLocation(), {
      task_args: "late",
      init_args: ARGS,
    });
    return String(task_directives[0]?.task_id);
  };
  const [one, two] = [await late(), await late()];
  expect((await find(fixture.client, { query })).body.next_after).toBeNull();
  await limitedTo(1024, async (client) => {
    const first = await find(client, { query });
    expect(idsOn(first.body)).toEqual([one]);
    const three = await late();
    const second = await find(client, { query, after: first.body.next_after });
    expect(idsOn(second.body)).toEqual([two]);
    const third = await find(client, { query, after: second.body.next_after });
    expect(idsOn(third.body)).toEqual([three]);
    expect(third.body.next_after).toBeNull();
  });
});
