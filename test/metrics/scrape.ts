/** One line of a scrape. */
export interface MetricSample {
  name: string;
  labels: Record<string, string>;
  value: number;
}

/** The result of a scrape. */
export class Scrape {
  readonly samples: readonly MetricSample[];
  /** The type of each metric, by name. */
  readonly types: ReadonlyMap<string, string>;

  /** @throws on a line that is not Prometheus' text format, version 0.0.4 */
  constructor(readonly text: string) {
    const lines = text.split("\n").filter((line) => line !== "");
    this.types = new Map(
      lines.flatMap((line) => {
        const [, name, type] = /^# TYPE (\S+) (counter|gauge|histogram|summary)$/.exec(line) ?? [];
        return name === undefined || type === undefined ? [] : [[name, type]];
      }),
    );
    this.samples = lines.filter((line) => !line.startsWith("# ")).map(parseSample);
  }

  /** Finds samples with at least these labels. */
  find(name: string, labels: Record<string, string> = {}): MetricSample[] {
    return this.samples.filter(
      (sample) =>
        sample.name === name && Object.entries(labels).every(([label, value]) => sample.labels[label] === value),
    );
  }

  /** The sum of the samples with at least these labels; undefined when there is none. */
  value(name: string, labels: Record<string, string> = {}): number | undefined {
    const found = this.find(name, labels);
    return found.length === 0 ? undefined : found.reduce((sum, { value }) => sum + value, 0);
  }
}

const SAMPLE = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)$/;
const LABEL = /([a-zA-Z_]\w*)="((?:[^"\\]|\\[\\"n])*)"(?:,|$)/y;

function parseSample(line: string): MetricSample {
  const [, name, labelText = "", value] = SAMPLE.exec(line) ?? [];
  if (name === undefined || value === undefined) throw new Error(`no sample: ${line}`);
  const labels: Record<string, string> = {};
  LABEL.lastIndex = 0;
  while (LABEL.lastIndex < labelText.length) {
    const [, label, escaped] = LABEL.exec(labelText) ?? [];
    if (label === undefined || escaped === undefined) throw new Error(`no labels: ${line}`);
    labels[label] = escaped.replace(/\\(.)/g, (_, character) => (character === "n" ? "\n" : character));
  }
  return { name, labels, value: Number(value.replace("Inf", "Infinity")) };
}

/** Scrapes a service. */
export async function scrape(url: string, headers: Record<string, string> = {}): Promise<Scrape> {
  const response = await fetch(`${url}/metrics`, { headers });
  const text = await response.text();
  if (response.status !== 200) throw new Error(`GET /metrics: ${response.status} ${text}`);
  return new Scrape(text);
}
