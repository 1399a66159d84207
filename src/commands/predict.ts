import { judge, predictTopic } from "../cycle/predict_topic.ts";
import { worstExitCode } from "../errors.ts";
import { table } from "../host/terminal.ts";
import { marketNowMs } from "./at_time.ts";
import type { Handler } from "./command.ts";
import { eachTopic } from "./each_topic.ts";
import { openRun, settingsOf, tellBroken, topicsOf } from "./open_run.ts";

/** Prints the forecast of each topic and the validator's verdict. */
export const predict: Handler = async (invocation, terminal) => {
  const settings = settingsOf(invocation, terminal);
  const topics = topicsOf(invocation, settings);
  using run = openRun(settings, terminal);
  const brokenCode = tellBroken(run, invocation);
  const nowMs = await marketNowMs(invocation, run);
  const { done: made, exitCode } = await eachTopic(run, topics, async (topic) => {
    const forecast = await predictTopic(run, topic, { baseMs: nowMs, headMs: nowMs });
    return { topic, forecast, verdict: judge(run, topic, forecast) };
  });
  if (invocation.json) {
    const predictions = made.map(({ topic, forecast, verdict }) => ({
      topic_id: String(topic.topicId),
      target: topic.target,
      value: forecast.value,
      labels: forecast.labels ?? null,
      low_90: forecast.low,
      high_90: forecast.high,
      low_80: forecast.low80,
      high_80: forecast.high80,
      sigma: forecast.sigma,
      base_price: forecast.basePrice,
      as_of: new Date(forecast.asOfMs).toISOString(),
      horizon_seconds: topic.horizonMs / 1000,
      model: forecast.model,
      verdict: verdict.verdict,
      reason: verdict.reason,
    }));
    terminal.out(`${JSON.stringify({ predictions })}\n`);
  } else {
    const head = [
      "topic",
      "target",
      "prediction",
      "90 % interval",
      "base price",
      "as of",
      "verdict",
    ];
    const rows = made.map(({ topic, forecast, verdict }) => [
      String(topic.topicId),
      topic.target,
      forecast.labels?.map(({ label, probability }) => `${label} ${probability.toFixed(3)}`).join(
        " ",
      ) ??
        digits(forecast.value),
      `${digits(forecast.low)} … ${digits(forecast.high)}`,
      String(forecast.basePrice),
      new Date(forecast.asOfMs).toISOString().slice(0, 16),
      verdict.verdict,
    ]);
    terminal.out(`${table([head, ...rows], { align: ["right", "left", "right"] })}\n`);
  }
  const refused = made.map(({ verdict }) => verdict.verdict === "refused" ? 65 : 0);
  return worstExitCode([exitCode, brokenCode, ...refused]);
};

/** Six significant digits: enough for a person; --json has all. */
const digits = (value: number) => String(Number(value.toPrecision(6)));
