import { evaluateTopic } from "../cycle/evaluate_topic.ts";
import { worstExitCode } from "../errors.ts";
import { table } from "../host/terminal.ts";
import { type BenchmarkScore, evaluateBenchmark } from "../model/benchmark.ts";
import { topicOfFlags, type TopicSettings } from "../settings.ts";
import { marketNowMs } from "./at_time.ts";
import type { Handler, Invocation } from "./command.ts";
import { eachTopic } from "./each_topic.ts";
import { evaluationJson, evaluationText } from "./evaluation_report.ts";
import { openRun, settingsOf, tellBroken, topicsOf } from "./open_run.ts";
import { progressOn } from "./progress.ts";
import { readJson } from "./read_json.ts";
import type { Terminal } from "./terminal_io.ts";

/** Judges the learners, or checks their arithmetic on a synthetic table. */
export const evaluate: Handler = async (invocation, terminal) => {
  const { benchmark } = invocation.values;
  if (benchmark !== undefined) {
    const score = evaluateBenchmark(await readJson(benchmark, "invalid"));
    terminal.out(
      invocation.json ? `${JSON.stringify(benchmarkJson(score))}\n` : benchmarkText(score),
    );
    return 0;
  }
  const settings = settingsOf(invocation, terminal);
  using run = openRun(settings, terminal, { isEndless: true });
  const topics = isAdHoc(invocation)
    ? [adHoc(invocation, terminal)]
    : topicsOf(invocation, settings);
  const { done, exitCode } = await eachTopic(run, topics, async (topic) => {
    const progress = progressOn(terminal, "walking forward");
    const nowMs = () => marketNowMs(invocation, run);
    const evaluation = await evaluateTopic(run, topic, nowMs, progress);
    if (!invocation.json) terminal.out(evaluationText(topic, evaluation, terminal.outColour));
    return { topic, evaluation };
  });
  if (invocation.json) {
    const evaluations = done.map(({ topic, evaluation }) => evaluationJson(topic, evaluation));
    terminal.out(`${JSON.stringify({ evaluations })}\n`);
  }
  return worstExitCode([exitCode, isAdHoc(invocation) ? 0 : tellBroken(run, invocation)]);
};

/** Without --topic, a pair on the command line says what is evaluated. */
const isAdHoc = ({ values }: Invocation) =>
  values["topic"] === undefined && values["pair"] !== undefined;

function adHoc({ values }: Invocation, { env, cwd }: Terminal): TopicSettings {
  return topicOfFlags({ flags: values, env, cwd });
}

function benchmarkJson({ ridge, trees, trainRows, testRows, columns }: BenchmarkScore) {
  return { ...ridge, trees, train_rows: trainRows, test_rows: testRows, columns };
}

function benchmarkText({ ridge, trees, trainRows, testRows, columns }: BenchmarkScore): string {
  const rows = Object.entries({ ridge, trees }).map(([name, { r2, mae, mse }]) => [
    name,
    r2.toFixed(4),
    mae.toFixed(4),
    mse.toFixed(4),
  ]);
  return `${table([["learner", "R²", "MAE", "MSE"], ...rows])}
a check of the arithmetic on synthetic data, which says nothing of any market:
${trainRows} rows of ${columns} columns to fit, ${testRows} to score
`;
}
