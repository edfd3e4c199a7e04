import { expect } from "vitest";
import { needAttention } from "../../client/src/phases.js";
import { type Diagnosis, FINDING_RULES, type Finding, type FindingCode } from "../../src/domain/diagnosis.js";
import type { SummaryResponse } from "../../src/domain/summary.js";
import type { PageDriver } from "../page/pageDriver.js";
import { waitForValue } from "../setup/waitFor.js";
import type { StagedService } from "./stagedService.js";

/** Where a finding is visible. The id of the service is empty. */
export interface FindingPlace {
  kind: "workflow" | "taskforce" | "schedd" | "service";
  id: string;
}

/** A finding that a cause must show. */
export interface ExpectedFinding extends FindingPlace {
  code: FindingCode;
  /** The whole sentence; `<duration>`, `<time>` and `<any>` stand for what varies. */
  sentence: RegExp;
}

const PATTERNS = { duration: "\\d+ (?:s|min)", time: "(?:\\d{4}-\\d\\d-\\d\\d )?\\d\\d:\\d\\d UTC", any: ".+" };

/** A pattern of a whole sentence. `<duration>`, `<time>` and `<any>` stand for what varies. */
export function worded(text: string): RegExp {
  const escaped = text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  return new RegExp(`^${escaped.replace(/<(duration|time|any)>/g, (_, name) => PATTERNS[name as "any"])}$`);
}

/** A finding that a workflow and its only taskforce share. */
export const inWorkflow = (
  ids: { workflow: string; taskforce: string },
  code: FindingCode,
  sentence: string,
): ExpectedFinding[] => [
  { kind: "workflow", id: ids.workflow, code, sentence: worded(sentence) },
  { kind: "taskforce", id: ids.taskforce, code, sentence: worded(sentence) },
];

export const inSchedd = (schedd: string, code: FindingCode, sentence: string): ExpectedFinding[] => [
  { kind: "schedd", id: schedd, code, sentence: worded(sentence) },
  { kind: "service", id: "", code, sentence: worded(sentence) },
];

export const inService = (code: FindingCode, sentence: string): ExpectedFinding[] => [
  { kind: "service", id: "", code, sentence: worded(sentence) },
];

const PATHS = { workflow: "/v1/workflows/", taskforce: "/v1/taskforces/", schedd: "/v1/schedds/", service: "/v1" };

/** The findings of a place with the expected code. */
async function readFindings(service: StagedService, { kind, id, code }: ExpectedFinding): Promise<Finding[]> {
  const path = `${PATHS[kind]}${encodeURIComponent(id)}/diagnosis`;
  const { findings } = await service.request<Diagnosis>("GET", path);
  return findings.filter((finding) => finding.code === code);
}

/** A sentence as page and command line show it. Durations grow between two reads. */
const shown = (text: string): string => withoutDurations(`${text.charAt(0).toUpperCase()}${text.slice(1)}.`);
const withoutDurations = (text: string): string => text.replace(/\b\d+ (?:s|min)\b/g, "<duration>");

/** Expects that API, summary, command line, page and metric show findings. */
export async function expectShown(
  service: StagedService,
  page: PageDriver,
  all: readonly ExpectedFinding[],
): Promise<void> {
  const found = await Promise.all(
    all.map(async (expected) => ({ expected, finding: await findExpected(service, expected) })),
  );
  const onPage = async () => {
    for (const { expected, finding } of found) await expectOnPage(service, page, expected, finding);
  };
  await Promise.all([...found.map(({ expected, finding }) => expectInAnswers(service, expected, finding)), onPage()]);
}

/** Waits until a diagnosis has a finding. */
async function findExpected(service: StagedService, expected: ExpectedFinding): Promise<Finding> {
  const { kind, id, code } = expected;
  const isExpected = ({ sentence }: Finding): boolean => expected.sentence.test(sentence);
  const found = await waitForValue(
    `the diagnosis of the ${kind} ${id} has ${code}: ${expected.sentence}`,
    () => readFindings(service, expected),
    (findings) => findings.some(isExpected),
  );
  const finding = found.find(isExpected) as Finding;
  expect(finding).toMatchObject(ruleOf(code));
  return finding;
}

/** Expects a finding in summary, command line and metric. */
async function expectInAnswers(service: StagedService, expected: ExpectedFinding, finding: Finding): Promise<void> {
  const { kind, id } = expected;
  await Promise.all([
    kind === "workflow" ? expectInSummary(service, id, finding) : undefined,
    expectInCommand(service, expected, finding),
    kind === "schedd" || kind === "service" ? expectMetric(service, finding, 1) : undefined,
  ]);
}

const runWhy = (service: StagedService, { kind, id }: FindingPlace): Promise<string> =>
  service.runCommand("why", ...(kind === "workflow" || kind === "taskforce" ? [id] : []));

async function expectInCommand(
  service: StagedService,
  place: FindingPlace,
  { sentence, action }: Finding,
): Promise<void> {
  const lines = withoutDurations(await runWhy(service, place)).split("\n");
  expect(lines).toContain(shown(sentence));
  if (action !== null) expect(lines.at(lines.indexOf(shown(sentence)) + 1)).toBe(`  ${action}`);
}

