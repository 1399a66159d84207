import { Counter, Gauge, Registry } from "prom-client";
import { alive } from "./alive.ts";
import { counted } from "./counted.ts";
import { type Family, PREFIX } from "./family.ts";
import { money } from "./money.ts";
import type { Source } from "./source.ts";
import { wrong } from "./wrong.ts";

/** Of a response that carries an exposition. */
export const CONTENT_TYPE = Registry.PROMETHEUS_CONTENT_TYPE;

/** Every metric that has a value now. */
export function familiesOf(source: Source): readonly Family[] {
  return [...alive(source), ...counted(source), ...money(source), ...wrong(source)]
    .filter(({ samples }) => samples.length > 0);
}

/** The metrics in Prometheus' text format, computed from the ledger each time. */
export function exposition(source: Source): Promise<string> {
  const registry = new Registry();
  for (const { name, type, help, samples } of familiesOf(source)) {
    const labelNames = Object.keys(samples[0]?.labels ?? {});
    const options = { name: PREFIX + name, help, labelNames, registers: [registry] };
    if (type === "counter") {
      const metric = new Counter(options);
      for (const { labels = {}, value } of samples) metric.inc(labels, value);
    } else {
      const metric = new Gauge(options);
      for (const { labels = {}, value } of samples) metric.set(labels, value);
    }
  }
  return registry.metrics();
}
