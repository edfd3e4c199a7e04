import { expect } from "vitest";
import { formatPageChunks, type QueryPage } from "../../../src/views/query/queryPage.js";
import { type QuerySource, runQuery } from "../../../src/views/query/runQuery.js";

const ENVELOPE = "taskforces";

/** Reads all pages of a query, and checks the size and the cursor of each. */
export async function fetchAllPages(
  source: QuerySource<"taskforce">,
  query: Record<string, unknown>,
  options: { maxBytes: number; projection?: string[] },
): Promise<QueryPage[]> {
  const pages: QueryPage[] = [];
  let after: string | null | undefined;
  do {
    const find = {
      query,
      ...(options.projection ? { projection: options.projection } : {}),
      ...(after ? { after } : {}),
    };
    const page = await runQuery(source, "taskforce", find, {
      maxBytes: options.maxBytes,
      envelope: ENVELOPE,
    });
    if (page.items.length > 1) expect(pageBytes(page)).toBeLessThanOrEqual(options.maxBytes);
    if (page.nextAfter !== null) expect(page.items.length).toBeGreaterThan(0);
    pages.push(page);
    after = page.nextAfter;
  } while (after !== null);
  return pages;
}

/** UTF-8 bytes of the response. */
export const pageBytes = (page: QueryPage): number => Buffer.byteLength(formatPageChunks(ENVELOPE, page).join(""));

/** The uuids on the pages, in order. */
export const uuidsOn = (pages: QueryPage[]): string[] =>
  pages.flatMap((page) => page.items.map((item) => (JSON.parse(item) as { taskforce_uuid: string }).taskforce_uuid));
