import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { parseAllDocuments } from "yaml";

const run = promisify(execFile);

/** The folder of the chart. */
export const CHART = "ops/kubernetes/ewms-wms";
/** The name of the release in tests. */
export const RELEASE = "wms";
/** Its prefix of names. */
export const FULLNAME = "wms-ewms-wms";

type Labels = Record<string, string>;

/** A rendered object. `spec` has the type that the test expects. */
export interface KubernetesObject<Spec = unknown> {
  apiVersion: string;
  kind: string;
  metadata: { name: string; namespace: string; labels: Labels; annotations?: Labels };
  data?: Record<string, string>;
  spec: Spec;
}

/** A probe by HTTP. */
export interface Probe {
  httpGet: { path: string; port: string };
  periodSeconds: number;
  failureThreshold: number;
}

/** The parts of a container that are tested. */
export interface Container {
  image: string;
  args?: string[];
  env?: { name: string; value: string }[];
  envFrom?: { configMapRef?: { name: string }; secretRef?: { name: string } }[];
  ports: { name: string; containerPort: number }[];
  startupProbe: Probe;
  readinessProbe: Probe;
  livenessProbe: Probe;
  volumeMounts?: { name: string; mountPath: string; readOnly?: boolean; mountPropagation?: string }[];
}

/** The parts of a Deployment's or StatefulSet's specification that are tested. */
export interface WorkloadSpec {
  replicas?: number;
  strategy: { rollingUpdate: { maxUnavailable: number } };
  selector: { matchLabels: Labels };
  template: {
    metadata: { labels: Labels; annotations: Labels };
    spec: { terminationGracePeriodSeconds: number; containers: [Container]; volumes?: { name: string }[] };
  };
}

/** Values of the chart; `--values` accepts JSON. */
export type Values = Record<string, unknown>;

/** What helm prints when it renders a chart: a folder or a package. @throws with stderr when helm refuses the values */
export async function renderText(helm: string, values: Values, chart = CHART): Promise<string> {
  const rendering = run(helm, ["template", RELEASE, chart, "--namespace", "ewms", "--values", "-"]);
  rendering.child.stdin?.end(JSON.stringify(values));
  return (await rendering).stdout;
}

/** The objects in a text that helm printed. */
export const parseObjects = (text: string): KubernetesObject[] =>
  parseAllDocuments(text).flatMap((document) => (document.toJS() as KubernetesObject | null) ?? []);

/** The rendered objects of a release. */
export class RenderedChart {
  constructor(readonly objects: readonly KubernetesObject[]) {}

  static async render(helm: string, values: Values): Promise<RenderedChart> {
    return new RenderedChart(parseObjects(await renderText(helm, values)));
  }

  ofKind<Spec>(kind: string): KubernetesObject<Spec>[] {
    return this.objects.filter((object) => object.kind === kind) as KubernetesObject<Spec>[];
  }

  /** The object of a kind with a name, which begins with the release's prefix. @throws if there is none */
  get<Spec>(kind: string, suffix: string): KubernetesObject<Spec> {
    const found = this.ofKind<Spec>(kind).find(({ metadata }) => metadata.name === `${FULLNAME}${suffix}`);
    if (found === undefined) throw new Error(`there is no ${kind} ${FULLNAME}${suffix}`);
    return found;
  }

  /** The environment of a program, without a Secret that is not the chart's. */
  environmentOf(program: "web" | "worker"): Record<string, string> {
    const [container] = this.get<WorkloadSpec>("Deployment", `-${program}`).spec.template.spec.containers;
    const sources = (container.envFrom ?? []).map(({ configMapRef, secretRef }) =>
      configMapRef ? this.#dataOf("ConfigMap", configMapRef.name) : this.#secretsOf(secretRef?.name ?? ""),
    );
    return Object.assign({}, ...sources) as Record<string, string>;
  }

  #dataOf(kind: string, name: string): Record<string, string> {
    return this.objects.find((object) => object.kind === kind && object.metadata.name === name)?.data ?? {};
  }

  #secretsOf(name: string): Record<string, string> {
    const decoded = Object.entries(this.#dataOf("Secret", name)).map(([key, value]): [string, string] => [
      key,
      Buffer.from(value, "base64").toString(),
    ]);
    return Object.fromEntries(decoded);
  }
}

/** Whether labels have all values that a selector requires. */
export const matches = (labels: Labels, selector: Labels): boolean =>
  Object.entries(selector).every(([name, value]) => labels[name] === value);
