import { describeSettings } from "../../src/config/settings.js";
import type { Values } from "./renderedChart.js";

/** The least that a deployment needs. */
export const MINIMAL: Values = {
  settings: { AUTH_OPENID_URL: "https://keycloak.example.org/realms/ewms", REDIS_URL: "redis://:hunter22@redis:6379" },
};

/** A trial without anything else in the cluster. */
export const TRIAL: Values = { redis: { enabled: true }, settings: { AUTH_DISABLED: true } };

/** Another Secret holds the secrets. */
export const EXISTING_SECRET: Values = {
  settings: { AUTH_OPENID_URL: "https://keycloak.example.org/realms/ewms" },
  existingSecret: "wms-secrets",
  monitoring: { serviceMonitor: true },
};

/** A service below a path of another site. */
export const BASE_PATH: Values = {
  settings: { ...(MINIMAL["settings"] as object), PUBLIC_URL: "https://example.org:8443/wms/" },
  ingress: { enabled: true, tlsSecret: "example-org" },
};

/** A value for every setting, unlike its default. A number is one whose usual text in Go has an exponent. */
const everySetting = (): Record<string, unknown> =>
  Object.fromEntries(
    describeSettings().map(({ name, fallback, isSecret }): [string, unknown] => {
      if (isSecret) return [name, `secret-${name}: "%" 'of at least 32 characters'`];
      if (typeof fallback === "boolean" || name === "REDIS_TLS") return [name, true];
      if (name === "CLUSTER_LOCATIONS") return [name, { osg: { schedd: "submit.example.org" } }];
      if (name === "MAX_CONNECTIONS_PER_ADDRESS") return [name, 7];
      if (name === "METRICS_PORT") return [name, 9102];
      if (name === "RETENTION_DAYS") return [name, 90.5];
      // At the edge of both ranges.
      if (name === "TMS_ACTION_RETRIES") return [name, 60];
      return [name, typeof fallback === "number" ? fallback + (name.endsWith("_SECONDS") ? 0.5 : 1) : `a ${name}: #1`];
    }),
  );

/** Every option of the chart that can be combined, and every setting. */
export const EVERYTHING: Values = {
  image: { repository: "registry.example.org/ewms-wms", tag: "0.1.0-1", pullPolicy: "Always" },
  imagePullSecrets: [{ name: "registry" }],
  settings: {
    ...everySetting(),
    PUBLIC_URL: "https://wms.example.org",
    // Visible characters without blanks.
    METRICS_TOKEN: "secret-METRICS_TOKEN",
    QUERY_MAX_SCAN: 33_554_432,
    CVMFS_PILOT_SINGULARITY_IMAGES_DIR: "/cvmfs/images/pilots",
  },
  existingSecret: "more-secrets",
  web: {
    imageTag: "0.1.0-2",
    podAnnotations: { team: "grid" },
    nodeSelector: { zone: "a" },
    tolerations: [{ key: "dedicated", operator: "Exists" }],
    affinity: { nodeAffinity: {} },
  },
  volumes: [{ name: "ca", configMap: { name: "redis-ca" } }],
  volumeMounts: [{ name: "ca", mountPath: "/etc/redis-ca", readOnly: true }],
  pilotImages: { hostPath: "/cvmfs/images", mountPath: "/cvmfs/images" },
  service: { type: "LoadBalancer", port: 8080, annotations: { internal: "true" } },
  ingress: { enabled: true, className: "public", tlsSecret: "wms-tls" },
  autoscaling: { enabled: true, minReplicas: 3, maxReplicas: 9, targetCpuPercent: 60 },
  networkPolicy: {
    webFrom: [{ namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "ingress-nginx" } } }],
    metricsFrom: [{ namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "monitoring" } } }],
    egress: [{ to: [{ ipBlock: { cidr: "10.0.0.0/8" } }] }],
  },
  monitoring: { serviceMonitor: true, prometheusRule: true, labels: { release: "kube-prometheus-stack" } },
};
