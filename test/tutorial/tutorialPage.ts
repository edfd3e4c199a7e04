import { readFileSync } from "node:fs";

/** A command of a page and its output. */
export interface CommandStep {
  command: string;
  /** The lines of output; `…` matches any text. */
  output: string[];
}

/** A block of a page that a test executes. */
export type Block =
  /** Commands, one after the other. */
  | { kind: "steps"; steps: CommandStep[] }
  /** A command that continues in a named terminal. */
  | { kind: "background"; terminal: string; step: CommandStep }
  /** The output of a named terminal after its command has ended. */
  | { kind: "ends"; terminal: string; output: string[] }
  | { kind: "file"; name: string; content: string };

const FENCE = /^```(\w+)(?: ([^\n]+))?\n(.*?)^```$/gms;

/** Parses the blocks of a page that a test executes: `console` blocks, and blocks with the name of a file. */
export function parseBlocks(page: string): Block[] {
  return [...readFileSync(page, "utf8").matchAll(FENCE)].flatMap(([, language, mark, content = ""]): Block[] => {
    if (language !== "console") return mark === undefined ? [] : [{ kind: "file", name: mark, content }];
    if (mark === undefined) return [{ kind: "steps", steps: parseSteps(content) }];
    const [terminal = "", ends] = mark.split(" ");
    if (ends === "ends") return [{ kind: "ends", terminal, output: linesOf(content) }];
    const [step] = parseSteps(content);
    return step === undefined ? [] : [{ kind: "background", terminal, step }];
  });
}

const linesOf = (text: string): string[] => text.replace(/\n$/, "").split("\n");

function parseSteps(content: string): CommandStep[] {
  const steps: CommandStep[] = [];
  for (const line of linesOf(content)) {
    if (line.startsWith("$ ")) steps.push({ command: line.slice(2), output: [] });
    else steps.at(-1)?.output.push(line);
  }
  return steps;
}

/** Texts that vary between runs, and their patterns. */
const VARYING: [shown: RegExp, matches: string][] = [
  [/\b(WF|TK|TF)(-[0-9a-f]+)+/g, "$1(-[0-9a-f]+)+"],
  [/\d{4}-\d\d-\d\dT[\d:]+Z/g, "\\d{4}-\\d\\d-\\d\\dT[\\d:]+Z"],
  [/\d\d:\d\d:\d\d\.\d{3}/g, "\\d\\d:\\d\\d:\\d\\d\\.\\d{3}"],
  [/\b\d+ (s|min)\b/g, "\\d+ (s|min)( \\d+ s)?"],
  [/cluster \d+/g, "cluster \\d+"],
  [/127\.0\.0\.1:\d+/g, "127\\.0\\.0\\.1:\\d+"],
];

/** Whether an output matches a page, apart from ids, times and `…`. A line with only `…` matches any lines. */
export function matchesOutput(printed: string, shown: string[]): boolean {
  const pattern = shown.map((line) => (line === "…" ? "(.*\\n)*" : `${linePattern(line)}\\n`)).join("");
  return new RegExp(`^${pattern}$`).test(printed.replaceAll("\r", "").replace(/\n?$/, printed === "" ? "" : "\n"));
}

function linePattern(line: string): string {
  // The width of a column depends on its texts.
  let pattern = line
    .replace(/[.*+?^${}()|[\]\\]/g, "\\$&")
    .replaceAll("…", ".*")
    .replace(/(?<=\S) {2,}/g, " {2,}");
  for (const [shown, matches] of VARYING) pattern = pattern.replace(new RegExp(escapedPattern(shown), "g"), matches);
  return pattern;
}

/** The expression for a text with escaped special characters. */
const escapedPattern = ({ source }: RegExp): string => source.replaceAll("\\.", "\\\\\\.");