const ruleOf = (code: FindingCode) => ({ severity: FINDING_RULES[code].severity, action: FINDING_RULES[code].action });

async function expectInSummary(service: StagedService, workflow: string, finding: Finding): Promise<void> {
  const summary = await service.request<SummaryResponse>("GET", `/v1/workflows/${workflow}/summary`);
  expect(withoutDurations(summary.waiting_for ?? "")).toBe(withoutDurations(finding.sentence));
  expect(summary.findings[0]).toMatchObject({ code: finding.code, ...ruleOf(finding.code) });
}

const isOnPage = ({ kind, code }: Pick<ExpectedFinding, "kind" | "code">, finding?: Finding): boolean =>
  kind !== "taskforce" &&
  !(kind === "service" && (FINDING_RULES[code].severity === "info" || finding?.subject.kind === "schedd"));

/** The texts of the findings on the page's view of a place. */
async function readPage(driver: PageDriver, { kind, id }: FindingPlace): Promise<() => Promise<string[]>> {
  const path = { workflow: `/workflows/${id}`, schedd: `/schedds/${id}`, service: "/", taskforce: "/" }[kind];
  await driver.openView(path);
  return async () => {
    const texts = await driver.page.locator(".findings > li").allTextContents();
    return texts.map((text) => withoutDurations(text.replace(/\s+/g, " ")));
  };
}

async function expectOnPage(
  service: StagedService,
  page: PageDriver,
  expected: ExpectedFinding,
  finding: Finding,
): Promise<void> {
  if (!isOnPage(expected, finding)) return;
  const read = await readPage(page, expected);
  const isShown = (text: string) => text.includes(shown(finding.sentence)) && text.includes(finding.action ?? "");
  await waitForValue(`${finding.sentence} on the page`, read, (texts) => texts.some(isShown));
  if (expected.kind !== "workflow") return;
  const { findings } = await service.request<Diagnosis>("GET", `/v1/workflows/${expected.id}/diagnosis`);
  const badge = await page.page.locator(".state").first().textContent();
  expect(badge?.includes("needs attention")).toBe(needAttention(findings));
}

/** @param value 1 while a finding exists; otherwise 0, or undefined for that of a schedd */
async function expectMetric(
  service: StagedService,
  { code, subject }: Pick<Finding, "code" | "subject">,
  value: 0 | 1,
): Promise<void> {
  const schedd = subject.kind === "schedd" ? subject.id : "";
  await waitForValue(
    `wms_findings of ${code} ${schedd} is ${value}`,
    async () => (await service.scrape()).value("wms_findings", { code, schedd, ...severityOf(code) }) ?? 0,
    (read) => read === value,
  );
}

const severityOf = (code: FindingCode) => ({ severity: FINDING_RULES[code].severity });

/** Expects that findings are gone everywhere. */
export async function expectGone(
  service: StagedService,
  page: PageDriver,
  all: readonly ExpectedFinding[],
): Promise<void> {
  await Promise.all(all.map((expected) => waitUntilGone(service, expected)));
  const onPage = async () => {
    for (const expected of all) if (isOnPage(expected)) await expectNotOnPage(page, expected);
  };
  await Promise.all([...all.map((expected) => expectNotInAnswers(service, expected)), onPage()]);
}

async function waitUntilGone(service: StagedService, expected: ExpectedFinding): Promise<void> {
  const { kind, id, code, sentence } = expected;
  await waitForValue(
    `${code} leaves the diagnosis of the ${kind} ${id}`,
    () => readFindings(service, expected),
    // In a diagnosis of the service, other schedds may have the same finding.
    (findings) => !findings.some((finding) => kind !== "service" || sentence.test(finding.sentence)),
  );
}

async function expectNotInAnswers(service: StagedService, expected: ExpectedFinding): Promise<void> {
  const { kind, id, code } = expected;
  if (kind === "workflow") {
    const summary = await service.request<SummaryResponse>("GET", `/v1/workflows/${id}/summary`);
    expect(summary.waiting_for ?? "").not.toMatch(expected.sentence);
    expect(summary.findings.map((finding) => finding.code)).not.toContain(code);
  }
  const sentences = (await runWhy(service, expected))
    .split("\n")
    .map((line) => `${line.charAt(0).toLowerCase()}${line.slice(1)}`.replace(/\.$/, ""));
  expect(sentences.filter((sentence) => matchesAnyCase(expected, sentence))).toEqual([]);
  const subject = { kind: kind === "schedd" ? kind : "service", id } as const;
  if (kind === "schedd" || kind === "service") await expectMetric(service, { code, subject }, 0);
}

/** Whether a text contains the sentence, whatever the case of its first letter. */
const matchesAnyCase = ({ sentence }: ExpectedFinding, text: string): boolean =>
  new RegExp(sentence.source.replace(/^\^|\$$/g, ""), "i").test(text);

async function expectNotOnPage(page: PageDriver, expected: ExpectedFinding): Promise<void> {
  const read = await readPage(page, expected);
  await waitForValue(
    `${expected.code} leaves the page`,
    read,
    (texts) => !texts.some((text) => matchesAnyCase(expected, text.replaceAll("<duration>", "1 s"))),
  );
}
