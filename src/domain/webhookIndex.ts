import { groupBy } from "./groupBy.js";
import type { Webhook, WebhookScope } from "./webhook.js";

/** The key of a scope, under which the index holds its webhooks. */
function keyOf(scope: WebhookScope): string {
  if ("owner" in scope) return `owner ${scope.owner}`;
  return "label" in scope ? `label ${scope.label}` : "all";
}

/** Webhooks by their scopes, so that an event of a workflow does not search all of them. */
export class WebhookIndex {
  readonly #byScope: ReadonlyMap<string, readonly Webhook[]>;

  constructor(webhooks: readonly Webhook[]) {
    this.#byScope = groupBy(webhooks, ({ scope }) => keyOf(scope));
  }

  get isEmpty(): boolean {
    return this.#byScope.size === 0;
  }

  /** The webhooks for a workflow. @param owner undefined: not recorded @param labels each in the form `key=value` */
  find(owner: string | undefined, labels: readonly string[]): Webhook[] {
    const scopes: WebhookScope[] = [
      { all: true },
      ...(owner === undefined ? [] : [{ owner }]),
      ...labels.map((label) => ({ label })),
    ];
    return scopes.flatMap((scope) => this.#byScope.get(keyOf(scope)) ?? []);
  }
}
