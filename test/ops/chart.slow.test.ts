import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { networkInterfaces } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { readConfig } from "../../src/config/config.js";
import { describeSettings, secretSettings } from "../../src/config/settings.js";
import { ServiceProcess } from "../processes/serviceProcess.js";
import { freshDatabase } from "../setup/database.js";
import { pickFreePort } from "../setup/freePort.js";
import { sendRequest } from "../setup/http.js";
import { installPythonPackages } from "../setup/python.js";
import { temporaryFolder } from "../setup/temporaryFolder.js";
import { BASE_PATH, EVERYTHING, EXISTING_SECRET, MINIMAL, TRIAL } from "./chartValues.js";
import { findOrBuildHelm } from "./helm.js";
import {
  CHART,
  FULLNAME,
  type KubernetesObject,
  matches,
  parseObjects,
  RenderedChart,
  renderText,
  type Values,
  type WorkloadSpec,
} from "./renderedChart.js";

const run = promisify(execFile);

const VALUE_SETS: [name: string, values: Values][] = [
  ["the least values", MINIMAL],
  ["a trial with Redis", TRIAL],
  ["a base path", BASE_PATH],
  ["a Secret of the user", EXISTING_SECRET],
  ["every option", EVERYTHING],
  [
    "a claim for pilot images",
    {
      ...MINIMAL,
      settings: { ...(MINIMAL["settings"] as object), CVMFS_PILOT_SINGULARITY_IMAGES_DIR: "/pilots" },
      pilotImages: { existingClaim: "cvmfs" },
    },
  ],
];

/** The package with the schemas, the newest two versions of Kubernetes in it, and the oldest that the chart accepts. */
const SCHEMAS = "kubernetes-validate==1.37.0";
const KUBERNETES_VERSIONS = ["1.37", "1.36", "1.27"];

/** Kinds of the Prometheus operator, which Kubernetes' own schemas lack. */
const isCustom = ({ apiVersion }: KubernetesObject): boolean => apiVersion.startsWith("monitoring.coreos.com/");

const PROGRAMS = ["web", "worker"] as const;

const installedHelm = await findOrBuildHelm();
const validatorFolder = await installPythonPackages([SCHEMAS], afterAll);

