import { formatCount, formatNumber } from "../format.js";
import type { EntityByKind, ResultPage } from "../paging.js";
import type { PageEnd, QueryPlan } from "../queryPlan.js";
import type { Terminal } from "./terminal.js";

/** Yields the results of pages. Before those of a page, a line on stderr explains how the service found it. */
export async function* explainPages<T>(
  terminal: Terminal,
  kind: keyof EntityByKind,
  pages: AsyncIterable<ResultPage<T>>,
  { asJson }: { asJson: boolean },
): AsyncGenerator<T, void, undefined> {
  let page = 0;
  for await (const { items, plan } of pages) {
    page++;
    terminal.printMessage(asJson ? planJson(page, plan) : `page ${page}: ${planText(kind, plan)}`);
    yield* items;
  }
}

const END_TEXTS: Record<PageEnd, string> = {
  end: "last page: the search is complete",
  size: "the page is full",
  scan: "the page reached the limit of entities to look at",
  work: "the page used up its budget of work",
};

function planText(kind: keyof EntityByKind, plan: QueryPlan | undefined): string {
  if (plan === undefined) return "the service does not explain its queries";
  const entities = kind.replace("-", " ");
  const indexes = plan.indexes.map((index) => (index === "all" ? `none, all ${entities}` : index)).join(", ");
  const looked = `looked at ${formatCount(plan.lookedAt, entities.slice(0, -1))}, ${formatNumber(plan.matched)} matched`;
  return `index: ${indexes || "none, nothing can match"}; ${looked}; ${END_TEXTS[plan.ended]}`;
}

const planJson = (page: number, plan: QueryPlan | undefined): string =>
  JSON.stringify({
    page,
    plan: plan === undefined ? null : (({ lookedAt, ...rest }) => ({ ...rest, looked_at: lookedAt }))(plan),
  });
