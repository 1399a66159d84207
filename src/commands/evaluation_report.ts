import { paint, table } from "../host/terminal.ts";
import type { Evaluation } from "../model/evaluate.ts";
import type { LearnerScore } from "../model/scores.ts";
import type { TopicSettings } from "../settings.ts";

type Estimate = LearnerScore["mse"];

const day = (ms: number) => new Date(ms).toISOString().slice(0, 10);
const hours = (ms: number) => `${ms / 3_600_000} h`;
/** "1.002 [0.984, 1.020]"; "-" for what is not defined. */
const shown = (estimate: Estimate | null, digits = 3) =>
  estimate === null
    ? "-"
    : `${estimate.value.toFixed(digits)} [${estimate.low.toFixed(digits)}, ${
      estimate.high.toFixed(digits)
    }]`;

/** The evaluation for a person: the verdict first, then the learners beside each other, then the years. */
export function evaluationText(
  topic: TopicSettings,
  evaluation: Evaluation,
  colour: boolean,
): string {
  const { chosen, learners, years, reference, verdict, skill } = evaluation;
  const title = topic.topicId === 0n ? topic.pair : `topic ${topic.topicId}  ${topic.pair}`;
  const hue = skill === "better" ? "green" : skill === "worse" ? "red" : "yellow";
  const head = [
    "  learner",
    `MSE/${reference}`,
    "R²",
    "MAE",
    "direction",
    "correlation",
    "sd ratio",
    "p",
  ];
  const rows = learners.map((score) => [
    score.learner === chosen.learner ? `> ${score.learner}` : `  ${score.learner}`,
    shown(score.mseRatio, 4),
    shown(score.r2),
    shown(score.mae, 5),
    shown(score.directionalAccuracy),
    shown(score.correlation),
    score.sdRatio.toFixed(3),
    score.pValue?.toFixed(3) ?? "-",
  ]);
  const yearHead = [
    "year",
    "forecasts",
    `MSE/${reference}`,
    "direction",
    "correlation",
    "in 80 %",
    "in 90 %",
  ];
  const yearRows = years.map((each) => [
    String(each.year),
    String(each.forecasts),
    each.mseRatio.toFixed(4),
    each.directionalAccuracy?.toFixed(3) ?? "-",
    each.correlation?.toFixed(3) ?? "-",
    each.coverage80.toFixed(3),
    each.coverage90.toFixed(3),
  ]);
  const right = { align: yearHead.map(() => "right" as const) };
  return `${paint(`${title} ${topic.target} over ${hours(topic.horizonMs)}`, "bold", colour)}
${paint(verdict, hue, colour)}
${evaluation.forecasts} forecasts from ${day(evaluation.fromMs)} to ${day(evaluation.toMs)}, \
${evaluation.independentWindows} independent windows; 95 % intervals by block bootstrap
shrinkage ${evaluation.factor.toPrecision(2)}; the 80 % and 90 % intervals held \
${evaluation.coverage80.toFixed(3)} and ${evaluation.coverage90.toFixed(3)} of the outcomes
MSE ${shown(chosen.mse, 6)}, RMSE ${shown(chosen.rmse, 5)}

${table([head, ...rows])}

${table([yearHead, ...yearRows], right)}

`;
}

const estimateJson = (estimate: Estimate | null) =>
  estimate && { value: estimate.value, low_95: estimate.low, high_95: estimate.high };

function scoreJson(score: LearnerScore) {
  return {
    learner: score.learner,
    mse_ratio: estimateJson(score.mseRatio),
    mse: estimateJson(score.mse),
    rmse: estimateJson(score.rmse),
    mae: estimateJson(score.mae),
    r2: estimateJson(score.r2),
    directional_accuracy: estimateJson(score.directionalAccuracy),
    correlation: estimateJson(score.correlation),
    sd_ratio: score.sdRatio,
    p_value: score.pValue,
  };
}

/** The evaluation for a machine. */
export function evaluationJson(topic: TopicSettings, evaluation: Evaluation) {
  return {
    topic_id: topic.topicId === 0n ? null : String(topic.topicId),
    pair: topic.pair,
    target: topic.target,
    horizon_seconds: topic.horizonMs / 1000,
    unit: evaluation.unit,
    reference: evaluation.reference,
    from: new Date(evaluation.fromMs).toISOString(),
    to: new Date(evaluation.toMs).toISOString(),
    forecasts: evaluation.forecasts,
    independent_windows: evaluation.independentWindows,
    verdict: evaluation.verdict,
    skill: evaluation.skill,
    shrink_factor: evaluation.factor,
    coverage80: evaluation.coverage80,
    coverage90: evaluation.coverage90,
    chosen: scoreJson(evaluation.chosen),
    learners: evaluation.learners.map(scoreJson),
    brier_skill: estimateJson(evaluation.brierSkill),
    years: evaluation.years.map((each) => ({
      year: each.year,
      forecasts: each.forecasts,
      mse_ratio: each.mseRatio,
      directional_accuracy: each.directionalAccuracy,
      correlation: each.correlation,
      coverage80: each.coverage80,
      coverage90: each.coverage90,
    })),
  };
}
