import { type Command, InvalidArgumentError } from "commander";
import type { components } from "../schema.js";
import { unwrapResponse } from "../unwrapResponse.js";
import { idParser } from "./argumentParsers.js";
import { createCommandClient } from "./commandClient.js";
import { usageError } from "./exitCodes.js";
import { findWorkflowId } from "./findId.js";
import { formatExamples, type Terminal, timeText, toIndentedLines, toOneLine } from "./terminal.js";

type ShownAnnotations = components["schemas"]["WorkflowAnnotations"];

/** Adds a label to those of earlier options: `season=IC86`. @throws InvalidArgumentError for a repeated key */
export function collectLabel(text: string, earlier: Record<string, string> = {}): Record<string, string> {
  const [, key = "", value = ""] = /^([^=]*)=?(.*)$/s.exec(text) ?? [];
  // A header separates labels by commas.
  if (value.includes(",")) throw new InvalidArgumentError(`The label "${key}" must not contain a comma.`);
  if (Object.hasOwn(earlier, key)) throw new InvalidArgumentError(`The label "${key}" is given twice.`);
  return { ...earlier, [key]: value };
}

interface AnnotateOptions {
  name?: string;
  label?: Record<string, string>;
  removeLabel?: string[];
  note?: string;
  json?: true;
}

/** Adds the command `annotate`. */
export function addAnnotateCommand(program: Command, terminal: Terminal): void {
  program
    .command("annotate")
    .description("show or change the name, labels and note of a workflow")
    .argument("<workflow>", "WF-…", idParser("workflow"))
    .option("--name <name>", "a short name; empty removes it")
    .option("--label <key=value>", "add or replace a label; repeatable", collectLabel)
    .option("--remove-label <keys...>", "remove labels")
    .option("--note <text>", "a text of any form; empty removes it")
    .option("--json", "print the result as JSON in one line")
    .addHelpText(
      "after",
      formatExamples(
        'ewms annotate WF-6b055875-627b889b --name "Cascades, IC86" --label season=IC86.2024',
        "ewms annotate WF-6b055875-627b889b",
      ),
    )
    .action(async (workflow: string, { json, ...changes }: AnnotateOptions) => {
      const client = createCommandClient(program, terminal);
      const params = { path: { workflow_id: await findWorkflowId(terminal, client, workflow) } };
      const path = "/v1/workflows/{workflow_id}/annotations";
      const before = await unwrapResponse(client.GET(path, { params }));
      const isChange = Object.keys(changes).length > 0;
      const shown = isChange
        ? await unwrapResponse(client.PUT(path, { params, body: applyChanges(before, changes) }))
        : before;
      await terminal.print(...(json ? [JSON.stringify(shown)] : describeAnnotations(shown)));
    });
}

function applyChanges({ name, labels, note }: ShownAnnotations, changes: Omit<AnnotateOptions, "json">) {
  const missing = (changes.removeLabel ?? []).find((key) => !Object.hasOwn(labels ?? {}, key));
  if (missing !== undefined) throw usageError(`there is no label "${missing}" to remove`);
  const kept = Object.entries(labels ?? {}).filter(([key]) => !changes.removeLabel?.includes(key));
  return {
    name: (changes.name ?? name) || null,
    labels: { ...Object.fromEntries(kept), ...changes.label },
    note: (changes.note ?? note) || null,
  };
}

function describeAnnotations({ name, labels = {}, note, owner, client, created = 0 }: ShownAnnotations): string[] {
  const pairs = Object.entries(labels).map(([key, value]) => (value === "" ? key : `${key}=${value}`));
  const by = owner ? ` by ${toOneLine(owner.name ?? owner.subject)}` : "";
  return [
    `Name:    ${name ? toOneLine(name) : "-"}`,
    `Labels:  ${pairs.length === 0 ? "-" : pairs.map(toOneLine).join(", ")}`,
    `Note:    ${note ? toIndentedLines(note, "         ") : "-"}`,
    `Created: ${timeText(created)}${by}${client ? ` with ${toOneLine(client)}` : ""}`,
  ];
}
