import { Argument, type Command, Option } from "commander";
import type { components } from "../schema.js";
import { unwrapResponse } from "../unwrapResponse.js";
import { createCommandClient } from "./commandClient.js";
import { usageError } from "./exitCodes.js";
import { formatTable } from "./resultWriters.js";
import { formatExamples, type Terminal, timeText, toOneLine } from "./terminal.js";

type Webhook = components["schemas"]["Webhook"];
type Delivery = components["schemas"]["WebhookDelivery"];
type Client = ReturnType<typeof createCommandClient>;

const ACTIONS = ["add", "show", "test", "remove"] as const;
type Action = (typeof ACTIONS)[number];
const EVENTS = ["needs-attention", "completed", "deactivated", "dead-letter"] as const;
type WebhookEvent = (typeof EVENTS)[number];

const WEBHOOK_PATH = "/v1/webhooks/{webhook_id}";

interface WebhooksOptions {
  event?: WebhookEvent[];
  label?: string;
  all?: true;
  description?: string;
  json?: true;
}

/** Adds the command `webhooks`. */
export function addWebhooksCommand(program: Command, terminal: Terminal): void {
  program
    .command("webhooks")
    .description("list, add, show, test or remove addresses that the service calls at events of workflows")
    .addArgument(new Argument("[action]", "none: list them").choices(ACTIONS))
    .argument("[target]", "add: the address; else the id, WH-…")
    .addOption(new Option("--event <events...>", "add: the events (default: all)").choices(EVENTS))
    .option("--label <key=value>", "add: for workflows with this label, instead of your own ones")
    .option("--all", "add: for all workflows; only for operators")
    .option("--description <text>", "add: a text for people")
    .option("--json", "print the responses as JSON")
    .addHelpText(
      "after",
      formatExamples(
        "ewms webhooks add https://hooks.example.org/ewms --event completed --event needs-attention",
        "ewms webhooks add https://hooks.example.org/ewms --label season=IC86.2024",
        "ewms webhooks test WH-5f0c9a3e1b7d2468",
        "ewms webhooks show WH-5f0c9a3e1b7d2468",
      ),
    )
    .action(async (action: Action | undefined, target: string | undefined, options: WebhooksOptions) => {
      checkUsage(action, target, options);
      const client = createCommandClient(program, terminal);
      if (action === undefined || target === undefined) await listWebhooks(client, terminal, options);
      else await RUN_ACTION[action](client, terminal, target, options);
    });
}

/** @throws CommandError for arguments that contradict each other */
function checkUsage(action: Action | undefined, target: string | undefined, options: WebhooksOptions): void {
  const { event, label, all, description } = options;
  if (action !== undefined && target === undefined)
    throw usageError(action === "add" ? "webhooks add needs an address" : `webhooks ${action} needs an id, WH-…`);
  if (action !== "add" && [event, label, all, description].some((option) => option !== undefined))
    throw usageError("--event, --label, --all and --description belong to webhooks add");
  if (label !== undefined && all) throw usageError("--label and --all exclude each other");
}

async function listWebhooks(client: Client, terminal: Terminal, { json }: WebhooksOptions): Promise<void> {
  const { webhooks } = await unwrapResponse(client.GET("/v1/webhooks"));
  if (json) await terminal.print(...webhooks.map((each) => JSON.stringify(each)));
  else if (webhooks.length === 0) await terminal.print("There are no webhooks.");
  else await terminal.print(webhooksTable(terminal, webhooks));
}

const RUN_ACTION: Record<
  Action,
  (client: Client, terminal: Terminal, target: string, options: WebhooksOptions) => Promise<void>
> = {
  async add(client, terminal, url, { event = [...EVENTS], label, all, description, json }) {
    const scope = all ? { all } : label === undefined ? { owner: "me" as const } : { label };
    const body = { url, events: event, scope, ...(description !== undefined && { description }) };
    const added = await unwrapResponse(client.POST("/v1/webhooks", { body }));
    if (json) return terminal.print(JSON.stringify(added));
    return terminal.print(
      added.webhook_id,
      `Secret: ${added.secret}`,
      "The signatures are made with the secret. It is not shown again.",
    );
  },

  async show(client, terminal, webhook_id, { json }) {
    const shown = await unwrapResponse(client.GET(WEBHOOK_PATH, { params: { path: { webhook_id } } }));
    if (json) return terminal.print(JSON.stringify(shown));
    return terminal.print(
      webhooksTable(terminal, [shown]),
      "",
      shown.deliveries.length === 0 ? "It was not called yet." : deliveriesTable(terminal, shown.deliveries),
    );
  },

  async test(client, terminal, webhook_id, { json }) {
    const path = "/v1/webhooks/{webhook_id}/actions/test";
    const sent = await unwrapResponse(client.POST(path, { params: { path: { webhook_id } } }));
    if (json) return terminal.print(JSON.stringify(sent));
    return terminal.print(`${sent.delivery_id} will be sent; ewms webhooks show ${webhook_id} shows the outcome.`);
  },

  async remove(client, terminal, webhook_id, { json }) {
    const removed = await unwrapResponse(client.DELETE(WEBHOOK_PATH, { params: { path: { webhook_id } } }));
    return terminal.print(json ? JSON.stringify(removed) : `${removed.webhook_id} is removed.`);
  },
};

function scopeText({ scope }: Webhook): string {
  if ("owner" in scope) return `of ${scope.owner}`;
  return "label" in scope ? `label ${scope.label}` : "all";
}

const webhooksTable = (terminal: Terminal, webhooks: readonly Webhook[]): string =>
  formatTable(
    terminal,
    ["WEBHOOK", "WORKFLOWS", "EVENTS", "ADDRESS"],
    webhooks.map((each) => [
      toOneLine(each.webhook_id),
      toOneLine(scopeText(each)),
      each.events.join(", "),
      toOneLine(each.url),
    ]),
  );

const deliveriesTable = (terminal: Terminal, deliveries: readonly Delivery[]): string =>
  formatTable(
    terminal,
    ["TIME", "EVENT", "WORKFLOW", "ATTEMPT", "OUTCOME"],
    deliveries.map(({ timestamp, event, workflow_id, attempt, status, error, is_final }) => [
      timeText(timestamp),
      event,
      toOneLine(workflow_id ?? "-"),
      String(attempt),
      error === null
        ? terminal.colorize("green", `HTTP ${status}`)
        : terminal.colorize(is_final ? "red" : "yellow", toOneLine(error)),
    ]),
  );