describe.runIf(installedHelm)("the Helm chart (needs helm, or Go and its modules to build it)", () => {
  const helm = installedHelm ?? "";
  const charts = new Map<string, RenderedChart>();
  const chartFor = (name: string): RenderedChart => charts.get(name) ?? new RenderedChart([]);
  const least = () => chartFor("the least values");
  const everything = () => chartFor("every option");

  /** What helm prints when it refuses values. */
  const refusalOf = (values: Values): Promise<string> =>
    renderText(helm, values).then(
      () => "accepted",
      (error: { stderr: string }) => error.stderr,
    );
  const withSettings = (settings: object): Values => ({
    settings: { ...(MINIMAL["settings"] as object), ...settings },
  });

  beforeAll(async () => {
    for (const [name, values] of VALUE_SETS) charts.set(name, await RenderedChart.render(helm, values));
  });

  it("passes helm lint --strict", async () => {
    const { stdout } = await run(helm, ["lint", "--strict", CHART]);
    expect(stdout).toContain("1 chart(s) linted, 0 chart(s) failed");
  });

  it("passes the commands of its workflow", async () => {
    const { jobs } = parse(readFileSync(".github/workflows/chart.yml", "utf8")) as {
      jobs: { chart: { steps: { run?: string }[] } };
    };
    const commands = jobs.chart.steps.flatMap(
      ({ run: command = "" }) => /^helm (?!package)(.*)$/.exec(command)?.[1] ?? [],
    );
    expect(commands.length).toBe(2);
    for (const command of commands) await run(helm, command.split(" "));
  });

  describe.runIf(validatorFolder)(
    "every object has the schema of Kubernetes (needs python3 with venv, and PyPI)",
    () => {
      let folder = "";
      const ended: (() => Promise<void>)[] = [];
      beforeAll(async () => {
        folder = await temporaryFolder((remove) => ended.push(remove));
      });
      afterAll(() => Promise.all(ended.map((remove) => remove())));

      /** @returns a line for each object */
      async function validate(version: string, yaml: string): Promise<string> {
        const file = join(folder, "objects.yaml");
        await writeFile(file, yaml);
        const validating = run(join(validatorFolder ?? "", "kubernetes-validate"), ["-k", version, "--strict", file]);
        return (await validating.catch((error: { stdout: string }) => error)).stdout;
      }

      it.each(KUBERNETES_VERSIONS)("of version %s, with each set of values", async (version) => {
        for (const [name, values] of VALUE_SETS) {
          const objects = chartFor(name).objects.filter((object) => !isCustom(object));
          expect(objects.length, name).toBeGreaterThanOrEqual(9);
          const report = await validate(version, await renderText(helm, values));
          expect(report.match(/^INFO .* passed .*$/gm)?.length, report).toBe(objects.length);
          expect(report).toContain(`against version ${version}\n`);
          expect(report).not.toContain("ERROR");
        }
      });

      it("a wrong field and a wrong type are found", async () => {
        const deployment = least().get<WorkloadSpec>("Deployment", "-web");
        const validateWith = (change: object) =>
          validate("1.37", JSON.stringify({ ...deployment, spec: { ...deployment.spec, ...change } }));
        expect(await validateWith({})).toMatch(/^INFO .* passed/);
        expect(await validateWith({ stratgy: {} })).toMatch(/^ERROR .*'stratgy' was unexpected/);
        expect(await validateWith({ replicas: "two" })).toMatch(/^ERROR .*'two' is not of type/);
      });
    },
  );

  describe("settings", () => {
    it("each one reaches both programs as it was given", () => {
      const given = EVERYTHING["settings"] as Record<string, unknown>;
      for (const program of PROGRAMS) {
        const environment = everything().environmentOf(program);
        for (const { name } of describeSettings()) {
          const value = given[name];
          expect(environment, program).toHaveProperty(
            name,
            typeof value === "object" ? JSON.stringify(value) : String(value),
          );
        }
      }
    });

    it("secrets are in the Secret only", () => {
      const text = (kind: string) => JSON.stringify(everything().ofKind(kind));
      const secrets = everything().get("Secret", "-settings").data ?? {};
      expect(Object.keys(secrets).sort()).toEqual(secretSettings().sort());
      for (const name of secretSettings()) expect(text("ConfigMap")).not.toContain(name);
      const others = JSON.stringify(everything().objects.filter(({ kind }) => kind !== "Secret"));
      expect(others).not.toContain("secret-");
      expect(JSON.stringify(least().objects)).not.toContain("hunter22");
    });

    it.each(PROGRAMS)("the service accepts the settings of %s in the least values and in a trial", (program) => {
      for (const chart of [least(), chartFor("a trial with Redis"), chartFor("a base path")]) {
        const config = readConfig({ NODE_ENV: "production", ...chart.environmentOf(program) });
        const [container] = chart.get<WorkloadSpec>("Deployment", `-${program}`).spec.template.spec.containers;
        const port = program === "web" ? config.port : config.metrics.port;
        expect(container.ports.map(({ containerPort }) => containerPort)).toEqual([port]);
        expect(config.host).toBe("0.0.0.0");
      }
    });

    it("a changed setting restarts the pods, and only then", async () => {
      const checksum = (chart: RenderedChart, program: string) =>
        chart.get<WorkloadSpec>("Deployment", `-${program}`).spec.template.metadata.annotations["checksum/settings"];
      const changed = await RenderedChart.render(helm, withSettings({ METRICS_TOKEN: "new" }));
      const same = await RenderedChart.render(helm, { ...MINIMAL, web: { replicas: 5 } });
      for (const program of PROGRAMS) {
        expect(checksum(least(), program)).toMatch(/^[0-9a-f]{64}$/);
        expect(checksum(changed, program)).not.toBe(checksum(least(), program));
        expect(checksum(same, program)).toBe(checksum(least(), program));
      }
    });

    it("a new version of the chart restarts only pods whose image is new", () => {
      const chart = chartFor("a trial with Redis");
      const { version } = JSON.parse(readFileSync("package.json", "utf8")) as { version: string };
      for (const { spec } of [
        ...chart.ofKind<WorkloadSpec>("Deployment"),
        ...chart.ofKind<WorkloadSpec>("StatefulSet"),
      ]) {
        const { image, ...rest } = spec.template.spec.containers[0];
        expect(image.endsWith(`:${version}`) || image === "redis:8", image).toBe(true);
        expect(JSON.stringify([spec.template.metadata, rest])).not.toContain(version);
      }
    });

    it("Secrets of the chart and of the user are both read; the user's has precedence", () => {
      const sourcesOf = (name: string) =>
        chartFor(name).get<WorkloadSpec>("Deployment", "-worker").spec.template.spec.containers[0].envFrom;
      const own = { configMapRef: { name: `${FULLNAME}-settings` } };
      expect(sourcesOf("a Secret of the user")).toEqual([own, { secretRef: { name: "wms-secrets" } }]);
      expect(sourcesOf("every option")).toEqual([
        own,
        { secretRef: { name: `${FULLNAME}-settings` } },
        { secretRef: { name: "more-secrets" } },
      ]);
      expect(chartFor("a Secret of the user").ofKind("Secret")).toEqual([]);
    });
  });

  describe("values that helm refuses", () => {
    it.each<[problem: string, settings: object, message: string]>([
      ["a misspelled setting", { REDIS_ULR: "redis://redis" }, "additional properties 'REDIS_ULR' not allowed"],
      ["text for a number", { QUERY_MAX_SCAN: "many" }, "at '/settings/QUERY_MAX_SCAN': got string, want integer"],
      ["a number out of range", { TMS_ACTION_RETRIES: 61 }, "at '/settings/TMS_ACTION_RETRIES': maximum"],
      ["a number for a password", { ADMIN_PASSWORD: 123 }, "at '/settings/ADMIN_PASSWORD': got number, want string"],
      ["a port of the system's choice", { REST_PORT: 0 }, "at '/settings/REST_PORT': minimum"],
      ["no port", { REST_PORT: null }, "missing property 'REST_PORT'"],
    ])("%s", async (_, settings, message) => {
      expect(await refusalOf(withSettings(settings))).toContain(message);
    });

    it.each<[problem: string, values: Values, message: string]>([
      [
        "another misspelled value",
        { ...MINIMAL, autoscalling: {} },
        "additional properties 'autoscalling' not allowed",
      ],
      ["no Redis", { settings: { AUTH_DISABLED: true } }, "settings: no Redis"],
      ["no authentication", { redis: { enabled: true } }, "settings: set AUTH_OPENID_URL, or AUTH_DISABLED=true"],
      ["two Redis", { ...MINIMAL, redis: { enabled: true } }, "redis.enabled: can't be combined"],
      ["an Ingress without address", { ...MINIMAL, ingress: { enabled: true } }, "set settings.PUBLIC_URL"],
      ["metrics without token", { ...MINIMAL, monitoring: { serviceMonitor: true } }, "set settings.METRICS_TOKEN"],
      ["a volume without directory", { ...MINIMAL, pilotImages: { hostPath: "/cvmfs" } }, "IMAGES_DIR"],
    ])("%s", async (_, values, message) => {
      expect(await refusalOf(values)).toContain(message);
    });
  });

  describe("pods", () => {
    const podOf = (chart: RenderedChart, program: string) =>
      chart.get<WorkloadSpec>("Deployment", `-${program}`).spec.template.spec;

    it.each(PROGRAMS)("%s: a rolling update starts a ready pod before it stops one", (program) => {
      const { strategy } = least().get<WorkloadSpec>("Deployment", `-${program}`).spec;
      expect(strategy).toEqual({ type: "RollingUpdate", rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } });
      const [{ readinessProbe }] = podOf(least(), program).containers;
      expect(readinessProbe.httpGet.path).toBe("/readyz");
      // Until then, the probes have taken the pod out.
      const takenOutSeconds = readinessProbe.periodSeconds * readinessProbe.failureThreshold;
      expect(Number(least().environmentOf(program)["SHUTDOWN_GRACE_SECONDS"])).toBeGreaterThanOrEqual(takenOutSeconds);
    });

    it.each(PROGRAMS)("%s: probes use the port that the program listens on", (program) => {
      const [container] = podOf(everything(), program).containers;
      const { startupProbe, livenessProbe, readinessProbe, ports } = container;
      const portSetting = program === "web" ? "REST_PORT" : "METRICS_PORT";
      const name = program === "web" ? "http" : "metrics";
      expect(ports).toEqual([{ name, containerPort: Number(everything().environmentOf(program)[portSetting]) }]);
      expect(startupProbe.httpGet).toEqual({ path: "/healthz", port: name });
      expect(livenessProbe.httpGet).toEqual({ path: "/healthz", port: name });
      expect(readinessProbe.httpGet).toEqual({ path: "/readyz", port: name });
    });

    it.each(VALUE_SETS)("with %s there is time to start and to stop in order", (name) => {
      for (const program of PROGRAMS) {
        const pod = podOf(chartFor(name), program);
        const setting = (setting: string, fallback: number) =>
          Number(chartFor(name).environmentOf(program)[setting] ?? fallback);
        const stopSeconds = setting("SHUTDOWN_GRACE_SECONDS", 0) + setting("SHUTDOWN_SECONDS", 0);
        expect(stopSeconds).toBeGreaterThan(0);
        expect(pod.terminationGracePeriodSeconds).toBeGreaterThanOrEqual(stopSeconds + 5);
        const [{ startupProbe }] = pod.containers;
        const startSeconds = startupProbe.periodSeconds * startupProbe.failureThreshold;
        expect(startSeconds).toBeGreaterThanOrEqual(setting("REDIS_WAIT_SECONDS", 60) + 30);
      }
    });

    it("with the rendered settings the programs answer the probes at the address of the pod, also while they stop", async () => {
      const address = Object.values(networkInterfaces())
        .flat()
        .find((found) => found?.family === "IPv4" && !found.internal)?.address;
      const settings = {
        AUTH_DISABLED: true,
        REDIS_URL: await freshDatabase(),
        PUBLIC_URL: "https://example.org/wms",
        METRICS_TOKEN: "visible-to-prometheus",
        REST_PORT: await pickFreePort(),
        METRICS_PORT: await pickFreePort(),
        SHUTDOWN_GRACE_SECONDS: 2,
      };
      const chart = await RenderedChart.render(helm, { settings });
      for (const program of PROGRAMS) {
        const [container] = podOf(chart, program).containers;
        const url = `http://${address ?? "127.0.0.1"}:${container.ports[0]?.containerPort}`;
        const statusOf = async (path: string, headers = {}) => (await sendRequest(url + path, { headers })).status;
        const { startupProbe, readinessProbe, livenessProbe } = container;
        const process = new ServiceProcess(program, { NODE_ENV: "production", ...chart.environmentOf(program) });
        await process.waitForOutput(/http:/);
        await expect.poll(() => statusOf(readinessProbe.httpGet.path)).toBe(200);
        for (const { httpGet } of [startupProbe, livenessProbe]) expect(await statusOf(httpGet.path)).toBe(200);
        expect(await statusOf("/metrics", { authorization: "Bearer visible-to-prometheus" })).toBe(200);
        if (address !== undefined) expect(await statusOf("/metrics")).toBe(401);

        process.signal("SIGTERM");
        if (program === "web") {
          await expect.poll(() => statusOf(readinessProbe.httpGet.path)).toBe(503);
          // Else Kubernetes would kill a pod that is being stopped.
          expect(await statusOf(livenessProbe.httpGet.path)).toBe(200);
        }
        expect(await process.waitForExit()).toBe(0);
      }
    });

    it("web and worker differ in the program, and each may have an image of its own", () => {
      const [web, worker] = PROGRAMS.map((program) => podOf(everything(), program).containers[0]);
      expect(web?.args).toBeUndefined();
      expect(worker?.args).toEqual(["dist/worker.js"]);
      expect(web?.image).toBe("registry.example.org/ewms-wms:0.1.0-2");
      expect(worker?.image).toBe("registry.example.org/ewms-wms:0.1.0-1");
      const { version } = JSON.parse(readFileSync("package.json", "utf8")) as { version: string };
      expect(podOf(least(), "web").containers[0].image).toBe(`ewms-wms:${version}`);
    });

    it("all run with restricted rights, and without tokens and variables of the cluster", () => {
      const chart = chartFor("a trial with Redis");
      const workloads = [...chart.ofKind<WorkloadSpec>("Deployment"), ...chart.ofKind<WorkloadSpec>("StatefulSet")];
      expect(workloads.length).toBe(3);
      for (const { kind, spec } of workloads)
        expect(spec.template.spec, kind).toMatchObject({
          automountServiceAccountToken: false,
          enableServiceLinks: false,
          securityContext: {
            runAsNonRoot: true,
            runAsUser: kind === "Deployment" ? 1000 : 999,
            seccompProfile: { type: "RuntimeDefault" },
          },
          containers: [
            {
              securityContext: {
                allowPrivilegeEscalation: false,
                readOnlyRootFilesystem: true,
                capabilities: { drop: ["ALL"] },
              },
            },
          ],
        });
    });

    it("pilot images come read-only from the node or from a claim", () => {
      for (const program of PROGRAMS) {
        const fromNode = podOf(everything(), program);
        expect(fromNode.volumes).toContainEqual({
          name: "pilot-images",
          hostPath: { path: "/cvmfs/images", type: "Directory" },
        });
        expect(fromNode.containers[0].volumeMounts).toEqual([
          {
            name: "pilot-images",
            mountPath: "/cvmfs/images",
            readOnly: true,
            mountPropagation: "HostToContainer",
          },
          { name: "ca", mountPath: "/etc/redis-ca", readOnly: true },
        ]);
        const fromClaim = podOf(chartFor("a claim for pilot images"), program);
        expect(fromClaim.volumes).toEqual([
          { name: "pilot-images", persistentVolumeClaim: { claimName: "cvmfs", readOnly: true } },
        ]);
        expect(fromClaim.containers[0].volumeMounts).toEqual([
          { name: "pilot-images", mountPath: "/pilots", readOnly: true },
        ]);
      }
    });
  });

  describe("the objects around the pods", () => {
    /** An object with a selector; the kinds name it differently. */
    interface Selecting {
      selector?: Record<string, string> & { matchLabels?: Record<string, string> };
      podSelector?: { matchLabels: Record<string, string> };
      scaleTargetRef?: { name: string };
    }

    it.each(VALUE_SETS)("with %s each one selects the pods of its program, and no others", (name) => {
      const chart = chartFor(name);
      const workloads = [...chart.ofKind<WorkloadSpec>("Deployment"), ...chart.ofKind<WorkloadSpec>("StatefulSet")];
      const selecting = ["Service", "NetworkPolicy", "PodDisruptionBudget", "Deployment", "StatefulSet"].flatMap(
        (kind) => chart.ofKind<Selecting>(kind),
      );
      expect(selecting.length).toBeGreaterThanOrEqual(8);
      for (const { kind, metadata, spec } of selecting) {
        const selector = spec.podSelector?.matchLabels ?? spec.selector?.matchLabels ?? spec.selector ?? {};
        const selected = workloads.filter((workload) =>
          matches(workload.spec.template.metadata.labels, selector as never),
        );
        expect(
          selected.map((workload) => workload.metadata.name),
          `${kind} ${metadata.name}`,
        ).toEqual([metadata.name]);
      }
    });

    it("the autoscaler alone decides how many web processes run", () => {
      const [autoscaler] = everything().ofKind<Selecting>("HorizontalPodAutoscaler");
      expect(autoscaler?.spec).toMatchObject({
        scaleTargetRef: { kind: "Deployment", name: `${FULLNAME}-web` },
        minReplicas: 3,
        maxReplicas: 9,
      });
      expect(everything().get<WorkloadSpec>("Deployment", "-web").spec).not.toHaveProperty("replicas");
      expect(everything().get<WorkloadSpec>("Deployment", "-worker").spec.replicas).toBe(2);
      expect(least().ofKind("HorizontalPodAutoscaler")).toEqual([]);
      expect(least().get<WorkloadSpec>("Deployment", "-web").spec.replicas).toBe(2);
    });

    it("an eviction takes one pod of a program at a time", () => {
      const budgets = least().ofKind("PodDisruptionBudget");
      expect(budgets.map(({ spec }) => spec)).toMatchObject([{ maxUnavailable: 1 }, { maxUnavailable: 1 }]);
    });

    it("network policies open one port of each program, to the given peers", () => {
      const from = (name: string) => [{ namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": name } } }];
      const rulesOf = (chart: RenderedChart, suffix: string) => chart.get("NetworkPolicy", suffix).spec;
      expect(rulesOf(least(), "-web")).toMatchObject({
        policyTypes: ["Ingress"],
        ingress: [{ ports: [{ protocol: "TCP", port: "http" }] }],
      });
      expect(rulesOf(least(), "-worker")).not.toHaveProperty("egress");
      expect(rulesOf(everything(), "-web")).toMatchObject({ ingress: [{ from: from("ingress-nginx") }] });
      expect(rulesOf(everything(), "-worker")).toMatchObject({
        policyTypes: ["Ingress", "Egress"],
        ingress: [{ ports: [{ port: "metrics" }], from: from("monitoring") }],
        egress: [
          {
            ports: [
              { protocol: "UDP", port: 53 },
              { protocol: "TCP", port: 53 },
            ],
          },
          { to: [{ ipBlock: { cidr: "10.0.0.0/8" } }] },
        ],
      });
    });

    it("only web and worker processes reach the Redis of a trial, whose settings are those of the Compose file", () => {
      const chart = chartFor("a trial with Redis");
      const policy = chart.get<{
        ingress: [{ from: [{ podSelector: { matchExpressions: [{ values: string[] }] } }] }];
      }>("NetworkPolicy", "-redis");
      expect(policy.spec.ingress[0].from[0].podSelector.matchExpressions[0].values).toEqual([...PROGRAMS]);
      expect(chart.environmentOf("web")["REDIS_URL"]).toBe(`redis://${FULLNAME}-redis:6379`);
      expect(chart.get("Service", "-redis").spec).toMatchObject({ ports: [{ port: 6379 }] });
      const [container] = chart.get<WorkloadSpec>("StatefulSet", "-redis").spec.template.spec.containers;
      const { services } = parse(readFileSync("docker-compose.yml", "utf8"), { merge: true }) as {
        services: { redis: { command: string[] } };
      };
      const args = container.args ?? [];
      // The chart also bounds the memory.
      args.splice(args.indexOf("--maxmemory"), 2);
      expect(args).toEqual(services.redis.command);
    });

    it.each([
      ["a base path", "example.org", "/wms"],
      ["every option", "wms.example.org", "/"],
    ])("with %s the Ingress has host and path of PUBLIC_URL", (name, host, path) => {
      const chart = chartFor(name);
      const ingress = chart.get("Ingress", "-web");
      expect(ingress.spec).toMatchObject({
        tls: [{ hosts: [host] }],
        rules: [
          {
            host,
            http: {
              paths: [
                { path, pathType: "Prefix", backend: { service: { name: `${FULLNAME}-web`, port: { name: "http" } } } },
              ],
            },
          },
        ],
      });
      expect(chart.get("Service", "-web").spec).toMatchObject({ ports: [{ name: "http", targetPort: "http" }] });
      // The limits of the service, and time to spare.
      const { limits, events } = readConfig({});
      const seconds = Number(ingress.metadata.annotations?.["nginx.ingress.kubernetes.io/proxy-read-timeout"]);
      expect(seconds).toBeGreaterThan(limits.responseSeconds);
      expect(seconds).toBeGreaterThan(2 * events.heartbeatSeconds);
      expect(ingress.metadata.annotations).toHaveProperty(
        ["nginx.ingress.kubernetes.io/proxy-body-size"],
        `${limits.bodyBytes / 1024 / 1024}m`,
      );
    });

    it("behind the Ingress one proxy is trusted, else none", () => {
      expect(chartFor("a base path").environmentOf("web")["TRUST_PROXY"]).toBe("1");
      expect(least().environmentOf("web")).not.toHaveProperty("TRUST_PROXY");
    });
  });

  describe("monitoring", () => {
    it("has the alerts of Prometheus", () => {
      const rule = everything().get("PrometheusRule", "");
      expect(rule.apiVersion).toBe("monitoring.coreos.com/v1");
      expect(rule.metadata.labels).toMatchObject({ release: "kube-prometheus-stack" });
      const alerts = parse(readFileSync("ops/prometheus/alerts.yml", "utf8")) as { groups: unknown[] };
      expect(alerts.groups.length).toBeGreaterThan(1);
      expect(rule.spec).toEqual(alerts);
    });

    it.each([
      ["every option", `${FULLNAME}-settings`],
      ["a Secret of the user", "wms-secrets"],
    ])("with %s Prometheus reads all processes with the token, under the names of the alerts", (name, secret) => {
      const chart = chartFor(name);
      const monitor = chart.get<{
        selector: { matchLabels: Record<string, string> };
        endpoints: { port: string; relabelings: { targetLabel: string; replacement: string }[] }[];
      }>("ServiceMonitor", "");
      expect(monitor.apiVersion).toBe("monitoring.coreos.com/v1");
      const services = chart
        .ofKind<{ ports: { name: string }[] }>("Service")
        .filter(({ metadata }) => matches(metadata.labels, monitor.spec.selector.matchLabels));
      const { scrape_configs } = parse(readFileSync("ops/prometheus/prometheus.yml", "utf8")) as {
        scrape_configs: { job_name: string }[];
      };
      const jobs = monitor.spec.endpoints.map((endpoint) => {
        expect(endpoint).toMatchObject({
          path: "/metrics",
          authorization: { type: "Bearer", credentials: { name: secret, key: "METRICS_TOKEN" } },
        });
        expect(services.filter(({ spec }) => spec.ports.some((port) => port.name === endpoint.port)).length).toBe(1);
        return endpoint.relabelings.find(({ targetLabel }) => targetLabel === "job")?.replacement;
      });
      expect(jobs).toEqual(scrape_configs.map(({ job_name }) => job_name));
    });
  });

  it("helm accepts each example of docs/operations/kubernetes.md", async () => {
    const page = readFileSync("docs/operations/kubernetes.md", "utf8");
    const examples = [...page.matchAll(/^```yaml\n([\s\S]*?)^```/gm)].map(([, text = ""]) => parse(text) as Values);
    expect(examples.length).toBe(4);
    for (const example of examples) {
      const settings = { ...(MINIMAL["settings"] as object), ...(example["settings"] as object) };
      const { objects } = await RenderedChart.render(helm, { ...example, settings });
      expect(objects.length).toBeGreaterThanOrEqual(9);
    }
  });

  it("a package has the same contents, with the alerts for which the folder has a link", async () => {
    const folder = await temporaryFolder();
    await run(helm, ["package", CHART, "--destination", folder]);
    const { version } = JSON.parse(readFileSync("package.json", "utf8")) as { version: string };
    const packaged = await renderText(helm, EVERYTHING, join(folder, `ewms-wms-${version}.tgz`));
    expect(parseObjects(packaged)).toEqual(everything().objects);
  });

  it("names stay valid for the longest name of a release", async () => {
    const args = ["template", "r".repeat(53), CHART, "--set", "redis.enabled=true,settings.AUTH_DISABLED=true"];
    const objects = parseObjects((await run(helm, args)).stdout);
    expect(objects.length).toBeGreaterThan(9);
    for (const { kind, metadata } of objects) {
      expect(metadata.name).toMatch(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/);
      // Its name and a hash of 10 digits are a label of its pods.
      if (kind === "StatefulSet") expect(metadata.name.length).toBeLessThanOrEqual(52);
    }
  });
});
