import { specOf } from "../cycle/artifact_store.ts";
import { candlesAsOf, refreshCandles } from "../cycle/topic_candles.ts";
import { PipelineError } from "../errors.ts";
import { featureTable, type TableRow } from "../model/feature_table.ts";
import { marketNowMs } from "./at_time.ts";
import type { Handler } from "./command.ts";
import { openRun, settingsOf, topicsOf } from "./open_run.ts";

/** Rows that are written at a time. */
const CHUNK = 1000;

/** Prints what a model of one's own is trained with. */
export const features: Handler = async (invocation, terminal) => {
  const settings = settingsOf(invocation, terminal);
  const [topic, ...more] = topicsOf(invocation, settings);
  if (topic === undefined || more.length > 0) {
    throw new PipelineError("usage", `Cannot print features of ${more.length + 1} topics at once`, {
      hint: "name one with --topic",
    });
  }
  using run = openRun(settings, terminal, { isEndless: true });
  const nowMs = await marketNowMs(invocation, run);
  await refreshCandles(run, topic, nowMs);
  const { features, rows } = featureTable(candlesAsOf(run, topic, nowMs), specOf(topic));
  const columns = ["as_of", ...features, "target"];
  const fields = ({ asOfMs, values, target }: TableRow) => [
    new Date(asOfMs).toISOString(),
    ...values,
    target ?? null,
  ];
  if (invocation.json) {
    const topic_id = String(topic.topicId);
    terminal.out(`${JSON.stringify({ topic_id, columns, rows: rows.map(fields) })}\n`);
    return 0;
  }
  terminal.out(`${columns.join(",")}\n`);
  for (let from = 0; from < rows.length; from += CHUNK) {
    const lines = rows.slice(from, from + CHUNK).map((row) => `${fields(row).join(",")}\n`);
    terminal.out(lines.join(""));
  }
  return 0;
};
