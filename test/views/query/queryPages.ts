import { expect } from "vitest";
import type { WalkOrder } from "../../../src/views/query/cursor.js";
import { WorkMeter } from "../../../src/views/query/meter.js";
import { formatPage, type QueryPage } from "../../../src/views/query/queryPage.js";
import type { QuerySource } from "../../../src/views/query/querySource.js";
import { runQuery } from "../../../src/views/query/runQuery.js";

type ReportedPage = Awaited<ReturnType<typeof runQuery>>;

const ENVELOPE = "taskforces";

/** How a test reads pages. */
export interface PageOptions {
  maxBytes: number;
  projection?: string[];
  maxScan?: number;
  maxWork?: number;
  order?: WalkOrder;
}

/** Reads all pages of a query, and checks the size and the cursor of each. */
export async function fetchAllPages(
  source: QuerySource<"taskforce">,
  query: Record<string, unknown>,
  { maxBytes, projection, maxWork, ...options }: PageOptions,
): Promise<ReportedPage[]> {
  const pages: ReportedPage[] = [];
  let after: string | null | undefined;
  do {
    const find = {
      query,
      ...(projection ? { projection } : {}),
      ...(after ? { after } : {}),
    };
    const meter = new WorkMeter(maxWork === undefined ? {} : { maxWork });
    const page = await runQuery(source, "taskforce", find, { maxBytes, envelope: ENVELOPE, ...options, meter });
    if (page.items.length > 1) expect(pageBytes(page)).toBeLessThanOrEqual(maxBytes);
    if (page.report.ended === "size") expect(page.items.length).toBeGreaterThan(0);
    expect(page.report.ended === "end").toBe(page.nextAfter === null);
    pages.push(page);
    after = page.nextAfter;
  } while (after !== null);
  return pages;
}

/** UTF-8 bytes of the response. */
export const pageBytes = (page: QueryPage): number => Buffer.byteLength(formatPage(ENVELOPE, page).join(""));

/** The uuids on the pages, in order. */
export const uuidsOn = (pages: QueryPage[]): string[] =>
  pages.flatMap((page) => page.items.map((item) => (JSON.parse(item) as { taskforce_uuid: string }).taskforce_uuid));
