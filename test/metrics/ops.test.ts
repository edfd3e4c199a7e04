import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { FINDING_CODES, FINDING_RULES, type FindingCode } from "../../src/domain/diagnosis.js";
import { type ScriptedMqs, startScriptedMqs, statusResponse } from "../mqs/scriptedMqs.js";
import { makeTaskRequestAt, type ServiceScenario, startServiceScenario } from "../scenarios/serviceScenario.js";
import { waitForValue } from "../setup/waitFor.js";
import { Scrape, scrape } from "./scrape.js";

interface Alert {
  alert: string;
  expr: string;
  labels: { severity: string; finding?: FindingCode };
  annotations: { summary: string; runbook: string };
}
interface Panel {
  id: number;
  type: string;
  title: string;
  targets?: { expr: string }[];
}

const read = (file: string): string => readFileSync(file, "utf8");
const alerts = (parse(read("ops/prometheus/alerts.yml")) as { groups: { rules: Alert[] }[] }).groups.flatMap(
  ({ rules }) => rules,
);
const dashboard = JSON.parse(read("ops/grafana/wms.json")) as {
  panels: Panel[];
  templating: { list: { name: string; definition?: string }[] };
};
const runbookPage = read("docs/operations/alerts.md");
const metricsPage = read("docs/operations/observe.md");

/** Findings without an alert: repeated failures of a submission become dead letters, which have one. */
const WITHOUT_ALERT = new Set<FindingCode>(["submissions-failing"]);

/** The text of an alert's runbook, in one line. */
const runbookOf = (alert: string): string =>
  (runbookPage.split(`### ${alert}\n`)[1]?.split("\n### ")[0] ?? "").replaceAll("\n", " ");

/** A selector of PromQL: a name, and conditions for its labels. */
interface Selector {
  name: string;
  conditions: { label: string; operator: string; value: string }[];
}

/** Labels that Prometheus adds to each series. */
const ADDED = new Set(["job", "instance"]);

