import { evaluateTopic } from "../cycle/evaluate_topic.ts";
import { messageOf, PipelineError } from "../errors.ts";
import { type BenchmarkScore, evaluateBenchmark } from "../model/benchmark.ts";
import type { Evaluation } from "../model/evaluate.ts";
import { topicOfFlags, type TopicSettings } from "../settings.ts";
import { marketNowMs } from "./at_time.ts";
import type { Handler, Invocation } from "./command.ts";
import { evaluationJson, evaluationText } from "./evaluation_report.ts";
import { openRun, settingsOf, topicsOf } from "./open_run.ts";
import { progressOn } from "./progress.ts";
import type { Terminal } from "./terminal_io.ts";

/** Judges the learners, or checks their arithmetic on a synthetic table. */
export const evaluate: Handler = async (invocation, terminal) => {
  const { benchmark } = invocation.values;
  if (benchmark !== undefined) {
    const score = evaluateBenchmark(await readJson(benchmark));
    terminal.out(
      invocation.json ? `${JSON.stringify(benchmarkJson(score))}\n` : benchmarkText(score),
    );
    return 0;
  }
  const settings = settingsOf(invocation, terminal);
  using run = openRun(settings, terminal, { isEndless: true });
  const judged: { readonly topic: TopicSettings; readonly evaluation: Evaluation }[] = [];
  for (
    const topic of isAdHoc(invocation)
      ? [adHoc(invocation, terminal)]
      : topicsOf(invocation, settings)
  ) {
    const progress = progressOn(terminal, "walking forward");
    const evaluation = await evaluateTopic(
      run,
      topic,
      () => marketNowMs(invocation, run),
      progress,
    );
    judged.push({ topic, evaluation });
    if (!invocation.json) terminal.out(evaluationText(topic, evaluation, terminal.outColour));
  }
  if (invocation.json) {
    const evaluations = judged.map(({ topic, evaluation }) => evaluationJson(topic, evaluation));
    terminal.out(`${JSON.stringify({ evaluations })}\n`);
  }
  return 0;
};

/** Without --topic, a pair on the command line says what is evaluated. */
const isAdHoc = ({ values }: Invocation) =>
  values["topic"] === undefined && values["pair"] !== undefined;

function adHoc({ values }: Invocation, { env, cwd }: Terminal): TopicSettings {
  return topicOfFlags({ flags: values, env, cwd });
}

async function readJson(path: string): Promise<unknown> {
  try {
    return JSON.parse(await Deno.readTextFile(path));
  } catch (thrown) {
    throw new PipelineError("invalid", `Cannot read the benchmark ${path}: ${messageOf(thrown)}`, {
      cause: thrown,
      hint: 'give a JSON file {"Xtr": [[…]], "ytr": […], "Xte": [[…]], "yte": […]}',
    });
  }
}

function benchmarkJson({ r2, mae, mse, trainRows, testRows, columns }: BenchmarkScore) {
  return { r2, mae, mse, train_rows: trainRows, test_rows: testRows, columns };
}

function benchmarkText({ r2, mae, mse, trainRows, testRows, columns }: BenchmarkScore): string {
  return `R² ${r2.toFixed(4)}  MAE ${mae.toFixed(4)}  MSE ${mse.toFixed(4)}
a check of the arithmetic on synthetic data (${trainRows} rows to fit, ${testRows} to score, ${columns} \
columns): it says nothing of any market
`;
}
