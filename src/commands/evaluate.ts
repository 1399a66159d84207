import { evaluateTopic } from "../cycle/evaluate_topic.ts";
import { resolve } from "node:path";
import { PipelineError, worstExitCode } from "../errors.ts";
import { writeAtomically } from "../host/atomic_file.ts";
import { table } from "../host/terminal.ts";
import { type BenchmarkScore, evaluateBenchmark } from "../model/benchmark.ts";
import { fileError } from "../settings/file_error.ts";
import { topicOfFlags, type TopicSettings } from "../settings.ts";
import { versionLine } from "../version.ts";
import { marketNowMs } from "./at_time.ts";
import type { Handler, Invocation } from "./command.ts";
import { eachTopic } from "./each_topic.ts";
import { evaluationJson } from "./evaluation_json.ts";
import { evaluationText } from "./evaluation_report.ts";
import { openRun, settingsOf, tellBroken, topicsOf } from "./open_run.ts";
import { progressOn } from "./progress.ts";
import { readJson } from "./read_json.ts";
import type { Terminal } from "./terminal_io.ts";

/** Judges the learners, or checks their arithmetic on a synthetic table. */
export const evaluate: Handler = async (invocation, terminal) => {
  const { benchmark } = invocation.values;
  const page = pagePath(invocation, terminal);
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
  if (page !== undefined && done.length > 0) {
    const { evaluationPage } = await import("./evaluation_html.ts");
    const made = { madeMs: terminal.host.nowMs(), madeBy: versionLine() };
    writeAtomically(page, evaluationPage(done, made), { mode: 0o644 });
    if (!invocation.json) terminal.out(`wrote ${page}\n`);
  }
  return worstExitCode([exitCode, isAdHoc(invocation) ? 0 : tellBroken(run, invocation)]);
};

/** Where the page goes; throws "usage" before any work is done for what cannot be one. */
function pagePath({ values }: Invocation, { cwd }: Terminal): string | undefined {
  const { html, benchmark } = values;
  if (html === undefined) return undefined;
  const refused = (why: string) =>
    new PipelineError("usage", `Cannot write --html ${html}: ${why}`, {
      hint: "name a file, such as evaluation.html",
    });
  if (benchmark !== undefined) throw refused("--benchmark has no page");
  const path = resolve(cwd, html);
  if (html.endsWith("/") || isDirectory(path)) throw refused("it is a directory");
  return path;
}

function isDirectory(path: string): boolean {
  try {
    return Deno.statSync(path).isDirectory;
  } catch (thrown) {
    if (thrown instanceof Deno.errors.NotFound) return false;
    throw fileError("write", path, thrown);
  }
}

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
