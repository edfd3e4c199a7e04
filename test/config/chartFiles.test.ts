import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { renderSecretNames, replaceChartSettings } from "../../scripts/docs/chartSettings.js";
import { describeSettings } from "../../src/config/settings.js";

const read = (file: string): string => readFileSync(file, "utf8");
const readChart = (file: string): string => read(`ops/kubernetes/ewms-wms/${file}`);

/** The part of a schema that is tested. */
interface ValuesSchema {
  properties: { settings: { additionalProperties: boolean; properties: Record<string, { type: string | string[] }> } };
}

test("schema and secrets of the Helm chart are those of the code (else: npm run docs)", () => {
  const schema = readChart("values.schema.json");
  expect(schema).toBe(replaceChartSettings(schema));
  expect(readChart("files/secret-settings.json")).toBe(renderSecretNames());
});

test("the schema knows every setting with its type, and no other", () => {
  const { settings } = (JSON.parse(readChart("values.schema.json")) as ValuesSchema).properties;
  const names = describeSettings().flatMap(({ name, isSecret }) => [name, ...(isSecret ? [`${name}_FILE`] : [])]);
  expect(settings.additionalProperties).toBe(false);
  expect(Object.keys(settings.properties)).toEqual(names);
  const typeOf = (name: string) => settings.properties[name]?.type;
  expect(typeOf("REDIS_TLS")).toBe("boolean");
  expect(typeOf("MAX_CONNECTIONS_PER_ADDRESS")).toBe("integer");
  expect(typeOf("ANSWER_SECONDS")).toBe("number");
  expect(typeOf("PUBLIC_URL")).toBe("string");
  expect(typeOf("CLUSTER_LOCATIONS")).toEqual(["object", "string"]);
});

test("chart and image have the version of the package", () => {
  const { version } = JSON.parse(read("package.json")) as { version: string };
  expect(parse(readChart("Chart.yaml"))).toMatchObject({ version, appVersion: version });
});

test("the chart has the alerts of Prometheus", () => {
  expect(readChart("files/alerts.yml")).toBe(read("ops/prometheus/alerts.yml"));
});