/** The metrics of this service, or of its process, that an expression reads. */
const selectorsOf = (expression: string): Selector[] =>
  [...expression.matchAll(/\b((?:wms|nodejs|process)_\w+)(?:\{((?:[^"}]|"[^"]*")*)\})?/g)].map(
    ([, name = "", conditions = ""]) => ({
      name,
      conditions: [...conditions.matchAll(/(\w+)(=~|!~|!=|=)"([^"]*)"/g)]
        .map(([, label = "", operator = "", value = ""]) => ({ label, operator, value }))
        .filter(({ label }) => !ADDED.has(label)),
    }),
  );

/** The labels that an expression groups by. */
const groupingOf = (expression: string): string[] =>
  [...expression.matchAll(/\bby \(([^)]*)\)/g)]
    .flatMap(([, labels = ""]) => labels.split(/, */))
    .filter((label) => !ADDED.has(label));

function holds(actual: string, operator: string, value: string): boolean {
  // The dashboard's variable matches any schedd.
  const pattern = new RegExp(`^(?:${value.replace("$schedd", ".*")})$`);
  if (operator === "=") return actual === value;
  if (operator === "!=") return actual !== value;
  return (operator === "=~") === pattern.test(actual);
}

/** Finds the selectors and labels of an expression that the service does not export. */
function problems(expression: string, seen: Scrape): string[] {
  const selected = selectorsOf(expression).map((selector) => ({
    selector,
    samples: seen
      .find(selector.name)
      .filter(({ labels }) =>
        selector.conditions.every(({ label, operator, value }) => holds(labels[label] ?? "", operator, value)),
      ),
  }));
  const nothing = selected.flatMap(({ selector, samples }) =>
    // A gauge without labels may have no value now: there is no identity provider here.
    samples.length > 0 || (selector.conditions.length === 0 && seen.types.has(selector.name))
      ? []
      : [`nothing is exported for ${JSON.stringify(selector)}`],
  );
  const known = new Set(selected.flatMap(({ samples }) => samples.flatMap(({ labels }) => Object.keys(labels))));
  const unknown = groupingOf(expression).filter((label) => !known.has(label));
  return [...nothing, ...unknown.map((label) => `no label ${label}`)];
}

let mqs: ScriptedMqs;
let scenario: ServiceScenario;
let seen: Scrape;
beforeAll(async () => {
  mqs = await startScriptedMqs();
  scenario = await startServiceScenario({ MQS_ADDRESS: mqs.address, RECONCILE_SECONDS: "0.2" });
  const at = scenario.nextAccessPoint();
  await scenario.createInPhase("condor-complete", at);
  mqs.script("reservation", "*", statusResponse(400));
  const refused = {
    tasks: [makeTaskRequestAt([at.location], { output_queue_aliases: ["events"] })],
    public_queue_aliases: [],
  };
  expect((await scenario.request("POST", "/v1/workflows", refused)).status).toBe(502);
  seen = await waitForValue(
    "reconcile has run and the refusal is counted",
    () => scrape(scenario.url),
    (now) =>
      now.value("wms_periodic_runs_total", { work: "reconcile" }) !== undefined &&
      now.value("wms_http_request_duration_seconds_count", { code: "502" }) === 1,
  );
});
afterAll(async () => {
  await scenario.close();
  await mqs.close();
});

describe("each alert", () => {
  it.each(alerts.map((alert) => [alert.alert, alert] as const))("%s", (name, alert) => {
    expect(problems(alert.expr, seen)).toEqual([]);
    expect(["critical", "warning"]).toContain(alert.labels.severity);
    expect(alert.annotations.summary).not.toBe("");
    expect(alert.annotations.runbook).toBe(`docs/operations/alerts.md#${name.toLowerCase()}`);
    expect(runbookPage.match(new RegExp(`^### ${name}$`, "gm"))).toHaveLength(1);
    expect(read("ops/prometheus/alerts.test.yml")).toContain(`ALERTS{alertname="${name}"`);
    const { finding } = alert.labels;
    if (finding === undefined) return;
    expect(FINDING_CODES).toContain(finding);
    expect(runbookOf(name)).toContain(`[${finding}](findings.md#${finding})`);
  });

  it("goes by the finding with the same cause: all errors and warnings have an alert", () => {
    const urgent = FINDING_CODES.filter((code) => FINDING_RULES[code].severity !== "info" && !WITHOUT_ALERT.has(code));
    const alerted = new Set(alerts.flatMap(({ labels }) => labels.finding ?? []));
    expect(urgent.filter((code) => !alerted.has(code))).toEqual([]);
  });

  it("has the only runbooks", () => {
    const runbooks = [...runbookPage.matchAll(/^### (Wms\w+)$/gm)].map(([, name]) => name);
    expect(runbooks.sort()).toEqual(alerts.map(({ alert }) => alert).sort());
    const links = [...runbookPage.matchAll(/\]\(#(wms\w+)\)/g)].map(([, anchor]) => anchor);
    for (const link of links) expect(runbooks.map((name) => name?.toLowerCase())).toContain(link);
  });
});

describe("the dashboard", () => {
  const panels = dashboard.panels.filter(({ type }) => type !== "row");

  it.each(panels.map((panel) => [panel.title, panel] as const))("shows what is exported: %s", (_title, panel) => {
    expect(panel.targets?.length).toBeGreaterThan(0);
    for (const { expr } of panel.targets ?? []) expect(problems(expr, seen)).toEqual([]);
  });

  it("has a unique id for each panel, and variables with values", () => {
    expect(new Set(dashboard.panels.map(({ id }) => id)).size).toBe(dashboard.panels.length);
    const schedds = dashboard.templating.list.find(({ name }) => name === "schedd");
    expect(problems(schedds?.definition ?? "", seen)).toEqual([]);
  });
});

it("Prometheus' configuration reads the alerts, and names its jobs as they expect", () => {
  const config = parse(read("ops/prometheus/prometheus.yml")) as {
    rule_files: string[];
    scrape_configs: { job_name: string }[];
  };
  expect(config.rule_files).toEqual(["alerts.yml"]);
  expect(config.scrape_configs.map(({ job_name }) => job_name)).toEqual(["wms-web", "wms-worker"]);
});

it("Alertmanager's configuration mutes alerts that exist, all others while Redis is unreachable", () => {
  const { inhibit_rules: rules } = parse(read("ops/prometheus/alertmanager.yml")) as {
    inhibit_rules: { source_matchers: string[]; target_matchers: string[] }[];
  };
  const names = alerts.map(({ alert }) => alert);
  const matched = (matchers: string[]) =>
    names.filter((name) =>
      matchers.every((matcher) => {
        const [label, operator = "", value = ""] = matcher.split(/ (=~|!=|=) /);
        expect(label).toBe("alertname");
        return holds(name, operator, value.replaceAll('"', ""));
      }),
    );
  for (const { source_matchers, target_matchers } of rules) {
    for (const matcher of [...source_matchers, ...target_matchers])
      for (const [name] of matcher.matchAll(/Wms\w+/g)) expect(names).toContain(name);
    expect(matched(source_matchers)).not.toEqual([]);
    expect(matched(target_matchers).filter((name) => matched(source_matchers).includes(name))).toEqual([]);
  }
  const whileAway = rules.find(({ source_matchers }) => matched(source_matchers).includes("WmsRedisAway"));
  expect(matched(whileAway?.target_matchers ?? [])).toEqual(names.filter((name) => name !== "WmsRedisAway"));
});

it("the manual lists exactly the exported metrics with their types and labels", () => {
  const listed = [...metricsPage.matchAll(/^\| `(wms_\w+)` \| (\w+) \|([^|]*)\|/gm)].map(
    ([, name = "", type = "", labels = ""]) => [name, type, labels.trim()] as const,
  );
  const exported = [...seen.types].filter(([name]) => name.startsWith("wms_"));
  expect(listed.map(([name, type]) => [name, type]).sort()).toEqual(exported.sort());
  for (const [name, type, labels] of listed) {
    const [sample] = seen.find(type === "histogram" ? `${name}_count` : name);
    expect([name, Object.keys(sample?.labels ?? {}).sort()]).toEqual([
      name,
      labels === "" ? [] : labels.split(", ").sort(),
    ]);
  }
});

it("the check finds wrong expressions", () => {
  const little = new Scrape('wms_taskforces{phase="pre-launch",schedd="A"} 1\n');
  const wrong = (expression: string) => problems(expression, little).length;
  expect(wrong('max by (phase) (wms_taskforces{schedd=~"$schedd"})')).toBe(0);
  expect(wrong("wms_taskforce")).toBe(1);
  expect(wrong('wms_taskforces{phase="condor-rm"}')).toBe(1);
  expect(wrong("max by (state) (wms_taskforces)")).toBe(1);
});
